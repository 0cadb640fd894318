import type { ClusterName } from "../lab/lab.ts";
import type { Draw } from "./draw.ts";

/** What a submission of a round does, and what people do to it. */
export const sorts = [
  "good",
  "fails",
  "killed",
  "array",
  "python",
  "dependent",
  "retried",
  "retried-tasks",
  "edited",
  "held",
  "cancelled",
  "deleted",
  "recreated",
] as const;
export type Sort = (typeof sorts)[number];

/** `spec.retry` as a submission has it, and as far as somebody changes its limit on the way. */
export interface Retries {
  readonly limit: number;
  /** The limit that it is changed to; the same where nobody changes it. */
  readonly laterLimit: number;
  readonly backoffSeconds: number;
  readonly scope: "Job" | "FailedTasks";
}

/** One object as it was created: an object that is created again under its name is another one. */
export interface Sent {
  readonly name: string;
  /** Names the file of marks. Given by the test, known to no part of the operator but as a variable of the job. */
  readonly run: string;
  readonly sort: Sort;
  readonly cluster: ClusterName;
  /** Of its runs that fail; 137 for those that kill themselves. */
  readonly code: number;
  /** How many of its runs end with `code`, the first ones; the others end well. */
  readonly failures: number;
  readonly retries: Retries | undefined;
  readonly tasks: number | undefined;
  readonly seconds: number;
}

export const tasksOfArray = 4;
/** As many failures as nobody tries. */
const always = 1000;

type Kind = Pick<Sent, "code" | "failures" | "retries" | "tasks">;
const good: Kind = { code: 0, failures: 0, retries: undefined, tasks: undefined };
const failing = (code: number): Kind => ({ ...good, code, failures: always });

/** The failures may be more than it is run again. */
function retried(draw: Draw, scope: Retries["scope"]): Kind {
  const limit = draw.between(1, 2);
  return {
    ...good,
    code: draw.next() < 0.2 ? 137 : draw.between(1, 99),
    failures: draw.between(1, 3),
    retries: { limit, laterLimit: limit, backoffSeconds: draw.between(0, 1), scope },
  };
}

const kinds: Partial<Record<Sort, (draw: Draw) => Kind>> = {
  fails: (draw) => failing(draw.between(1, 99)),
  killed: () => failing(137),
  array: (draw) => ({ ...(draw.next() < 0.5 ? failing(7) : good), tasks: tasksOfArray }),
  retried: (draw) => retried(draw, "Job"),
  "retried-tasks": (draw) => ({ ...retried(draw, "FailedTasks"), tasks: tasksOfArray }),
  edited: (draw) => {
    const [limit, laterLimit] = [draw.between(0, 2), draw.between(0, 2)];
    const retries: Retries = { limit, laterLimit, backoffSeconds: draw.between(0, 1), scope: "Job" };
    return { ...good, code: draw.between(1, 99), failures: draw.between(0, 2), retries };
  },
};

export function draftOf(name: string, sort: Sort, draw: Draw): Sent {
  return {
    name,
    run: `${name}-${draw.between(1e6, 9e6)}`,
    sort,
    cluster: draw.pick(["c1", "c2"]),
    seconds: draw.between(0, 3),
    ...(kinds[sort]?.(draw) ?? good),
  };
}

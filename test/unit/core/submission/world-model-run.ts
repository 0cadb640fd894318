import fc from "fast-check";
import { ModelOperator } from "./world-model-operator.ts";
import { type Action, allRules, type Rules, Violation, World } from "./world-model.ts";

/** One choice of what happens next. */
interface Choice {
  readonly pick: number;
  readonly kind: Action["kind"];
  readonly coin: boolean;
}

export interface Course {
  readonly operators: number;
  readonly faults: number;
  readonly choices: readonly Choice[];
}

const settlesWithin = 400;
/** After so many rounds what spec.suspend asks must be so; then it is let go, and what people held themselves they release. */
const suspendedFor = 100;

/** Any course of events with at most so many faults. */
export function anyCourse(bounds: {
  readonly operators: number;
  readonly faults: number;
}): fc.Arbitrary<Course> {
  const choice = fc.record({
    pick: fc.nat({ max: 997 }),
    kind: fc.oneof(
      { weight: 24, arbitrary: fc.constant("progress" as const) },
      { weight: 2, arbitrary: fc.constant("fault" as const) },
      { weight: 1, arbitrary: fc.constant("user" as const) },
    ),
    coin: fc.boolean(),
  });
  return fc.record({
    operators: fc.integer({ min: 1, max: bounds.operators }),
    faults: fc.integer({ min: 0, max: bounds.faults }),
    choices: fc.array(choice, { maxLength: 160, size: "max" }),
  });
}

/**
 * Plays a course, then lets everything go on fairly and without faults until the object is over.
 * @returns what happened, by name
 * @throws Violation with the story when a property does not hold
 */
export function play(course: Course, change: Partial<Rules> = {}): readonly string[] {
  const world = new World({ ...allRules, ...change });
  const operators = Array.from(
    { length: course.operators },
    (_, index) => new ModelOperator(world, `operator ${index + 1}`),
  );
  const story: string[] = [];
  const all = (): readonly Action[] => [
    ...operators.flatMap((operator) => operator.actions()),
    ...world.marks.actions(),
    ...world.slurm.actions(),
    ...world.userActions(),
    ...world.clockActions(),
  ];
  const act = (action: Action): void => {
    story.push(action.name);
    world.advance();
    action.run();
  };
  try {
    let faults = course.faults;
    for (const { pick, kind, coin } of course.choices) {
      const wanted = kind === "fault" && faults === 0 ? "progress" : kind;
      const possible = all().filter((action) => action.kind === wanted);
      const action = possible[pick % Math.max(possible.length, 1)];
      if (action === undefined) continue;
      if (wanted === "fault") faults -= 1;
      world.coin = coin;
      act(action);
    }
    story.push("from here on there are no faults");
    settle({ world, all, act });
    return story;
  } catch (cause) {
    if (!(cause instanceof Violation)) throw cause;
    throw new Error(`${cause.message}\n  ${story.join("\n  ")}`, { cause });
  }
}

/** Each round does once whatever can go on. */
function settle({
  world,
  all,
  act,
}: {
  world: World;
  all: () => readonly Action[];
  act: (action: Action) => void;
}): void {
  for (let round = 0; round < settlesWithin; round += 1) {
    if (world.object === undefined || world.object.status.finished === "true") return;
    if (round === suspendedFor && world.object.spec.suspend === true) {
      world.checkSuspended();
      world.setSuspend(false);
    }
    if (round === 2 * suspendedFor)
      for (const action of world.slurm.outsideActions()) if (action.name.includes("releases")) action.run();
    const names = new Set(
      all()
        .filter(({ kind }) => kind === "progress")
        .map(({ name }) => name),
    );
    for (const name of names) {
      const action = all().find((candidate) => candidate.name === name);
      if (action !== undefined) act(action);
    }
  }
  throw new Violation(
    `L: not over after ${settlesWithin} rounds without faults: ${JSON.stringify(world.object?.status)}`,
  );
}

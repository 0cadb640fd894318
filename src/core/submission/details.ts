import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import type { ArraySummary } from "../slurm/array-summary.ts";
import { isSignal } from "../slurm/exit-code.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { reasonInPlainWords } from "../slurm/reason.ts";
import { cut } from "../status/conditions.ts";
import { toTime } from "../status/time.ts";
import type { Picture } from "./picture.ts";

/** The scalars of the status, from what Slurm shows now. What Slurm no longer shows keeps its last value; `undefined` says that a stored field goes. */
export function detailsOf(picture: Picture, status: JobSubmissionStatus): Partial<JobSubmissionStatus> {
  const { verdict } = picture;
  return {
    state: stateOf(verdict, status),
    flags: picture.flags.length === 0 ? undefined : [...picture.flags],
    ...(picture.lead === undefined ? {} : rowDetails(picture.lead, status)),
    ...timesOf(picture, status),
    array: picture.array === undefined ? status.array : arrayOf(picture.array),
  };
}

/** A job that is lost is in no state that anybody knows: the last one seen must not stand beside its end. */
function stateOf(verdict: Picture["verdict"], status: JobSubmissionStatus): JobSubmissionStatus["state"] {
  switch (verdict.is) {
    case "live":
    case "ended":
      return verdict.state;
    case "lost":
      return undefined;
    case "unknown":
    case "didNotRun":
      return status.state;
  }
}

function rowDetails(lead: JobRow, status: JobSubmissionStatus): Partial<JobSubmissionStatus> {
  return {
    reason: reasonOf(lead.reason),
    partition: lead.partition === "" ? status.partition : lead.partition,
    nodes: lead.nodes === "" ? status.nodes : cut(lead.nodes, 4096),
    timeLimitSeconds: lead.timeLimitSeconds ?? status.timeLimitSeconds,
    reservation: lead.reservation === "" ? status.reservation : lead.reservation,
    restarts: lead.restarts,
    // Moves with every scheduling pass: written along with something else, never by itself.
    priority: lead.priority ?? status.priority,
  };
}

/** Slurm shows a forecast as the start of a pending job, which is no start. */
function timesOf(
  { lead, startedAt, endedAt, verdict, array }: Picture,
  status: JobSubmissionStatus,
): Partial<JobSubmissionStatus> {
  const isPending = verdict.is === "live" && verdict.state === "PENDING";
  return {
    submittedAt: timeOf(lead?.submittedAt) ?? status.submittedAt,
    startedAt: isPending
      ? undefined
      : (earliest(timeOf(startedAt), array === undefined ? undefined : status.startedAt) ?? status.startedAt),
    endedAt: verdict.is === "ended" ? (timeOf(endedAt) ?? status.endedAt) : undefined,
  };
}

export function arrayOf(array: ArraySummary): NonNullable<JobSubmissionStatus["array"]> {
  const { failures: failed } = array;
  return {
    tasks: array.states.reduce((sum, { count }) => sum + count, 0),
    states: array.states.map(({ state, count, indexes }) => ({ state, count, indexes })),
    ...(failed.tasks.length === 0 ? {} : { failed: failed.tasks.map(failedTask) }),
    ...(failed.more === 0 ? {} : { failedNotListed: failed.more }),
  };
}

function failedTask({ index, state, exit }: ArraySummary["failures"]["tasks"][number]) {
  const end =
    exit === undefined || !isSignal(exit.signal) ? {} : { exitCode: exit.code, signal: exit.signal };
  return { index, state, ...end };
}

/** Whether a write would tell anything new. */
export function isNews(change: Partial<JobSubmissionStatus>, status: JobSubmissionStatus): boolean {
  const { priority: _, queue: _queue, ...rest } = change;
  const told = new Map<string, unknown>(Object.entries({ ...status, array: withoutTime(status.array) }));
  return Object.entries({ ...rest, ...("array" in rest ? { array: withoutTime(rest.array) } : {}) }).some(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(told.get(field)),
  );
}

function withoutTime(array: JobSubmissionStatus["array"]): JobSubmissionStatus["array"] {
  if (array === undefined) return undefined;
  const { updatedAt: _, ...rest } = array;
  return rest;
}

function reasonOf(word: string): JobSubmissionStatus["reason"] {
  return word === "" || word === "None"
    ? undefined
    : { word: cut(word, 255), text: cut(reasonInPlainWords(word), 1024) };
}

/** Slurm forgets an array's first tasks while others run. Times of ours compare as text. */
const earliest = (a: string | undefined, b: string | undefined): string | undefined =>
  a !== undefined && b !== undefined && b < a ? b : (a ?? b);

const timeOf = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : toTime(at));

import type { ClusterName } from "../lab/lab.ts";
import type { Start } from "./marks.ts";
import type { Reported } from "./oracle.ts";
import { lastCodes, missingRuns, mostRuns, runsOf, unfailedRuns, wronglyRun } from "./runs.ts";
import { failingTask } from "./scripts.ts";
import type { Sent } from "./sent.ts";
import { disagreement } from "./slurm-agreement.ts";
import type { SlurmRecord } from "./slurm-records.ts";

/** Everything that is known of one cluster when a round is over. */
export interface Seen {
  readonly cluster: ClusterName;
  readonly objects: readonly Reported[];
  readonly marks: ReadonlyMap<string, readonly Start[]>;
  readonly records: ReadonlyMap<string, SlurmRecord>;
  /** Whether Slurm keeps a record of everything; else the queue forgets, and only what it still has is compared. */
  readonly keepsRecords: boolean;
  /** slurmctld was killed: it may start a job again of itself, and forget how one ended. */
  readonly isShaken: boolean;
}

/** @returns what is wrong with the submissions that were sent to the cluster, a line each */
export function judge(sent: readonly Sent[], seen: Seen): readonly string[] {
  const byRun = new Map(seen.objects.map((object) => [runOf(object), object]));
  const here = sent.filter(({ cluster }) => cluster === seen.cluster);
  return here.flatMap((each) => {
    const starts = seen.marks.get(each.run) ?? [];
    const object = byRun.get(each.run);
    const wrong = [
      ...twice(each, starts, seen),
      ...(object === undefined ? [] : report(each, { object, starts, seen })),
    ];
    return wrong.map((what) => `${each.name} (${each.sort}, ${each.cluster}): ${what}`);
  });
}

const runOf = ({ spec }: Reported): string => spec.variables.find(({ name }) => name === "RUN")?.value ?? "";

/** More ids than it may have run as, or one id that started twice though Slurm had no reason to. */
function twice(sent: Sent, starts: readonly Start[], { isShaken }: Seen): readonly string[] {
  const wrong = wronglyRun(sent, starts, isShaken);
  if (wrong.length > 0) return wrong;
  const tasksOf = (some: readonly Start[]) => new Set(some.map(({ task }) => task));
  const again = runsOf(starts).find((run) => run.starts.length > tasksOf(run.starts).size);
  if (!isShaken && again !== undefined) return [`job ${again.jobId} started ${again.starts.length} times`];
  const tasks = tasksOf(starts);
  return tasks.size > (sent.tasks ?? 1) ? [`ran ${tasks.size} tasks`] : [];
}

interface Case {
  readonly object: Reported;
  readonly starts: readonly Start[];
  readonly seen: Seen;
}

function report(sent: Sent, given: Case): readonly string[] {
  const { status } = given.object;
  const ran = status.attempts.filter(({ jobId, ended }) => jobId !== undefined && ended === "Over");
  const told = `${status.phase} ${status.state ?? ""} ${status.exitCode ?? ""}`.trim();
  const wrong: string[] = [];
  if (ran.length > mostRuns(sent)) wrong.push(`${ran.length} attempts of it ran`);
  const cause = status.conditions.find(({ type }) => type === "Succeeded");
  for (const complaint of [untruth(sent, given), mismatch(sent, given), misrun(sent, given)])
    if (complaint !== undefined) wrong.push(`${complaint}; reported: ${told} (${cause?.reason ?? ""})`);
  return wrong;
}

/** What was reported against what the script wrote down. */
function untruth(sent: Sent, { object: { status }, starts, seen }: Case): string | undefined {
  const codes = lastCodes(starts);
  const wanted = sent.tasks ?? 1;
  const isGood = codes.length === wanted && codes.every((code) => code === 0);
  const firstBad = codes.find((code) => code !== undefined && code !== 0);
  if (status.phase === "Done" && !isGood)
    return `its script did not end well (${codes.join(", ") || "it never ran"})`;
  if (status.state === "FAILED" && status.exitCode !== firstBad && !seen.isShaken)
    return `its script ended with ${firstBad ?? "nothing"}`;
  if (mayBeCut(sent, seen)) return undefined;
  const isWell = runsOf(starts).length > sent.failures;
  const expected = isWell ? "Done COMPLETED" : "Aborted FAILED";
  if (`${status.phase} ${status.state}` !== expected)
    return `expected ${expected}, its script ended with ${codes.join(", ")}`;
  if (starts.length === 0) return "it never ran";
  return arrayMismatch(sent, isWell, status.array);
}

/** What was run again against what its retries and Slurm say of it, and against the attempts that are told. */
function misrun(sent: Sent, { object: { status }, starts, seen }: Case): string | undefined {
  if (mayBeCut(sent, seen)) return undefined;
  const ids = runsOf(starts).map(({ jobId }) => String(jobId));
  const told = status.attempts.flatMap(({ jobId, ended }) => (ended === "Over" ? [jobId ?? "none"] : []));
  if (sent.retries !== undefined && told.join() !== ids.join())
    return `it ran as ${ids.join(", ")}, and attempts are told that ran as ${told.join(", ")}`;
  return missingRuns(sent, starts) ?? unfailedRuns(starts, seen.records);
}

/** Cancelled by its user, or shaken by a crash of Slurm's own: then it may end in more than one true way. */
const mayBeCut = ({ sort }: Sent, { isShaken }: Seen): boolean =>
  sort === "cancelled" || sort === "deleted" || sort === "recreated" || isShaken;

function arrayMismatch(
  { tasks }: Sent,
  isWell: boolean,
  array: Reported["status"]["array"],
): string | undefined {
  if (tasks === undefined) return undefined;
  const counts = new Map(array?.states.map(({ state, count }) => [state, count]));
  const bad = isWell ? 0 : 1;
  const isRight = (counts.get("COMPLETED") ?? 0) === tasks - bad && (counts.get("FAILED") ?? 0) === bad;
  return isRight
    ? undefined
    : `expected ${bad} failed task of ${tasks} (index ${failingTask}), counts ${JSON.stringify([...counts])}`;
}

/** What was reported against Slurm's own records. */
function mismatch(sent: Sent, { object: { status }, starts, seen }: Case): string | undefined {
  const { records, keepsRecords, isShaken } = seen;
  return isShaken ? undefined : disagreement(sent, { status, starts, records, keepsRecords });
}

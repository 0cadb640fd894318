import type { Start } from "./marks.ts";
import type { Reported } from "./oracle.ts";
import type { Sent } from "./sent.ts";
import type { SlurmRecord } from "./slurm-records.ts";

type Status = Reported["status"];

export interface Compared {
  readonly status: Status;
  readonly starts: readonly Start[];
  readonly records: ReadonlyMap<string, SlurmRecord>;
  readonly keepsRecords: boolean;
}

/** What was reported of a job, or of each task of an array, against Slurm's own records. @returns where the two differ */
export function disagreement(sent: Sent, given: Compared): string | undefined {
  if (given.status.jobId === undefined || given.status.phase === "Rejected") return undefined;
  return sent.tasks === undefined ? ofJob(sent, given, given.status.jobId) : ofArray(sent.tasks, given);
}

function ofJob(
  sent: Sent,
  { status, starts, records, keepsRecords }: Compared,
  jobId: string,
): string | undefined {
  const record = records.get(jobId);
  if (record === undefined) return keepsRecords ? `Slurm has no record of job ${jobId}` : undefined;
  if (record.state === status.state && hasSameExit(status, record)) return undefined;
  if (sent.sort === "cancelled" && isTrueOfCancelled(status, record, starts)) return undefined;
  return `Slurm says ${record.state} ${record.exit} of job ${jobId}`;
}

/** How a job ended by itself; what was cut has an exit that depends on the moment. */
function hasSameExit(status: Status, { state, exit }: SlurmRecord): boolean {
  if (state !== "COMPLETED" && state !== "FAILED") return true;
  const [code, signal] = [status.exitCode ?? 0, status.signal ?? 0];
  // sacct takes 128 off a code that is larger.
  return [code, code % 128].some((shown) => exitPair(exit) === `${shown}:${signal}`);
}

/** sacct writes `CODE:SIGNAL`, squeue of some releases what wait(2) gave. */
function exitPair(exit: string): string {
  if (!/^\d+$/u.test(exit)) return exit;
  const status = Number(exit);
  return `${Math.floor(status / 256)}:${status % 128}`;
}

/** Slurm's word for a job that somebody cancelled depends on the moment; what is reported must be true all the same. */
function isTrueOfCancelled({ phase, state }: Status, record: SlurmRecord, starts: readonly Start[]): boolean {
  // In the moment of its end: the script came to its end, Slurm says CANCELLED.
  if (phase === "Done") return record.state === "CANCELLED";
  // Before its script began: the launcher finds the token closed, and turns it away with a code that no script of the workload has.
  return state === "CANCELLED" && record.exit === "113:0" && starts.length === 0;
}

/** Of each task the last run counts; tasks that were cancelled in the queue leave no record, and then there is nothing to compare. */
function ofArray(tasks: number, { status, records, keepsRecords }: Compared): string | undefined {
  const ids = status.attempts.flatMap(({ jobId }) => (jobId === undefined ? [] : [jobId])).toReversed();
  const states = Array.from({ length: tasks }, (_, task) =>
    ids.map((id) => records.get(`${id}_${task}`)?.state).find((state) => state !== undefined),
  );
  if (states.includes(undefined)) {
    const missing = states.indexOf(undefined);
    return keepsRecords && status.phase === "Done" ? `Slurm has no record of task ${missing}` : undefined;
  }
  const byState = Map.groupBy(states, (state) => state ?? "");
  const counted = [...byState].map(([state, all]) => `${state} ${all.length}`).sort();
  const told = (status.array?.states ?? []).map(({ state, count }) => `${state} ${count}`).sort();
  return counted.join(", ") === told.join(", ")
    ? undefined
    : `Slurm counts ${counted.join(", ")}, told are ${told.join(", ")}`;
}

import type { Exit } from "./exit-code.ts";
import type { JobRow } from "./job-row.ts";
import type { BaseState } from "./job-state.ts";
import { isEnded, isFinal, type EndedState } from "./job-state-phase.ts";
import type { ExitMark } from "./marks.ts";

/** What is known of one job, or of one task of an array. */
export interface Evidence {
  /** Its row in a complete, good answer of squeue. */
  readonly row: JobRow | undefined;
  /** Its newest row in accounting. */
  readonly accounting: JobRow | undefined;
  /** What its launcher left behind. */
  readonly mark: ExitMark | undefined;
  /** We have asked for its end. */
  readonly cancelled: boolean;
  /** The token is closed, and as many complete answers as demanded have lacked the row since. */
  readonly waitsOver: boolean;
  /** The launcher's exit code for a job that the fence refused. */
  readonly turnedAwayCode: number;
}

export type Verdict =
  | { readonly is: "live"; readonly state: BaseState }
  | {
      readonly is: "ended";
      readonly state: EndedState;
      readonly exit: Exit | undefined;
      readonly how: "Slurm" | "Accounting" | "Mark" | "Cancel";
    }
  /** The fence refused it: nothing of the user's ran. */
  | { readonly is: "didNotRun" }
  /** No evidence yet: look again. */
  | { readonly is: "unknown" }
  /** No evidence, and nothing more to wait for. */
  | { readonly is: "lost" };

/**
 * How a job ended, from all that is known. Pure; the caller closes the token before it believes an end.
 *
 * Who is believed, first to last:
 * 1. squeue, that it lives: a mark beside it only says that Slurm has yet to clean up.
 * 2. The fence: what was turned away did not run, whatever Slurm calls it.
 * 3. The exit mark of the last run that got past the fence, for success and exit code (see `stateOf`).
 * 4. squeue's word, then accounting's of an end.
 * 5. Our own cancel, when nothing is left to be seen: Slurm keeps no trace of tasks and jobs that were cancelled before they started.
 */
export function endOf(seen: Evidence): Verdict {
  if (seen.row !== undefined && !isFinal(seen.row)) return { is: "live", state: seen.row.state };
  const word = seen.row ?? finalOf(seen.accounting);
  const end = seen.mark?.end;
  if (end?.is === "turnedAway") return { is: "didNotRun" };
  if (word === undefined) return withoutWord(seen, end);
  return isOfEarlierRun(seen, word) ? besideEarlierRun(seen, word, end) : byWord(seen, word, end);
}

/** A crash of slurmctld takes restarts back; then a run that was turned away is told by its code, which the script did not end with. */
function isOfEarlierRun({ mark, turnedAwayCode }: Evidence, word: JobRow): boolean {
  if (mark === undefined || mark.end.is === "turnedAway") return false;
  const isTurnedAway = word.exit?.code === turnedAwayCode && mark.end.code !== turnedAwayCode;
  return isTurnedAway || mark.restart < word.restarts;
}

/**
 * A run that gets past the fence removes the mark of the one before. Turned away, because the token was closed after the end of the run
 * before, or cancelled in the queue: then that end stands. Else it could not be started, and the mark says nothing of that.
 */
function besideEarlierRun(seen: Evidence, word: JobRow, end: Exited | undefined): Verdict {
  const hasNotBegun = word.exit?.code === seen.turnedAwayCode || word.state === "CANCELLED";
  return hasNotBegun ? withoutWord(seen, end) : byWord(seen, word, undefined);
}

/** Only squeue knows what lives: accounting trails, and keeps a job that slurmctld has lost as RUNNING for ever. */
const finalOf = (row: JobRow | undefined): JobRow | undefined =>
  row !== undefined && isFinal(row) ? row : undefined;

type Exited = Extract<ExitMark["end"], { is: "exited" }>;

function byWord(seen: Evidence, word: JobRow, end: Exited | undefined): Verdict {
  if (end === undefined && word.exit?.code === seen.turnedAwayCode) return { is: "didNotRun" };
  if (!isEnded(word.state)) return { is: "live", state: word.state };
  return {
    is: "ended",
    state: stateOf(word.state, end),
    exit: end === undefined ? exitOf(word) : { code: end.code, signal: exitOf(word)?.signal ?? 0 },
    how: seen.row === undefined ? "Accounting" : "Slurm",
  };
}

/** Nobody saw how a job ended whose node was lost: Slurm 24.11 writes 0:1, 22.05 writes 0:0, and accounting 1:0, for no more than "badly". */
const exitOf = ({ state, exit }: JobRow): Exit | undefined =>
  state === "NODE_FAIL" || state === "BOOT_FAIL" ? undefined : exit;

/**
 * State of a run that Slurm calls `word` and whose launcher wrote down how the script ended. After a TERM of Slurm to the whole job (`terminated`) Slurm's
 * word stands: a script that catches TERM and exits 0 was cut short all the same. Else:
 *
 * | Slurm | mark 0 | mark other than 0 |
 * |---|---|---|
 * | COMPLETED | COMPLETED | FAILED |
 * | FAILED, NODE_FAIL, TIMEOUT, DEADLINE, PREEMPTED, CANCELLED | COMPLETED: the script was through before what Slurm saw happened | as Slurm says: it knows the cause |
 * | OUT_OF_MEMORY | as Slurm says: a process was killed, even if the script went on | as Slurm says |
 * | BOOT_FAIL | as Slurm says: nothing ran | as Slurm says |
 */
function stateOf(word: EndedState, end: Exited | undefined): EndedState {
  if (end === undefined || end.terminated === true) return word;
  switch (word) {
    case "COMPLETED":
      return end.code === 0 ? "COMPLETED" : "FAILED";
    case "FAILED":
    case "NODE_FAIL":
    case "TIMEOUT":
    case "DEADLINE":
    case "PREEMPTED":
    case "CANCELLED":
      return end.code === 0 ? "COMPLETED" : word;
    case "OUT_OF_MEMORY":
    case "BOOT_FAIL":
      return word;
  }
}

function withoutWord(seen: Evidence, end: Exited | undefined): Verdict {
  if (end !== undefined) {
    return {
      is: "ended",
      state: stateOfMark(end, seen.cancelled),
      exit: { code: end.code, signal: 0 },
      how: "Mark",
    };
  }
  if (!seen.waitsOver) return { is: "unknown" };
  return seen.cancelled
    ? { is: "ended", state: "CANCELLED", exit: undefined, how: "Cancel" }
    : { is: "lost" };
}

/** Slurm has forgotten why it sent TERM (a cancel, the time limit, preemption): what is certain is that it ended the job. */
function stateOfMark(end: Exited, cancelled: boolean): EndedState {
  if (end.terminated === true) return "CANCELLED";
  if (end.code === 0) return "COMPLETED";
  return cancelled ? "CANCELLED" : "FAILED";
}

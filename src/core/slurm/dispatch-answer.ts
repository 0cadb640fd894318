import type { Owner } from "./marks.ts";
import type { UnfitDirectory } from "./work-directory.ts";

/** What a `put` came to. Only `accepted` and `refused` are certain; `notSent` may be asked again; `unclear` and `look` demand `void` first. */
export type PutAnswer =
  | {
      is: "accepted";
      jobId: number;
      /** asked before: the id was on record */ known: boolean;
      /** sbatch's stderr beside a success, cut */ text: string;
    }
  /** sbatch's exit code and text: known refusal, limit or unclear is decided by `classifyRefusal`. */
  | { is: "answered"; code: number; text: string }
  | { is: "voided" }
  /** Tried before, and nothing is on record of how it ended. */
  | { is: "look" }
  /** Certainly not sent: the batch stopped before it, its deadline passed, the directory could not be written, or the login has no sbatch. */
  | {
      is: "notSent";
      why: "BatchStopped" | "DeadlinePassed" | "LockBusy" | "NoSbatch" | UnfitDirectory;
      text: string;
    }
  /** The connection was lost, or the time limit passed, after the command had been sent. */
  | { is: "unclear"; text: string };

/** What `void` and `close` answer: given under the lock, so it stands for ever once it is not `none`. */
export type FenceAnswer =
  { is: "fenced"; owner: Exclude<Owner, { is: "none" }> } | { is: "unclear"; text: string };

/** All but `forgotten` may be asked again: of `kept`, its deadline has not passed for certain, its token is not closed, or the journal was busy. */
export type ForgetAnswer =
  | { is: "forgotten" }
  | { is: "kept"; why: "DeadlineAhead" | "NotClosed" | "LockBusy" | "NotRemovable"; text: string }
  /** Certainly still there: the command never started. */
  | { is: "notSent"; text: string }
  /** The connection was lost, or a time limit passed, after the command had been sent: gone or not. */
  | { is: "unclear"; text: string };

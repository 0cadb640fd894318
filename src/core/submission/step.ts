import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import type { Look } from "./facts.ts";
import type { StagedJob } from "./prepared.ts";

/** Something to be told once the status that it speaks of is stored. */
export interface Note {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly action: string;
  readonly message: string;
}

/** An effect whose answer is needed to go on. Each is idempotent and may be asked again after a crash. */
export type Question =
  | { ask: "put"; job: StagedJob }
  | { ask: "void" }
  | { ask: "close" }
  | { ask: "cancel" }
  /** Of what waits in the queue. */
  | { ask: "hold"; held: boolean }
  | { ask: "own" }
  | { ask: "look"; after: Instant }
  /** `on`: the look at hand. What is answered is of a moment after it. */
  | { ask: "accounting"; on: Look }
  | { ask: "marks"; on: Look }
  | { ask: "log"; path: string }
  /** Of all that ran, from accounting. */
  | { ask: "usage"; of: readonly Attempt[] }
  /** Cancels what is left in the queue of an attempt that is over. */
  | { ask: "sweep"; attempts: readonly Attempt[] };

/** What a look at everything known leads to. Data: nothing has happened yet. */
export type Step =
  /** The next event, or the next look after so many milliseconds. `yields`: what is to be done then can wait until others had their turn. */
  | { do: "wait"; ms?: number; yields?: boolean }
  | { do: "ask"; question: Question }
  /** One write of the status. `again`: look again at once at what was stored. */
  | {
      do: "write";
      status: JobSubmissionStatus;
      notes: readonly Note[];
      next: "again" | { wait: number | undefined };
    }
  | { do: "addFinalizer" }
  | { do: "removeFinalizer"; notes: readonly Note[] };

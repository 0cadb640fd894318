import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import type { JobRow } from "../slurm/job-row.ts";
import type { Token } from "../slurm/token.ts";
import { tokenOfAttempt } from "./attempts.ts";
import type { Look } from "./facts.ts";

/** One good answer of squeue about everything of this install. */
export interface Looked {
  readonly begun: Instant;
  readonly tick: number;
  readonly rows: ReadonlyMap<Token, readonly JobRow[]>;
  readonly unreadable: ReadonlySet<Token>;
}

/**
 * What an answer says of one attempt. Undefined when a row of it could not be read: that is neither an end nor an absence.
 * Rule 7 (ROW_NEEDS_TOKEN): a row is ours by token and user. squeue shows the path of the script to everybody, so a stranger can carry our token.
 */
export function lookFor({ begun, tick, rows, unreadable }: Looked, attempt: Attempt): Look | undefined {
  const token = tokenOfAttempt(attempt);
  if (unreadable.has(token)) return undefined;
  const all = rows.get(token) ?? [];
  // Our own job under another name: the site's name service fails, and this answer says nothing.
  if (all.some(({ user, jobId }) => user !== attempt.user && jobId === Number(attempt.jobId)))
    return undefined;
  return { begun, tick, rows: all.filter(({ user }) => user === attempt.user) };
}

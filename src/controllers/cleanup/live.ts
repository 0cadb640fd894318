import { type Token, uidOfToken } from "../../core/slurm/token.ts";
import type { SubmissionReflector } from "../submission/submissions.ts";

/** What is kept in memory of the submissions that are not finished. */
export type LiveSubmissions = Pick<SubmissionReflector, "hasSynced" | "unreadable" | "store">;

/**
 * Tells the tokens of submissions that are not finished; undefined while they are not all known. By the token on record (an object restored from
 * a backup has another UID than its tokens), and by the UID (old attempts are dropped from the record, new ones may not be in the store yet).
 */
export function liveTokens(submissions: LiveSubmissions): ((token: Token) => boolean) | undefined {
  const { hasSynced, unreadable, store } = submissions;
  if (!hasSynced || unreadable.size > 0) return undefined;
  const uids = new Set([...store.entries()].map(([, { uid }]) => uid));
  return (token) => uids.has(uidOfToken(token)) || store.lookUp("token", token).length > 0;
}

const mostNamed = 5;

/** What to say of submissions that cannot be read; undefined when there are none. */
export function unreadableText({ unreadable }: LiveSubmissions): string | undefined {
  if (unreadable.size === 0) return undefined;
  const keys = [...unreadable].toSorted();
  const more = keys.length > mostNamed ? ` and ${keys.length - mostNamed} more` : "";
  return `it is not known which ones these JobSubmissions need, as they cannot be read: ${keys.slice(0, mostNamed).join(", ")}${more}; mend or delete them`;
}

import type { Brand } from "../brand.ts";

/**
 * Names one attempt to run one submission, everywhere and for ever: in the journal on the cluster, in the path of `batch.sh`
 * (which squeue shows as Command and which nobody can change) and in `status.attempts[]`.
 * Made of the install, the object's UID and the attempt's index, so a re-created object of the same name has another: rule 1 (UID_IN_TOKEN).
 */
export type Token = Brand<string, "Token">;

const form = /^[a-z0-9]{1,20}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-\d{1,6}$/u;

export function isToken(text: string): text is Token {
  return form.test(text);
}

/** @throws RangeError when the parts do not make a token: a programming error, never user input */
export function tokenOf(attempt: { install: string; uid: string; index: number }): Token {
  const text = `${attempt.install}-${attempt.uid}-${attempt.index}`;
  if (!isToken(text)) throw new RangeError(`not a token: ${text}`);
  return text;
}

/** The UID of the object that the token is of. */
export const uidOfToken = (token: Token): string => token.split("-").slice(1, -1).join("-");

/** The token in a job's Command, `<workDirectory>/<install>/<token>/batch.sh`; undefined for a job that is not of this install. */
export function tokenFromCommand(command: string, install: string): Token | undefined {
  const [file, token, folder] = command.split("/").reverse();
  if (file !== "batch.sh" || folder !== install || token === undefined) return undefined;
  return token.startsWith(`${install}-`) && isToken(token) ? token : undefined;
}

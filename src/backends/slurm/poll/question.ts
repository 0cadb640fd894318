import { randomBytes } from "node:crypto";

/**
 * Slurm's own variables in a login's profile would filter or reshape what its commands say (SQUEUE_USERS hides jobs), so they go.
 * Times come as seconds since the epoch, so that no time zone is guessed; lists of array tasks come whole (Slurm cuts them at 64 bytes).
 * Source: squeue(1), sacct(1), sinfo(1), `ENVIRONMENT VARIABLES`.
 */
const environment = [
  "unset SLURM_CLUSTERS SQUEUE_ACCOUNT SQUEUE_ARRAY SQUEUE_ARRAY_UNIQUE SQUEUE_FEDERATION SQUEUE_FORMAT SQUEUE_FORMAT2 SQUEUE_LICENSES",
  "unset SQUEUE_LOCAL SQUEUE_NAMES SQUEUE_PARTITION SQUEUE_PRIORITY SQUEUE_QOS SQUEUE_SIB SQUEUE_SIBLING SQUEUE_SORT SQUEUE_STATES SQUEUE_USERS",
  "unset SACCT_FORMAT SACCT_LOCAL SACCT_FEDERATION SINFO_ALL SINFO_FORMAT SINFO_PARTITION SINFO_SORT SCONTROL_ALL SCONTROL_FEDERATION",
  "export TZ=UTC SLURM_TIME_FORMAT=%s SLURM_BITSTR_LEN=0 LC_ALL=C",
].join("\n");

export const fieldEnd = "\u001F";

/** A question to a cluster: a POSIX sh script, and the word by which its answer is known. */
export interface Question {
  readonly script: string;
  readonly nonce: string;
}

/**
 * Frames commands so that an answer is complete or is seen not to be: `begin`, the remote clock, each command's output between marks with
 * its exit code. The nonce is new each time, so that nothing that a user put into a job (a path, a submit line) can pass for a mark.
 */
export function askFor(
  commands: (nonce: string) => readonly string[],
  options: { readonly binDirectory?: string | undefined } = {},
): Question {
  const nonce = randomBytes(12).toString("hex");
  const path =
    options.binDirectory === undefined
      ? []
      : [`PATH=${quoteWord(options.binDirectory)}:$PATH`, "export PATH"];
  const sections = commands(nonce).map(
    (command) => `${command}\nprintf '\\n\\036%s %s\\n' ${nonce}-end "$?"`,
  );
  const script = [
    environment,
    ...path,
    `printf '\\036%s %s\\n' ${nonce}-begin "$(date +%s)"`,
    ...sections,
    "",
  ].join("\n");
  return { script, nonce };
}

/** One word for a POSIX shell, whatever it holds. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What an answer of sbatch other than success means: rule 6 (KNOWN_REFUSALS). `text` is Slurm's own words, without its prefixes, at most 500 characters. */
export type Refusal =
  /** This text will be refused again: final. */
  | { readonly is: "refused"; readonly text: string }
  /** As many jobs wait as the site allows: right by itself later. */
  | { readonly is: "limit"; readonly text: string }
  /** The job may be in the queue. */
  | { readonly is: "unclear"; readonly text: string };

/** sbatch reads options and directives before it sends anything, and ends with 255 (-1) where it does not like them. */
const badOption = 255;

/** Refusals of sbatch's own checks, before anything is sent. */
const ownStems = [
  "does not look like a batch script",
  "DOS line breaks",
  "script is empty",
  "only whitespace",
  "NULL character",
  "Unmatched",
  "Unexpected `:`",
  "No cluster '",
  "only permitted by root",
  "Invalid generic resource (gres) specification",
] as const;

/** slurmctld's answers, behind `Batch job submission failed:` (slurm_errno.c). A stem must fit the words behind that colon. */
const controllerStems = [
  /^Invalid (?:partition name|account|qos|wckey|license|generic resource|feature|job array|time|node name|Trackable RESource)/iu,
  /^Requested node configuration is not available/iu,
  /^Memory (?:required by task|specification)/iu,
  /^More processors requested/iu,
  /^Node count specification/iu,
  /^Requested time limit is invalid/iu,
  /^Job dependency problem/iu,
  /^Circular job dependency/iu,
  /^User's group not permitted/iu,
  /^Access\/permission denied/iu,
  /^Pathname of a file, directory or other parameter too long/iu,
  /reservation is invalid/iu,
] as const;

const policy = /^Job violates accounting\/QOS policy/iu;
const submitLimit = /\b(?:Assoc|QOS)(?:Max|Grp)Submit\w*/u;
const otherLimit = /\b(?:Assoc|QOS)(?:Max|Grp|Min)(?!Submit)\w+/u;

/**
 * Decides what an exit code of sbatch other than 0 came to. Only words known to be a refusal refuse; all else may be in the queue.
 * Source: the texts in slurm_errno.c and sbatch's own checks; codes and unclear cases measured on 22.05 and 24.11.
 */
export function classifyRefusal(answer: { code: number; text: string }): Refusal {
  const lines = meaningfulLines(answer.text);
  const text = textOf(lines, answer.code);
  if (answer.code === badOption) return { is: "refused", text };
  if (answer.code !== 1) return { is: "unclear", text };
  const verdict = verdictOf(lines.findLast((line) => line.includes("submission failed:")));
  if (verdict === "policy") return { is: isSubmitLimit(lines) ? "limit" : "refused", text };
  if (verdict !== undefined) return { is: verdict, text };
  const isOwnCheck = lines.some((line) => ownStems.some((stem) => line.includes(stem)));
  return { is: isOwnCheck ? "refused" : "unclear", text };
}

/** The last answer counts: sbatch asks again by itself after some, and what it said before is over. */
function verdictOf(failure: string | undefined): "refused" | "unclear" | "policy" | undefined {
  if (failure === undefined) return undefined;
  const words = failure.slice(failure.indexOf("submission failed:") + "submission failed:".length).trim();
  if (policy.test(words)) return "policy";
  return controllerStems.some((stem) => stem.test(words)) ? "refused" : "unclear";
}

/**
 * One code covers all limits of accounting, and its text always names the submit limit; which limit it was is a line of its own, where
 * the release prints one. Without it we wait: a wait can be ended by a person, a refusal is final.
 */
function isSubmitLimit(lines: readonly string[]): boolean {
  const named = lines.filter((line) => !line.includes("submission failed:")).join("\n");
  return submitLimit.test(named) || !otherLimit.test(named);
}

const prefix = /^(?:sbatch: )?(?:(?:error|fatal|warning|info): )*/u;
const noise = /^(?:Try ['"`]sbatch --help|For more information|$)/u;

function meaningfulLines(text: string): readonly string[] {
  const lines = text
    .split(/\r?\n|(?=\bsbatch: )/u)
    .map((line) => line.trim().replace(prefix, "").trim())
    .filter((line) => !noise.test(line));
  return [...new Set(lines)];
}

/** Slurm breaks its longer sentences into lines: a line that begins in lower case goes on with the one before. */
function textOf(lines: readonly string[], code: number): string {
  if (lines.length === 0) return `sbatch ended with exit code ${code} and said nothing`;
  const text = lines
    .slice(-4)
    .reduce((before, line) => `${before}${/^[a-z]/u.test(line) ? " " : "; "}${line}`);
  return text.replace(/\s+/gu, " ").slice(0, 500);
}

import { isSecretName } from "./names.ts";

/** From `start` up to `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What is a secret by its look, whoever gave it out. A group `secret` is the part that is masked, else all of it. Each is linear in the length of the
 * text, or nearly so: repetitions are bounded, or begin at something that is found once.
 */
const shapes: readonly RegExp[] = [
  // Up to the end of what is there, where the end of the key is not.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?<secret>[^]*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/dgu,
  /\bauthorization\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(?<secret>[^\r\n"']+)/dgiu,
  /\bbearer\s{1,3}(?<secret>[A-Za-z0-9._~+/-]{16,}=*)/dgiu,
  /\bbasic\s{1,3}(?<secret>(?=[A-Za-z]{0,200}[0-9=+/])[A-Za-z0-9+/]{12,}={0,2})/dgiu,
  // A password may hold what should have been encoded.
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,256}:(?<secret>[^\s/?#]{1,1024})@/dgiu,
  /\bmachine\s{1,9}\S{1,255}\s{1,9}login\s{1,9}\S{1,255}\s{1,9}password\s{1,9}(?<secret>\S+)/dgu,
  /eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/dgu,
  /(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}/dgu,
  /gh[oprsu]_[A-Za-z0-9]{30,}/dgu,
  /github_pat_\w{22,}/dgu,
  /gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[\w-]{16,}/dgu,
  /xox[a-z]-[\w-]{10,}/dgu,
  /xapp-[\w-]{10,}/dgu,
  /hooks\.slack\.com\/(?:services|workflows)\/(?<secret>[\w/+-]{8,})/dgu,
  /AIza[\w-]{35}/dgu,
  /ya29\.[\w-]{20,}/dgu,
  /\bnpm_[A-Za-z0-9]{36}/dgu,
  /\bpypi-[\w-]{16,}/dgu,
  /\bhf_[A-Za-z0-9]{30,}/dgu,
  /\bsk-[\w-]{20,}/dgu,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/dgu,
  /\bdckr_pat_[\w-]{20,}/dgu,
  /\bglsa_\w{20,}/dgu,
  /MUNGE:(?<secret>[A-Za-z0-9+/=]{20,})/dgu,
];

/** A name, and what stands between it and its value: `=`, `:`, `=>`, quotes; of an option, a blank. */
const assignment =
  /(?<![\w.-])(?<name>[\w.-]+)(?:\\?["']?[^\S\r\n]{0,3}(?:=>|:=|=|:)[^\S\r\n]{0,3}|(?<blank>[^\S\r\n]{1,3}))/gu;
/** Quoted, up to the end of the line where a quote is missing; or a word. */
const assigned =
  /\\?"(?<double>(?:[^"\\\r\n]|\\[^\r\n])*)|\\?'(?<single>[^'\r\n]*)|(?<bare>[^\s"'][^\s]*)/duy;

export function shapedSpans(text: string): Span[] {
  return [...shapes.flatMap((shape) => matchesOf(shape, text)), ...assignedSpans(text)];
}

function matchesOf(shape: RegExp, text: string): Span[] {
  return [...text.matchAll(shape)].flatMap((match) => {
    const [start, end] = match.indices?.groups?.["secret"] ?? match.indices?.[0] ?? [0, 0];
    return [{ start, end }];
  });
}

/** `password=...`, `"apiKey": "..."`, `--token ...`: whatever is given to a name that speaks of a secret. */
function assignedSpans(text: string): Span[] {
  return [...text.matchAll(assignment)].flatMap((match) => {
    const { name = "", blank } = match.groups ?? {};
    if (blank !== undefined && !name.startsWith("-")) return [];
    if (!isSecretName(name)) return [];
    assigned.lastIndex = match.index + match[0].length;
    const groups = assigned.exec(text)?.indices?.groups;
    const [start, end] = groups?.["double"] ?? groups?.["single"] ?? groups?.["bare"] ?? [0, 0];
    return [{ start, end }];
  });
}

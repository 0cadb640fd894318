/**
 * Whether a text is a point in time as `--begin` and `--deadline` take it. Says nothing of which: that is for the cluster's clock.
 * Forms: now[{+|-}N[unit]], today, tomorrow, midnight, noon, elevenses (not in 22.05), fika, teatime, HH:MM[:SS] [AM|PM],
 * MMDD[YY], MM/DD[/YY], MM.DD[.YY], YYYY-MM-DD[THH:MM[:SS]], utsSECONDS, and a date with a time.
 * Source: sbatch(1); measured on 22.05 and 24.11.
 */
export function isMoment(text: string, hasElevenses: boolean): boolean {
  if (/^uts/iu.test(text)) return /^uts\s*\+?0*[1-9]\d{6,17}$/iu.test(text);
  let rest = text;
  let meaning = false;
  while (rest !== "") {
    const skipped = /^[ \t\-T]/u.exec(rest)?.[0];
    const taken = skipped ?? takeMoment(rest, hasElevenses);
    if (taken === undefined) return false;
    meaning ||= skipped === undefined;
    rest = rest.slice(taken.length);
  }
  return meaning;
}

const words = /^(?:today|tomorrow|midnight|noon|fika|teatime|(?<elevenses>elevenses))/iu;
const now = /^now[ \t]*(?:[+-][\s\d]*\d[\s\d]*(?:seconds?|minutes?|hours?|days?|weeks?)?|$)/iu;
const time = /^(?<hour>\d{1,2}):(?<minute>[0-5]\d)(?::[0-5]\d)?\s*(?<half>[ap]m)?/iu;
const isoDate = /^\d{4}-(?<month>\d{1,2})-(?<day>\d{1,2})/u;
const date = /^(?<month>\d{1,2})[./]?(?<day>\d{1,2})[./]?(?:\d{2})?/u;

function takeMoment(rest: string, hasElevenses: boolean): string | undefined {
  const word = words.exec(rest);
  if (word !== null) return word.groups?.["elevenses"] !== undefined && !hasElevenses ? undefined : word[0];
  return now.exec(rest)?.[0] ?? takeTime(rest) ?? takeDate(rest);
}

function takeTime(rest: string): string | undefined {
  const found = time.exec(rest);
  if (found === null) return undefined;
  const hour = Number(found.groups?.["hour"]);
  const half = found.groups?.["half"];
  return hour > (half === undefined ? 23 : 12) ? undefined : found[0];
}

function takeDate(rest: string): string | undefined {
  // sbatch looks for the second dash at one place only, so a month of one digit is not taken for this form.
  const found = /^.{4}-.{2}-/u.test(rest) ? isoDate.exec(rest) : date.exec(rest);
  if (found === null) return undefined;
  const month = Number(found.groups?.["month"]);
  const day = Number(found.groups?.["day"]);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? found[0] : undefined;
}

import { editDistance } from "../options/edit-distance.ts";
import type { ReadingWarning } from "./finding.ts";

const indented = /^[ \t]+#SBATCH\b/u;
const disabled = /^\s*##+\s*SBATCH(?=\s|-)/u;
const spaced = /^\s*#\s+SBATCH\s+-/u;
/** A comment whose first word looks like SBATCH and is followed by something that looks like an option. */
const word = /^\s*#+\s*(?<word>[A-Za-z_]{4,9})\s*-/u;

/** Lines in the part that sbatch reads that look like directives and are none: sbatch silently passes over them. */
export function nearDirectiveWarnings(lines: readonly string[]): ReadingWarning[] {
  return lines.flatMap((text, index) => {
    const why = whyNoDirective(text);
    if (why === undefined) return [];
    return [{ line: index + 1, column: 1, code: "NoDirective" as const, message: why }];
  });
}

/** Directives behind the first command: sbatch has stopped reading by then. */
export function afterCommandWarnings(lines: readonly string[], end: number): ReadingWarning[] {
  return lines.slice(end).flatMap((text, index) =>
    /^#SBATCH(?:\s|-|$)/u.test(text)
      ? [
          {
            line: end + index + 1,
            column: 1,
            code: "AfterCommand" as const,
            message: `sbatch stops reading at the first command (line ${end + 1}) and ignores this line: move it above`,
          },
        ]
      : [],
  );
}

function whyNoDirective(text: string): string | undefined {
  if (text.startsWith("#SBATCH") || text.startsWith("#SLURM")) return undefined;
  const ignored = "sbatch takes this line for a comment";
  if (indented.test(text)) return `${ignored}, because it is indented: begin it in column 1`;
  if (disabled.test(text)) return `${ignored}: write #SBATCH with one # if it shall count`;
  if (spaced.test(text)) return `${ignored}, because of the blank after #: write #SBATCH`;
  const found = word.exec(text)?.groups?.["word"];
  if (found === undefined || /^(?:PBS|BSUB)$/u.test(found)) return undefined;
  if (editDistance(found.toUpperCase(), "SBATCH") > (found === found.toUpperCase() ? 2 : 1)) return undefined;
  return `${ignored}, because "${found}" is not SBATCH (upper case counts): write #SBATCH`;
}

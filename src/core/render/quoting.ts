/**
 * Text that every reader of ours (POSIX shells, sbatch's directive lines, Python names and numbers) takes as it stands:
 * letters and digits of any script, and the punctuation that none of them gives a meaning to.
 */
export const isPlain = (text: string): boolean => /^[\p{L}\p{M}\p{N}_@%+=:,./-]*$/u.test(text);

/** One word of a POSIX shell: single quotes, in which nothing is special. */
export function quoteShell(text: string): string {
  if (text !== "" && isPlain(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text between double quotes that the author writes: only `\ " $` and the backquote are special there (POSIX.1-2024, 2.2.3). */
export const escapeDoubleQuoted = (text: string): string => text.replace(/[\\"$`]/gu, String.raw`\$&`);

/**
 * One word of an #SBATCH line. sbatch takes the character behind a backslash literally inside either kind of quotes,
 * single ones too, and expands nothing (measured on 22.05: sbatch-reading cases "backslash in single quotes", "# inside quotes").
 */
export function quoteDirective(text: string): string {
  if (text !== "" && isPlain(text)) return text;
  return `"${text.replace(/["\\]/gu, String.raw`\$&`)}"`;
}

/** A Python string literal. */
export function quotePython(text: string): string {
  const escaped = text
    .replace(/[\\']/gu, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\r", String.raw`\r`)
    .replaceAll("\t", String.raw`\t`)
    .replace(
      /\p{Cc}/gu,
      (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`,
    );
  return `'${escaped}'`;
}

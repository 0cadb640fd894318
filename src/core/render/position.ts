/** A place in a file of a script, both from 1. Columns count UTF-16 units, as editors do. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `job.sh:3:14`, which editors and terminals make clickable. */
export const formatPosition = ({ file, line, column }: Position): string =>
  `${file}:${String(line)}:${String(column)}`;

export function positionAt(file: string, text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { file, line: before.split("\n").length, column: offset - lastBreak };
}

/** The line of `text` that `line` (from 1) names, without its line break. */
export const lineAt = (text: string, line: number): string => text.split("\n")[line - 1] ?? "";

/** One word of a directive as sbatch takes it, and where it stands. */
export interface Word {
  /** After quotes, backslashes and comments. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units; of the first character, a quote included. */
  readonly column: number;
  /** The characters as written. */
  readonly written: string;
}

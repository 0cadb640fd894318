/** A value that sbatch would refuse, or that it would take for something else than its author meant. */
export class DirectiveError extends Error {
  override readonly name = "DirectiveError";
  /** The end of a sentence that begins with the value: `is no time limit: write ...`. */
  readonly rule: string;

  constructor(value: string, rule: string) {
    super(`"${value.slice(0, 200)}" ${rule}`);
    this.rule = rule;
  }
}

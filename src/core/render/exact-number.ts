/**
 * A number as its author wrote it. Placed or joined to text it is that text (1.50 stays 1.50); in comparisons, ranges and
 * arithmetic filters it is the nearest double. LiquidJS asks `equals` and its kin before it compares (its `Comparable`).
 */
export class ExactNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  valueOf(): number {
    return Number(this.#text);
  }

  equals(other: unknown): boolean {
    return typeof other === "number" || other instanceof ExactNumber
      ? this.valueOf() === other.valueOf()
      : false;
  }

  gt(other: unknown): boolean {
    return this.valueOf() > Number(other);
  }

  geq(other: unknown): boolean {
    return this.valueOf() >= Number(other);
  }

  lt(other: unknown): boolean {
    return this.valueOf() < Number(other);
  }

  leq(other: unknown): boolean {
    return this.valueOf() <= Number(other);
  }
}

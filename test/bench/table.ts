/** One measured number, and the worst that it may be. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly bound?: { readonly is: "atLeast" | "atMost" | "exactly"; readonly value: number };
}

export function isKept({ value, bound }: Measure): boolean {
  if (bound === undefined) return true;
  switch (bound.is) {
    case "atLeast":
      return value >= bound.value;
    case "atMost":
      return value <= bound.value;
    case "exactly":
      return value === bound.value;
  }
}

const signs = { atLeast: ">=", atMost: "<=", exactly: "=" } as const;

export function printTable(measures: readonly Measure[]): void {
  const width = Math.max(...measures.map(({ what }) => what.length));
  for (const measure of measures) {
    const { what, value, unit, bound } = measure;
    const number = value.toFixed(value < 10 && !Number.isInteger(value) ? 2 : 0).padStart(8);
    const demand =
      bound === undefined ? "" : `   (${signs[bound.is]} ${bound.value}${isKept(measure) ? "" : "  MISSED"})`;
    console.log(`${what.padEnd(width)} ${number} ${unit}${demand}`);
  }
}

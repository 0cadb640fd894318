import { z } from "zod";

const bar = z.object({ is: z.enum(["atLeast", "atMost", "exactly"]), value: z.number() });

/** One measured number, and the worst that it may be. */
export const measure = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  bar: bar.optional(),
});
export type Measure = Readonly<z.infer<typeof measure>>;

export const told = (name: string, value: number, unit = ""): Measure => ({ name, value, unit });
export const atLeast = (name: string, value: number, least: number, unit = ""): Measure => ({
  ...told(name, value, unit),
  bar: { is: "atLeast", value: least },
});
export const atMost = (name: string, value: number, most: number, unit = ""): Measure => ({
  ...told(name, value, unit),
  bar: { is: "atMost", value: most },
});
export const exactly = (name: string, value: number, wanted: number, unit = ""): Measure => ({
  ...told(name, value, unit),
  bar: { is: "exactly", value: wanted },
});

export function isKept({ value, bar: demand }: Measure): boolean {
  switch (demand?.is) {
    case undefined:
      return true;
    case "atLeast":
      return value >= demand.value;
    case "atMost":
      return value <= demand.value;
    case "exactly":
      return value === demand.value;
  }
}

const signs = { atLeast: ">=", atMost: "<=", exactly: "=" } as const;

/** Name, value with its unit, bar and verdict; the last two are `-` for what is only told. */
export function wordsOf(measured: Measure): readonly [string, string, string, string] {
  const { name, value, unit, bar: demand } = measured;
  const number = value.toFixed(Math.abs(value) < 10 && !Number.isInteger(value) ? 2 : 0);
  const text = `${number} ${unit}`.trim();
  if (demand === undefined) return [name, text, "-", "-"];
  return [name, text, `${signs[demand.is]} ${demand.value}`, isKept(measured) ? "ok" : "short"];
}

export function printTable(measures: readonly Measure[]): void {
  const rows = measures.map(wordsOf);
  const width = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column].length));
  for (const [name, value, demand, verdict] of rows)
    console.log(
      `${name.padEnd(width(0))}  ${value.padStart(width(1))}  ${demand.padEnd(width(2))}  ${verdict}`,
    );
}

/** The value that `part` of all are not above. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

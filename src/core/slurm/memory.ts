import { DirectiveError } from "./directive-error.ts";

/** strtoll's blanks and sign, digits, and a unit that may carry a B. No fractions, no Ki, no P. */
const slurmForm = /^\s*\+?(?<amount>\d+)(?:(?<unit>[kmgt])b?)?$/iu;

/**
 * MiB that `--mem`, `--mem-per-cpu`, `--mem-per-gpu` and `--tmp` ask for: an integer with K, M, G or T (powers of 1024, any case, optional B), M by default,
 * K rounded up. 0 passes as 0, which `--mem` takes for all the memory of the node.
 * @throws DirectiveError when sbatch would refuse the text
 * Source: sbatch(1); cases measured on 22.05 and 24.11 in test/integration/sbatch-reading.
 */
export function parseMemory(text: string): number {
  const parts = slurmForm.exec(text)?.groups;
  if (parts === undefined) {
    throw new DirectiveError(text, `is no amount of memory: write an integer with K, M, G or T, e.g. 4G`);
  }
  const mebibytes = inMebibytes(Number(parts["amount"]), parts["unit"]);
  if (!Number.isSafeInteger(mebibytes)) throw new DirectiveError(text, `is more memory than there is`);
  return mebibytes;
}

/** Whether sbatch has to guess the unit (it takes M). */
export function lacksUnit(text: string): boolean {
  return /^\s*\+?0*[1-9]\d*$/u.test(text);
}

/** As an option's value: `4096M`. */
export function formatMemory(mebibytes: number): string {
  return `${mebibytes}M`;
}

const unitsInMebibytes: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 };

function inMebibytes(amount: number, unit = "M"): number {
  return Math.ceil(amount * (unitsInMebibytes[unit.toUpperCase()] ?? 1));
}

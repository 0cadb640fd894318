import { DirectiveError } from "./directive-error.ts";

const form =
  /^\+?(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d{1,2})?$/u;
const binary: ReadonlyMap<string, bigint> = new Map(
  ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, index) => [suffix, 1024n ** BigInt(index + 1)]),
);
const decimal: ReadonlyMap<string, number> = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const mebibyte = 1024n ** 2n;

/**
 * MiB of a Kubernetes quantity of bytes (`4Gi`, `500M`, `1.5Gi`, `1e9`), rounded up, exactly: Slurm counts memory in whole MiB.
 * @throws DirectiveError for a text that is no quantity, and for zero, which Slurm would take for all the memory of the node
 * Source: k8s.io/apimachinery/pkg/api/resource, Quantity.
 */
export function mebibytesOf(quantity: string): number {
  const parts = form.exec(quantity)?.groups;
  const digits = `${parts?.["whole"] ?? ""}${parts?.["fraction"] ?? ""}`;
  if (parts === undefined || digits === "") {
    throw new DirectiveError(quantity, `is no quantity of bytes: write e.g. 4Gi, 500M or 1.5Gi`);
  }
  const [multiplier, exponent] = scale(parts["suffix"] ?? "");
  const power = exponent - (parts["fraction"]?.length ?? 0);
  const numerator = BigInt(digits) * multiplier * 10n ** BigInt(Math.max(power, 0));
  const denominator = mebibyte * 10n ** BigInt(Math.max(-power, 0));
  const mebibytes = Number((numerator + denominator - 1n) / denominator);
  if (mebibytes === 0) {
    throw new DirectiveError(
      quantity,
      `is zero, which Slurm takes for all the memory of the node; leave it out`,
    );
  }
  if (!Number.isSafeInteger(mebibytes)) throw new DirectiveError(quantity, `is more memory than there is`);
  return mebibytes;
}

/** Factor and power of ten of a suffix. */
function scale(suffix: string): [bigint, number] {
  const factor = binary.get(suffix);
  if (factor !== undefined) return [factor, 0];
  return [1n, decimal.get(suffix) ?? Number(suffix.slice(1))];
}

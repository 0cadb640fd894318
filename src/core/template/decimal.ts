/** A decimal number without loss: 0.`digits` times ten to the `exponent`. Zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

// Each digit has one place to be matched by, so that a long text without end is refused in linear time.
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/u;

function parse(text: string): Decimal | undefined {
  const [, sign, whole = "", fraction = "", power = "0"] = decimal.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const all = whole + fraction;
  const digits = all.replace(/^0+/u, "");
  const significant = digits.replace(/0+$/u, "");
  if (significant === "") return { negative: false, digits: "", exponent: 0 };
  const leadingZeros = all.length - digits.length;
  return {
    negative: sign === "-",
    digits: significant,
    exponent: whole.length - leadingZeros + Number(power),
  };
}

export const isDecimal = (text: string): boolean => parse(text) !== undefined;

/**
 * Sign of a - b, exactly: bounds of integers beyond 2^53 and of 0.1 hold as they are written.
 * @throws RangeError for text that is no decimal number
 */
export function compareDecimals(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (left === undefined || right === undefined) {
    throw new RangeError(`not a decimal number: ${left === undefined ? a : b}`);
  }
  if (left.negative !== right.negative) return left.negative ? -1 : 1;
  return left.negative ? compareSizes(right, left) : compareSizes(left, right);
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === "" || b.digits === "") return a.digits.length - b.digits.length;
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  // Both begin with their first significant digit at the same place, so the order of text is the order of numbers.
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

import { toValue } from "liquidjs";
import { ExactNumber } from "./exact-number.ts";
import { escapeDoubleQuoted, isPlain, quoteDirective, quotePython, quoteShell } from "./quoting.ts";

/** How a value came into the text: `plain` needed no quoting, the others are the filters. */
export type PlacementKind = "plain" | "sh" | "dq" | "py" | "sbatch" | "raw";

/**
 * Text that came out of an expression, apart from the template's own. Everything that `{{ }}` and `echo` write is one of
 * these, so that the output knows of each character whether the author of the template wrote it (see `traced-output.ts`).
 */
export class Placement {
  readonly kind: PlacementKind;
  /** As it stands in the output. */
  readonly #text: string;
  /** Before it was quoted. */
  readonly #value: string;

  constructor(kind: PlacementKind, text: string, value: string) {
    this.kind = kind;
    this.#text = text;
    this.#value = value;
  }

  /** Filters of text see the quoted form. What they make of it is a plain string again and is judged anew when placed. */
  toString(): string {
    return this.#text;
  }

  valueBefore(): string {
    return this.#value;
  }
}

/** A value that shells would read as more than a word, placed without saying how. */
export class UnquotedError extends Error {
  readonly value: string;

  constructor(value: string) {
    super("a value with special characters needs a filter");
    this.value = value;
  }
}

/** What stands behind `{{ x }}` without a placing filter at its end. */
export function placePlain(value: unknown): Placement {
  if (value instanceof Placement) return value;
  const text = toText(value);
  if (!isPlain(text)) throw new UnquotedError(text);
  return new Placement("plain", text, text);
}

const place =
  (kind: PlacementKind, quote: (text: string) => string) =>
  (value: unknown): Placement => {
    const text = toText(value);
    return new Placement(kind, quote(text), text);
  };

/** The filters that place a value. Each is the last of its expression to count: what follows makes text that is judged anew. */
export const placingFilters: Readonly<Record<string, (value: unknown) => Placement>> = {
  sh: place("sh", quoteShell),
  dq: place("dq", escapeDoubleQuoted),
  sbatch: place("sbatch", quoteDirective),
  raw: place("raw", (text) => text),
  py: (value) => new Placement("py", toPython(value), toText(value)),
};

/** @throws TypeError for a value that has no text (a loop's state, for instance) */
function toText(value: unknown): string {
  const bare: unknown = toValue(value);
  if (bare === null || bare === undefined) return "";
  if (Array.isArray(bare)) return bare.map(toText).join("");
  if (bare instanceof ExactNumber || bare instanceof Placement) return bare.toString();
  if (isScalar(bare)) return String(bare);
  throw new TypeError("this value has no text; place one of its parts, such as forloop.index");
}

const isScalar = (value: unknown): value is string | number | bigint | boolean =>
  ["string", "number", "bigint", "boolean"].includes(typeof value);

function toPython(value: unknown): string {
  const bare: unknown = toValue(value);
  if (bare === null || bare === undefined) return "None";
  if (Array.isArray(bare)) return `[${bare.map(toPython).join(", ")}]`;
  if (typeof bare === "boolean") return bare ? "True" : "False";
  const isNumeric = typeof bare === "number" || typeof bare === "bigint" || bare instanceof ExactNumber;
  return isNumeric ? toText(bare) : quotePython(toText(bare));
}

/**
 * Node names of Slurm's bracket notation: `c1-n[1-3,7],login1` and several brackets in one name (`r[1-2]n[01-02]`), zero-padded as
 * written. At most `limit` names; `cut` tells that there are more. Undefined for unbalanced brackets or ranges.
 */
export function expandNodeList(
  text: string,
  limit = 1_000,
): { readonly names: readonly string[]; readonly cut: boolean } | undefined {
  if (text === "" || text === "None assigned" || text === "(null)") return { names: [], cut: false };
  const names: string[] = [];
  for (const word of splitOutsideBrackets(text)) {
    const parts = partsOf(word);
    if (parts === undefined) return undefined;
    for (const name of namesOf(parts)) {
      if (names.length === limit) return { names, cut: true };
      names.push(name);
    }
  }
  return { names, cut: false };
}

type Part =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "ranges"; readonly ranges: readonly Range[] };
interface Range {
  readonly first: number;
  readonly last: number;
  readonly width: number;
}

function splitOutsideBrackets(text: string): readonly string[] {
  return text.split(/,(?![^[]*\])/u).filter((word) => word !== "");
}

function partsOf(word: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const piece of word.split(/(\[[^[\]]*\])/u)) {
    if (piece === "") continue;
    if (!piece.startsWith("[")) {
      if (/[[\]]/u.test(piece)) return undefined;
      parts.push({ is: "text", text: piece });
      continue;
    }
    const ranges = piece.slice(1, -1).split(",").map(rangeOf);
    if (!ranges.every((range) => range !== undefined)) return undefined;
    parts.push({ is: "ranges", ranges });
  }
  return parts;
}

function rangeOf(text: string): Range | undefined {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/u.exec(text);
  if (match === null) return undefined;
  const [, first = "", last = first] = match;
  return Number(last) < Number(first)
    ? undefined
    : { first: Number(first), last: Number(last), width: first.length };
}

function* namesOf(parts: readonly Part[], start = ""): Generator<string> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    yield start;
    return;
  }
  switch (part.is) {
    case "text":
      yield* namesOf(rest, start + part.text);
      return;
    case "ranges":
      for (const { first, last, width } of part.ranges) {
        for (let n = first; n <= last; n += 1) {
          yield* namesOf(rest, start + String(n).padStart(width, "0"));
        }
      }
  }
}

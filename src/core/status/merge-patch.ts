type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * JSON merge patch (RFC 7396) that turns `before` into `after`: null takes a field away, a list is replaced as a whole.
 * A field that is undefined counts as absent. @returns undefined when there is nothing to change
 */
export function mergePatch(before: Fields, after: Fields): Fields | undefined {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = changeOf(before[name], after[name]);
    if (change !== unchanged) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

const unchanged = Symbol("unchanged");

function changeOf(before: unknown, after: unknown): unknown {
  if (after === undefined) return before === undefined ? unchanged : null;
  if (isFields(before) && isFields(after)) return mergePatch(before, after) ?? unchanged;
  return isSame(before, after) ? unchanged : after;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (isFields(a) && isFields(b)) return mergePatch(a, b) === undefined;
  return a === b;
}

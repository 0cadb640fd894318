/** JSON with sorted keys and without undefined, so that equal values give equal text in every program and release. */
export const toCanonicalJson = (value: unknown): string => JSON.stringify(sort(value));

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sort(inner)]),
  );
}

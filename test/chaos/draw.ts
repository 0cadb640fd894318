/** Choices of one run: the same seed draws the same ones in the same order. */
export interface Draw {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<const T>(items: readonly [T, ...T[]]): T;
  /** Draws of its own: what others draw meanwhile, in whatever order, changes nothing in it. */
  fork(): Draw;
}

/** Mulberry32: small, and enough to draw a plan. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    fork: () => drawFrom(Math.floor(next() * 2 ** 32)),
  };
}

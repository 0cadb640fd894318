import type { Emitter } from "liquidjs";
import { Placement } from "./placement.ts";

/** A stretch of the output that came out of an expression. */
export interface Traced {
  /** Offsets in UTF-16 units, `end` exclusive. Never empty. */
  readonly start: number;
  readonly end: number;
  readonly placement: Placement;
}

/** 1 MiB of UTF-16 units: more fits no ConfigMap. */
const longestOutput = 1_048_576;

export class OutputTooLongError extends Error {
  constructor() {
    super(`the rendered text is longer than ${String(longestOutput)} characters`);
  }
}

/**
 * Where LiquidJS writes. The template's own text arrives as a string, everything from an expression as a Placement; the tags
 * that the engine knows write nothing else (`engine.ts` says why), so each stretch of the output has a known author.
 */
export class TracedOutput implements Emitter {
  buffer = "";
  readonly traced: Traced[] = [];

  write(piece: unknown): void {
    const text = piece instanceof Placement ? piece.toString() : this.#templateText(piece);
    const start = this.buffer.length;
    const end = start + text.length;
    if (end > longestOutput) throw new OutputTooLongError();
    this.buffer += text;
    if (piece instanceof Placement && text !== "") this.traced.push({ start, end, placement: piece });
  }

  #templateText(piece: unknown): string {
    if (typeof piece === "string") return piece;
    throw new TypeError("a tag wrote something that is neither template text nor a placed value");
  }
}

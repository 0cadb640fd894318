import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What becomes of a piece of a stream: which bytes go on, after how many milliseconds, and what happens then. */
export interface Treatment {
  readonly bytes: Buffer;
  readonly delay: number;
  readonly after?: () => void;
}

export interface Pipe {
  /** Nothing goes on any more, also nothing that is held back. */
  stop(): void;
}

/** Held back per pipe by delays; beyond it the sender is made to wait, as a full network would. */
const mostHeld = 4 * 1024 * 1024;

/** Carries bytes from one socket to another, in order, each piece as `treat` says; passes the end on as an end. */
export function pump(from: Socket, to: Socket, treat: (bytes: Buffer) => Treatment): Pipe {
  const stopping = new AbortController();
  const { signal } = stopping;
  let held = 0;
  let last = Promise.resolve();

  const enqueue = (delay: number, deliver: () => Promise<void> | void): void => {
    last = inTurn(last, performance.now() + delay, deliver);
  };
  const inTurn = async (
    previous: Promise<void>,
    due: number,
    deliver: () => Promise<void> | void,
  ): Promise<void> => {
    await previous;
    try {
      await waitUntil(due, signal);
      await deliver();
    } catch {
      // Stopped in the middle of a wait: nothing is left to do.
    }
  };

  from.on("data", (data: Buffer) => {
    const { bytes, delay, after } = treat(data);
    held += data.length;
    if (held > mostHeld) from.pause();
    enqueue(delay, async () => {
      if (to.writable && bytes.length > 0 && !to.write(bytes)) await once(to, "drain", { signal });
      held -= data.length;
      if (held <= mostHeld) from.resume();
      after?.();
    });
  });
  from.on("end", () => {
    enqueue(treat(Buffer.alloc(0)).delay, () => {
      to.end();
    });
  });
  return {
    stop: () => {
      stopping.abort();
    },
  };
}

async function waitUntil(due: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const rest = due - performance.now();
  if (rest > 0) await sleep(rest, undefined, { signal });
}

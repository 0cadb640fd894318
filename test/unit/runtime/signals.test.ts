import { EventEmitter } from "node:events";
import { pino } from "pino";
import { expect, test } from "vitest";
import { stopOnSignals } from "../../../src/runtime/signals.ts";

class SignalledProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

test("the first signal asks to stop, the second ends at once, and no handler stays behind", () => {
  const process = new SignalledProcess();
  {
    using stop = stopOnSignals(process, pino({ level: "silent" }));
    expect(stop.signal.aborted).toBe(false);
    process.emit("SIGTERM", "SIGTERM");
    expect([stop.signal.aborted, process.exits]).toEqual([true, []]);
    process.emit("SIGINT", "SIGINT");
    expect(process.exits).toEqual([1]);
  }
  expect([process.listenerCount("SIGTERM"), process.listenerCount("SIGINT")]).toEqual([0, 0]);
});

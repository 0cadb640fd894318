import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Deadline } from "../../../src/kube/deadline.ts";

test("the limit ends a call as TimedOut, an outer signal as Aborted, at once when it had fired before", async () => {
  using late = new Deadline({ timeoutMs: 5, signals: [] });
  await expect(late.sleep(10_000, "get x")).rejects.toMatchObject({ is: "TimedOut", request: "get x" });

  const outer = new AbortController();
  using stopped = new Deadline({ timeoutMs: 10_000, signals: [undefined, outer.signal] });
  const sleeping = stopped.sleep(10_000, "get x");
  outer.abort();
  await expect(sleeping).rejects.toMatchObject({ is: "Aborted" });

  using afterwards = new Deadline({ timeoutMs: 10_000, signals: [outer.signal] });
  expect(afterwards.signal.aborted).toBe(true);
});

test("a restarted limit counts anew", async () => {
  using deadline = new Deadline({ timeoutMs: 5, signals: [] });
  deadline.restart(10_000);
  await deadline.sleep(20, "get x");
  expect(deadline.failure("get x")).toBeUndefined();
  expect(deadline.leftMs).toBeGreaterThan(9_000);
});

test("nothing stays behind on an outer signal", () => {
  const outer = new AbortController();
  for (let i = 0; i < 3; i++) {
    using _deadline = new Deadline({ timeoutMs: 10_000, signals: [outer.signal] });
    expect(getEventListeners(outer.signal, "abort")).toHaveLength(1);
  }
  expect(getEventListeners(outer.signal, "abort")).toEqual([]);
});

import { expect, test } from "vitest";

import { Slots } from "../../../../../src/backends/slurm/session/slots.ts";

const open = new AbortController().signal;

test("places go to those who wait, in their order, and once each", async () => {
  const slots = new Slots({ slots: 1, mostWaiting: 3 });
  const order: string[] = [];
  const first = await slots.take(open);
  const waiting = ["a", "b", "c"].map(async (name) => {
    using _place = await slots.take(open);
    order.push(name);
  });
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await Promise.all(waiting);
  expect(order).toEqual(["a", "b", "c"]);
  using last = await slots.take(open);
  expect(last).toBeDefined();
});

test("who gives up leaves the queue; more than may wait are refused", async () => {
  const slots = new Slots({ slots: 1, mostWaiting: 1 });
  const first = await slots.take(open);
  const giveUp = new AbortController();
  const waiting = slots.take(giveUp.signal);
  await expect(slots.take(open)).rejects.toMatchObject({ kind: "TooManyWaiting", mayHaveRun: false });
  const reason = new Error("enough");
  giveUp.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  const next = slots.take(open);
  first[Symbol.dispose]();
  using place = await next;
  expect(place).toBeDefined();
});

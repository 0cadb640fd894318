import { expect, test } from "vitest";
import type { EventRecord } from "../../../src/runtime/event.ts";
import { EventSeries } from "../../../src/runtime/event-series.ts";

const limits = { capacity: 3, quietMs: 1_000, burst: 2, refillMs: 100 };
const at = new Date("2026-11-22T23:13:12.567Z");
const later = new Date("2026-11-22T23:14:00.000Z");

function event(uid: string, reason = "Submitted"): EventRecord {
  const regarding = { apiVersion: "v1", kind: "ConfigMap", namespace: "n", name: `${uid}-name`, uid };
  return { regarding, type: "Normal", reason, action: "Dispatching", note: "job 8" };
}

test("the same thing again is one series with a count and the last time", () => {
  const series = new EventSeries(limits);
  expect([series.note(event("a"), 0, at), series.note(event("a"), 10, later)]).toEqual(["new", "repeated"]);
  expect(series.pending()).toEqual([
    expect.objectContaining({ count: 2, sent: 0, firstAt: at, lastAt: later, record: event("a") }),
  ]);
});

test("after a quiet time it is a new event; what was never sent is not forgotten", () => {
  const series = new EventSeries(limits);
  series.note(event("a"), 0, at);
  series.note(event("b"), 0, at);
  const [first] = series.pending();
  if (first !== undefined) first.sent = first.count;
  expect([series.note(event("a"), 1_000, later), series.note(event("b"), 1_000, later)]).toEqual([
    "new",
    "repeated",
  ]);
});

test("one object may cause only so many new events, another is not held back", () => {
  const series = new EventSeries({ ...limits, capacity: 10 });
  const note = (uid: string, reason: string, now: number) => series.note(event(uid, reason), now, at);
  expect([note("a", "One", 0), note("a", "Two", 0), note("a", "Three", 0), note("b", "One", 0)]).toEqual([
    "new",
    "new",
    "limited",
    "new",
  ]);
  expect([note("a", "Four", 99), note("a", "Five", 200), note("a", "One", 200)]).toEqual([
    "limited",
    "new",
    "repeated",
  ]);
});

test("when all places hold something unsent the newest is dropped, else the oldest that was sent makes room", () => {
  const series = new EventSeries(limits);
  for (const uid of ["a", "b", "c"]) series.note(event(uid), 0, at);
  expect(series.note(event("d"), 0, at)).toBe("dropped");
  const [, second] = series.pending();
  if (second !== undefined) second.sent = 1;
  expect(series.note(event("e"), 0, at)).toBe("new");
  expect(series.pending().map((entry) => entry.record.regarding.uid)).toEqual(["a", "c", "e"]);
});

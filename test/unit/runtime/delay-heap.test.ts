import fc from "fast-check";
import { expect, test } from "vitest";
import type { Key } from "../../../src/kube/key.ts";
import { keyOf } from "../../../src/kube/key.ts";
import { DelayHeap } from "../../../src/runtime/delay-heap.ts";

test("keys come out when due, earliest first, each once, and an earlier time replaces a later one", () => {
  const adds = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(100)), { maxLength: 60 });
  fc.assert(
    fc.property(adds, fc.nat(100), (steps, now) => {
      const heap = new DelayHeap();
      const expected = new Map<Key, number>();
      for (const [number, at] of steps) {
        const key = keyOf({ name: `k${number}` });
        heap.add(key, at);
        expected.set(key, Math.min(at, expected.get(key) ?? Infinity));
      }
      const due = [...expected].filter(([, at]) => at <= now);
      const taken: number[] = [];
      for (let key = heap.takeDue(now); key !== undefined; key = heap.takeDue(now)) {
        taken.push(expected.get(key) ?? -1);
        expected.delete(key);
      }
      expect(taken).toEqual(due.map(([, at]) => at).sort((a, b) => a - b));
      expect(heap.size).toBe(expected.size);
      expect(heap.earliest ?? Infinity).toBe(Math.min(...expected.values()));
    }),
  );
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import { noMetrics } from "../../../src/runtime/metrics.ts";
import { WorkQueue } from "../../../src/runtime/work-queue.ts";
import { ManualClock } from "./manual-clock.ts";

/** What the queue has to be, said as plainly as possible: lists that are searched, no index, no timer. */
interface Model {
  now: number;
  waiting: { key: Key; priority: 0 | -100 }[];
  working: Set<Key>;
  dirty: Map<Key, 0 | -100>;
  delayed: { key: Key; at: number }[];
}

interface Real {
  readonly queue: WorkQueue;
  readonly clock: ManualClock;
}

function addTo(model: Model, key: Key, priority: 0 | -100): void {
  if (model.working.has(key)) {
    const known = model.dirty.get(key) ?? -100;
    model.dirty.set(key, priority > known ? priority : known);
    return;
  }
  const known = model.waiting.find((entry) => entry.key === key);
  if (known === undefined) {
    model.waiting.push({ key, priority });
  } else if (priority > known.priority) {
    model.waiting = [...model.waiting.filter((entry) => entry !== known), { key, priority }];
  }
}

class Add implements fc.AsyncCommand<Model, Real> {
  readonly key: Key;
  readonly priority: 0 | -100;
  constructor(key: Key, priority: 0 | -100) {
    this.key = key;
    this.priority = priority;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    real.queue.add(this.key, this.priority);
    addTo(model, this.key, this.priority);
    assert.equal(real.queue.size, model.waiting.length + model.delayed.length);
  }
  toString = () => `add(${this.key}, ${this.priority})`;
}

class AddAfter implements fc.AsyncCommand<Model, Real> {
  readonly key: Key;
  readonly ms: number;
  constructor(key: Key, ms: number) {
    this.key = key;
    this.ms = ms;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    real.queue.addAfter(this.key, this.ms);
    const known = model.delayed.find((entry) => entry.key === this.key);
    const at = model.now + this.ms;
    if (known === undefined) model.delayed.push({ key: this.key, at });
    else known.at = Math.min(known.at, at);
  }
  toString = () => `addAfter(${this.key}, ${this.ms})`;
}

class Advance implements fc.AsyncCommand<Model, Real> {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    real.clock.advance(this.ms);
    model.now += this.ms;
    const due = model.delayed.filter((entry) => entry.at <= model.now).sort((x, y) => x.at - y.at);
    model.delayed = model.delayed.filter((entry) => entry.at > model.now);
    for (const entry of due) addTo(model, entry.key, 0);
  }
  toString = () => `advance(${this.ms})`;
}

class Take implements fc.AsyncCommand<Model, Real> {
  check = (model: Readonly<Model>) => model.waiting.length > 0;
  async run(model: Model, real: Real): Promise<void> {
    const taken = await real.queue.take();
    const most = Math.max(...model.waiting.map((entry) => entry.priority));
    const best = model.waiting.filter((entry) => entry.priority === most);
    // Delayed keys that are due at the same moment come in no defined order: any of the best will do.
    const found = best.find((entry) => entry.key === taken);
    assert.ok(found, `${taken} is not among ${best.map((entry) => entry.key).join()}`);
    assert.ok(!model.working.has(found.key), `${found.key} is in work already`);
    model.waiting = model.waiting.filter((entry) => entry.key !== taken);
    model.working.add(found.key);
  }
  toString = () => "take";
}

class Done implements fc.AsyncCommand<Model, Real> {
  readonly key: Key;
  constructor(key: Key) {
    this.key = key;
  }
  check = (model: Readonly<Model>) => model.working.has(this.key);
  async run(model: Model, real: Real): Promise<void> {
    real.queue.done(this.key);
    model.working.delete(this.key);
    const priority = model.dirty.get(this.key);
    model.dirty.delete(this.key);
    if (priority !== undefined) addTo(model, this.key, priority);
  }
  toString = () => `done(${this.key})`;
}

test("whatever is done to the queue, it hands out what a plain list would", async () => {
  const key = fc.constantFrom(...["a", "b", "c", "d"].map((name) => keyOf({ name })));
  const commands = fc.commands(
    [
      fc.tuple(key, fc.constantFrom<0 | -100>(0, -100)).map(([k, p]) => new Add(k, p)),
      fc.tuple(key, fc.integer({ min: 1, max: 50 })).map(([k, ms]) => new AddAfter(k, ms)),
      fc.integer({ min: 1, max: 40 }).map((ms) => new Advance(ms)),
      fc.constant(new Take()),
      key.map((k) => new Done(k)),
    ],
    { maxCommands: 80 },
  );
  const holds = fc.assert(
    fc.asyncProperty(commands, async (run) => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock, metrics: noMetrics.queue("model") });
      const model: Model = { now: 0, waiting: [], working: new Set(), dirty: new Map(), delayed: [] };
      await fc.asyncModelRun(() => ({ model, real: { queue, clock } }), run);
    }),
    { numRuns: 300 },
  );
  await expect(holds).resolves.toBeUndefined();
});

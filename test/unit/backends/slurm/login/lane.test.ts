import { expect, test } from "vitest";

import { Lane } from "../../../../../src/backends/slurm/login/lane.ts";

const open = new AbortController().signal;

/** A lane that keeps what it was given, and answers when told to. */
function slowLane(limits: { mostItems?: number; mostBytes?: number } = {}, signal = open) {
  const batches: (readonly string[])[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const lane = new Lane<string, string>(
    {
      mostItems: 10,
      mostBytes: 1000,
      ...limits,
      sizeOf: (item) => item.length,
      run: async (items) => {
        batches.push(items);
        const gate = Promise.withResolvers<void>();
        gates.push(gate);
        await gate.promise;
        return items.map((item) => item.toUpperCase());
      },
    },
    signal,
  );
  const batch = async (count: number): Promise<void> => {
    for (let turn = 0; batches.length < count; turn += 1) {
      if (turn === 1000) throw new Error(`batch ${count} does not begin`);
      await new Promise(setImmediate);
    }
  };
  return { lane, batches, gates, batch };
}

test("what is asked in one turn goes as one batch; what comes meanwhile waits for the next", async () => {
  const { lane, batches, gates, batch } = slowLane();
  const first = ["a", "b"].map(async (item) => lane.ask(item, open));
  await batch(1);
  const second = ["c", "d"].map(async (item) => lane.ask(item, open));
  gates[0]?.resolve();
  expect(await Promise.all(first)).toEqual(["A", "B"]);
  await batch(2);
  gates[1]?.resolve();
  expect(await Promise.all(second)).toEqual(["C", "D"]);
  expect(batches).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("a batch is bounded in items and in bytes; one that is larger alone still goes", async () => {
  const { lane, batches, gates, batch } = slowLane({ mostItems: 3, mostBytes: 5 });
  const asked = ["a", "b", "c", "d", "eeeeeeeee", "ff", "ggg", "h"].map(async (item) => lane.ask(item, open));
  for (let count = 1; count <= 5; count += 1) {
    await batch(count);
    gates[count - 1]?.resolve();
  }
  await Promise.all(asked);
  expect(batches).toEqual([["a", "b", "c"], ["d"], ["eeeeeeeee"], ["ff", "ggg"], ["h"]]);
});

test("who gives up while waiting is never sent; who gives up later only stops waiting", async () => {
  const { lane, batches, gates, batch } = slowLane();
  const [early, late] = [new AbortController(), new AbortController()];
  const reason = new Error("enough");
  const running = lane.ask("running", late.signal);
  await batch(1);
  const waiting = [lane.ask("gone", early.signal), lane.ask("stays", open)] as const;
  early.abort(reason);
  late.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expect(waiting[0]).rejects.toBe(reason);
  gates[0]?.resolve();
  await batch(2);
  gates[1]?.resolve();
  expect(await waiting[1]).toBe("STAYS");
  expect(batches).toEqual([["running"], ["stays"]]);
});

test("a batch that fails fails for all of it, and the lane goes on", async () => {
  const { lane, gates, batch } = slowLane();
  const reason = new Error("cut");
  const asked = ["a", "b"].map(async (item) => lane.ask(item, open));
  await batch(1);
  gates[0]?.reject(reason);
  expect(await Promise.allSettled(asked)).toEqual(asked.map(() => ({ status: "rejected", reason })));
  const next = lane.ask("c", open);
  await batch(2);
  gates[1]?.resolve();
  expect(await next).toBe("C");
});

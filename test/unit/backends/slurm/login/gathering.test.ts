import { expect, test } from "vitest";
import { Lane } from "../../../../../src/backends/slurm/login/lane.ts";
import { Lanes } from "../../../../../src/backends/slurm/login/lanes.ts";

const open = new AbortController().signal;
const size = { mostItems: 4, mostBytes: 1000, sizeOf: () => 1 };
/** Longer than any test takes: who waits for it to pass has not gathered until it was full. */
const forEver = 600_000;

/** @returns a lane whose batches are answered at once, and what it has carried */
function gatheringLane(gathering: { isCrowded: () => boolean; ms: number }, signal = open) {
  const batches: (readonly string[])[] = [];
  const began: number[] = [];
  const lane = new Lane<string, string>(
    {
      ...size,
      gathering,
      run: async (items) => {
        began.push(performance.now());
        batches.push(items);
        return Promise.resolve(items);
      },
    },
    signal,
  );
  return { lane, batches, began };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

test("the first batch never waits, and the next one of a crowd goes when it is full", async () => {
  const { lane, batches } = gatheringLane({ isCrowded: () => true, ms: forEver });
  await lane.ask("a", open);
  const asked = ["b", "c", "d"].map(async (item) => lane.ask(item, open));
  await turns(20);
  expect(batches).toEqual([["a"]]);
  asked.push(lane.ask("e", open));
  await Promise.all(asked);
  expect(batches).toEqual([["a"], ["b", "c", "d", "e"]]);
});

test("one that does not fill goes when its time has come", async () => {
  const { lane, batches, began } = gatheringLane({ isCrowded: () => true, ms: 50 });
  await lane.ask("a", open);
  await Promise.all(["b", "c"].map(async (item) => lane.ask(item, open)));
  expect(batches).toEqual([["a"], ["b", "c"]]);
  // Timers may be a little early.
  expect((began[1] ?? 0) - (began[0] ?? 0)).toBeGreaterThanOrEqual(45);
});

test("a few wait for nobody", async () => {
  const { lane, batches } = gatheringLane({ isCrowded: () => false, ms: forEver });
  for (const item of ["a", "b", "c"]) await lane.ask(item, open);
  expect(batches).toEqual([["a"], ["b"], ["c"]]);
});

test("who gives up while a batch gathers is not carried, and a lane that closes rejects the others", async () => {
  const closing = new AbortController();
  const { lane, batches } = gatheringLane({ isCrowded: () => true, ms: forEver }, closing.signal);
  await lane.ask("a", open);
  const impatient = new AbortController();
  const [gone, stays] = [lane.ask("b", impatient.signal), lane.ask("c", open)];
  impatient.abort(new Error("enough"));
  await expect(gone).rejects.toThrow("enough");
  closing.abort(new Error("this login is closed"));
  await expect(stays).rejects.toThrow("this login is closed");
  expect(batches).toEqual([["a"]]);
});

test("lanes are crowded by what waits in all of them together", async () => {
  const batches: (readonly string[])[] = [];
  const lanes = new Lanes<string, string>(
    open,
    { ...size, gather: { few: 2, ms: forEver } },
    () => async (items) => {
      batches.push(items);
      return Promise.resolve(items);
    },
  );
  const [one, other] = [0, 1].map((shard) => ({ install: "/i", shard, verb: "journal" }) as const);
  if (one === undefined || other === undefined) throw new Error("two lanes");
  await lanes.ask(one, "a", open);
  await Promise.all([lanes.ask(one, "b", open), lanes.ask(one, "c", open)]);
  expect(batches).toEqual([["a"], ["b", "c"]]);
  const crowd = ["d", "e"].map(async (item) => lanes.ask(one, item, open));
  await lanes.ask(other, "f", open);
  await turns(20);
  expect(batches).toEqual([["a"], ["b", "c"], ["f"]]);
  crowd.push(...["g", "h"].map(async (item) => lanes.ask(one, item, open)));
  await Promise.all(crowd);
  expect(batches.at(-1)).toEqual(["d", "e", "g", "h"]);
});

import { instant } from "../../../../src/core/instant.ts";
import { expect, test } from "vitest";
import { Dependencies, type DependenciesOptions } from "../../../../src/controllers/cleanup/dependencies.ts";
import type { SubmissionIndex, SubmissionView } from "../../../../src/controllers/submission/submissions.ts";
import { tokenOf } from "../../../../src/core/slurm/token.ts";
import { type Key, keyOf } from "../../../../src/kube/key.ts";
import { Store } from "../../../../src/runtime/store.ts";
import { ManualClock } from "../../runtime/manual-clock.ts";

const uid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
const token = (index: number) => tokenOf({ install: "it", uid: uid(index), index: 1 });
const key = (name: string): Key => keyOf({ namespace: "a", name });
const view = (index: number, dependsOn: readonly string[] = []): SubmissionView => ({
  uid: uid(index),
  cluster: "c1",
  script: "s",
  dependsOn,
  tokens: [],
  sentAs: undefined,
  phase: "Created",
  isStarted: false,
  text: undefined,
  seenAt: instant(0),
});

/** Unfinished submissions in a store, and finished ones that only the API server has. */
function open() {
  const store = new Store<SubmissionView, SubmissionIndex>({});
  const clock = new ManualClock();
  const stored = new Map<Key, number>();
  const reads: Key[] = [];
  const during: { read: () => void } = { read: () => undefined };
  const client: DependenciesOptions["client"] = {
    find: async (_, asked, parser) => {
      reads.push(asked);
      during.read();
      const index = stored.get(asked);
      return Promise.resolve(
        index === undefined ? undefined : parser.parse({ metadata: { uid: uid(index) } }),
      );
    },
  };
  const dependencies = new Dependencies({
    client,
    submissions: { store, hasSynced: true, unreadable: new Set() },
    clock,
  });
  const needed = async () => {
    const isNeeded = await dependencies.judge(new AbortController().signal);
    return [1, 2, 3].filter((index) => isNeeded(token(index)));
  };
  return { store, clock, stored, reads, during, needed };
}

test("nobody is asked where nothing is depended on", async () => {
  const { store, reads, needed } = open();
  store.put(key("b"), "1", view(9));
  expect(await needed()).toEqual([]);
  expect(reads).toEqual([]);
});

test("an unfinished dependency is known, a finished one is read once an hour, a missing one each time", async () => {
  const { store, clock, stored, reads, needed } = open();
  store.put(key("b"), "1", view(9, ["live", "finished", "missing"]));
  store.put(key("live"), "1", view(1));
  stored.set(key("finished"), 2);
  expect(await needed()).toEqual([1, 2]);
  expect(reads.splice(0)).toEqual([key("finished"), key("missing")]);
  stored.set(key("missing"), 3);
  clock.advance(3_600_000);
  expect(await needed()).toEqual([1, 2, 3]);
  expect(reads.splice(0)).toEqual([key("missing")]);
  clock.advance(1);
  expect(await needed()).toEqual([1, 2, 3]);
  expect(reads.splice(0)).toEqual([key("finished")]);
});

test("what changes while it reads is read, too: a dependency that ends, and a submission that comes", async () => {
  const { store, stored, during, needed } = open();
  store.put(key("b"), "1", view(9, ["ends", "finished"]));
  store.put(key("ends"), "1", view(1));
  for (const [name, index] of Object.entries({ ends: 1, finished: 2, late: 3 })) stored.set(key(name), index);
  during.read = () => {
    store.remove(key("ends"));
    store.put(key("c"), "1", view(8, ["late"]));
  };
  expect(await needed()).toEqual([1, 2, 3]);
});

test("once nobody depends on it any more it is forgotten", async () => {
  const { store, stored, reads, needed } = open();
  stored.set(key("finished"), 2);
  store.put(key("b"), "1", view(9, ["finished"]));
  await needed();
  store.remove(key("b"));
  expect(await needed()).toEqual([]);
  store.put(key("b"), "2", view(9, ["finished"]));
  expect(await needed()).toEqual([2]);
  expect(reads).toHaveLength(2);
});

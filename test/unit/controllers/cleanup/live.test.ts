import { instant } from "../../../../src/core/instant.ts";
import { expect, test } from "vitest";
import { liveTokens } from "../../../../src/controllers/cleanup/live.ts";
import {
  submissionIndexes,
  type SubmissionIndex,
  type SubmissionView,
} from "../../../../src/controllers/submission/submissions.ts";
import { tokenOf } from "../../../../src/core/slurm/token.ts";
import { keyOf } from "../../../../src/kube/key.ts";
import { Store } from "../../../../src/runtime/store.ts";

const key = keyOf({ namespace: "a", name: "b" });
const uid = "0b5c2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f";
const formerUid = "5e0a2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f";
const of = (owner: string, index = 1) => tokenOf({ install: "it", uid: owner, index });

function submissions(tokens: readonly string[]) {
  const store = new Store<SubmissionView, SubmissionIndex>({ indexes: submissionIndexes });
  store.put(key, "1", {
    uid,
    cluster: "c1",
    script: "s",
    dependsOn: [],
    tokens,
    sentAs: undefined,
    phase: "Submitted",
    isStarted: true,
    text: undefined,
    seenAt: instant(0),
  });
  return { store, hasSynced: true, unreadable: new Set<typeof key>() };
}

test("a token on record is live, and one of an attempt that is not, or not yet, on record", () => {
  const isLive = liveTokens(submissions([of(uid, 3)]));
  expect([of(uid, 3), of(uid, 1), of(uid, 4), of(formerUid)].map((token) => isLive?.(token))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("an object that was restored from a backup has another UID than its tokens: they are live", () => {
  expect(liveTokens(submissions([of(formerUid)]))?.(of(formerUid))).toBe(true);
});

test("while the store is not filled, or an object cannot be read, nobody knows what is live", () => {
  expect(liveTokens({ ...submissions([]), hasSynced: false })).toBeUndefined();
  expect(liveTokens({ ...submissions([]), unreadable: new Set([key]) })).toBeUndefined();
});

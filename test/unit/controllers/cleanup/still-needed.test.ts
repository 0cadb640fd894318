import { instant } from "../../../../src/core/instant.ts";
import { describe, expect, test } from "vitest";
import type { SubmissionView } from "../../../../src/controllers/submission/submissions.ts";
import { shardOf } from "../../../../src/backends/slurm/wrapper/script.ts";
import { uidOfToken } from "../../../../src/core/slurm/token.ts";
import { type Key, keyOf } from "../../../../src/kube/key.ts";
import { startJanitor } from "./started-janitor.ts";

const key = (name: string): Key => keyOf({ namespace: "a", name });
const unfinished = (uid: string, dependsOn: readonly string[] = []): SubmissionView => ({
  uid,
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

/** A token that is not removed by the first command: each is of one shard. */
const ofAnotherCommand = ({ alice: { tokens } }: ReturnType<typeof startJanitor>) =>
  tokens.findLast((token) => shardOf(token) !== shardOf(tokens[0]!))!;

test("an object that comes back while its page is being removed keeps its directory", async () => {
  await using janitor = startJanitor(64);
  const [first, last] = [janitor.alice.tokens[0]!, ofAnotherCommand(janitor)];
  janitor.alice.beforeForget = () => {
    for (const token of [first, last])
      if (janitor.alice.forgetSizes.length === 1 && janitor.alice.tokens.includes(token))
        janitor.state.submissions.store.put(key(token), "1", unfinished(uidOfToken(token)));
  };
  await janitor.round();
  // One of them was in the command that was on its way.
  expect(janitor.alice.tokens).toEqual([last]);
  expect(janitor.seen.outcomes).toEqual({ Removed: 63, Live: 1 });
});

describe("what an unfinished submission depends on", () => {
  const dependent = (janitor: ReturnType<typeof startJanitor>, ...dependsOn: string[]) =>
    janitor.state.submissions.store.put(
      key("dependent"),
      "1",
      unfinished("11111111-0000-4000-8000-000000000000", dependsOn),
    );

  test("stays although it is finished, by its UID and by its tokens, until nobody waits any more", async () => {
    await using janitor = startJanitor(4);
    const [own, restored] = [janitor.alice.tokens[1]!, janitor.alice.tokens[2]!];
    janitor.state.stored.set("a/own", { metadata: { uid: uidOfToken(own) } });
    janitor.state.stored.set("a/restored", {
      metadata: { uid: "22222222-0000-4000-8000-000000000000" },
      status: { attempts: [{ token: restored }] },
    });
    dependent(janitor, "own", "restored", "not-there-yet");
    await janitor.round();
    expect(janitor.alice.tokens).toEqual([own, restored]);
    expect(janitor.seen).toEqual({
      outcomes: { Removed: 2, Needed: 2 },
      failures: 0,
      events: [expect.stringContaining("removed 2 job directories")],
      warnings: [],
    });
    janitor.state.submissions.store.remove(key("dependent"));
    await janitor.round();
    expect(janitor.alice.tokens).toEqual([]);
  });

  test("stays also when the dependent one comes while its page is being removed", async () => {
    await using janitor = startJanitor(64);
    const last = ofAnotherCommand(janitor);
    janitor.state.stored.set("a/own", { metadata: { uid: uidOfToken(last) } });
    janitor.alice.beforeForget = () => dependent(janitor, "own");
    await janitor.round();
    expect(janitor.alice.tokens).toEqual([last]);
  });

  test("is kept with all else while it cannot be read", async () => {
    await using janitor = startJanitor(4);
    dependent(janitor, "own");
    janitor.state.findFailure = new Error("the API server does not answer");
    await janitor.round();
    expect(janitor.alice.tokens).toHaveLength(4);
    expect(janitor.seen).toMatchObject({ failures: 1, warnings: ["the API server does not answer"] });
  });
});

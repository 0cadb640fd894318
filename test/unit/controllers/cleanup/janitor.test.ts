import { expect, test } from "vitest";
import { PollFailure } from "../../../../src/backends/slurm/poll/failure.ts";
import { keyOf } from "../../../../src/kube/key.ts";
import { Store } from "../../../../src/runtime/store.ts";
import { queueOf } from "./scripted-login.ts";
import { cluster, retentionSeconds, startJanitor } from "./started-janitor.ts";

test("some minutes after the start, and then each hour, old directories go, and one event says so", async () => {
  await using janitor = startJanitor(300);
  await janitor.round(299_999);
  expect(janitor.alice.questions).toEqual([]);
  await janitor.round(1);
  expect(janitor.alice.questions).toEqual([
    { directory: "/home/alice/bw/it", cluster: "c1", retentionSeconds, after: undefined },
    {
      directory: "/home/alice/bw/it",
      cluster: "c1",
      retentionSeconds,
      after: expect.stringContaining("255-1"),
    },
  ]);
  expect(janitor.seen).toEqual({
    outcomes: { Removed: 300 },
    failures: 0,
    events: [
      "JobDirectoriesRemoved: removed 300 job directories over for at least 30 days (spec.cleanup.retentionSeconds)",
    ],
    warnings: [],
  });
  expect(Math.max(...janitor.alice.forgetSizes)).toBe(32);
  // A page is 256, in four shards.
  expect(janitor.alice.forgetSizes.length).toBeLessThanOrEqual(2 * (8 + 4));
  await janitor.round();
  expect(janitor.alice.questions).toHaveLength(3);
  expect(janitor.seen.events).toHaveLength(1);
});

test("a round is bounded, and the next one goes on where it ended", async () => {
  await using janitor = startJanitor(1500);
  await janitor.round();
  expect(janitor.seen.outcomes).toEqual({ Removed: 1024 });
  await janitor.round();
  expect(janitor.seen.outcomes).toEqual({ Removed: 1500 });
  expect(janitor.alice.questions[4]?.after).toContain("1023-1");
});

test.each([
  ["the cluster does not ask for it", { object: cluster({}) }],
  ["the cluster is not reached", { isLive: false }],
  [
    "the cluster is being deleted",
    {
      object: {
        ...cluster({ cleanup: { retentionSeconds } }),
        metadata: { ...cluster({}).metadata, deletionTimestamp: "2026-01-02T00:00:00Z" },
      },
    },
  ],
  [
    "the live submissions are not known",
    { submissions: { store: new Store({}), hasSynced: false, unreadable: new Set() } },
  ],
  [
    "a submission cannot be read",
    {
      submissions: {
        store: new Store({}),
        hasSynced: true,
        unreadable: new Set([keyOf({ namespace: "a", name: "b" })]),
      },
    },
  ],
])("nothing is even looked for while %s", async (_, changes) => {
  await using janitor = startJanitor(3);
  Object.assign(janitor.state, changes);
  await janitor.round();
  expect(janitor.alice.questions).toEqual([]);
  expect(janitor.alice.tokens).toHaveLength(3);
});

test("what the poller's queue shows stays, and what only the login itself sees, and what the cluster keeps", async () => {
  await using janitor = startJanitor(4);
  const [shown, hidden, busy] = janitor.alice.tokens;
  janitor.state.begunAfter = async () => Promise.resolve(queueOf(shown!));
  janitor.alice.running.add(hidden!);
  janitor.alice.kept.set(busy!, { is: "kept", why: "LockBusy", text: "" });
  await janitor.round();
  expect(janitor.alice.tokens).toEqual([shown, hidden, busy]);
  expect(janitor.seen.outcomes).toEqual({ Removed: 1, InQueue: 2, LockBusy: 1 });
});

test("cleanup that is taken back while a page is read removes nothing any more", async () => {
  await using janitor = startJanitor(3);
  janitor.state.begunAfter = async () => {
    janitor.state.object = cluster({});
    return Promise.resolve(queueOf());
  };
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
});

test("a failure keeps everything, is counted each time and told once, until it is another", async () => {
  await using janitor = startJanitor(3);
  janitor.state.begunAfter = async () =>
    Promise.reject(new PollFailure("Unreachable", "slurmctld does not answer"));
  await janitor.round();
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
  janitor.alice.failure = new Error("cannot read /home/alice/bw/it");
  await janitor.round();
  expect(janitor.seen).toMatchObject({
    failures: 3,
    warnings: ["slurmctld does not answer", "cannot read /home/alice/bw/it"],
    events: [],
  });
  expect(new Set(janitor.logged)).toEqual(
    new Set(["job directories could not be gone through; they are kept and looked at again"]),
  );
});

test.each([2, -2])("a login host whose clock is %d h off says nothing about age", async (hours) => {
  await using janitor = startJanitor(3);
  janitor.alice.clockAheadMs = hours * 3_600_000;
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
  expect(janitor.seen.warnings).toEqual([
    `the clock of the login host is 2 h ${hours > 0 ? "ahead of" : "behind"} the operator's, so nothing is known of the age of job directories and none is removed; set the wrong one right`,
  ]);
});

test("it ends at once when it is told to", async () => {
  const janitor = startJanitor(1);
  await janitor[Symbol.asyncDispose]();
  expect(janitor.alice.questions).toEqual([]);
});

test("while nobody can look at the queue for the login, its directories stay", async () => {
  await using janitor = startJanitor(3);
  janitor.state.watch = {
    is: "unavailable",
    problem: { policy: "waiting", reason: "LoginFailed", message: "login alice is not answered" },
    since: undefined,
  };
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
  expect(janitor.seen).toMatchObject({ failures: 1, warnings: ["login alice is not answered"] });
});

test("submissions that cannot be read stop everything, and somebody is told: once, until others are unreadable", async () => {
  await using janitor = startJanitor(3);
  const names = ["g", "f", "e", "d", "c", "b"];
  janitor.state.submissions.unreadable = new Set(names.map((name) => keyOf({ namespace: "a", name })));
  await janitor.round();
  await janitor.round();
  janitor.state.submissions.unreadable = new Set([keyOf({ namespace: "a", name: "b" })]);
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
  const told = (which: string) =>
    `no job directories are removed: it is not known which ones these JobSubmissions need, as they cannot be read: ${which}; mend or delete them`;
  expect(janitor.seen).toEqual({
    outcomes: {},
    failures: 3,
    events: [],
    warnings: [told("a/b, a/c, a/d, a/e, a/f and 1 more"), told("a/b")],
  });
  janitor.state.submissions.unreadable = new Set();
  await janitor.round();
  expect(janitor.alice.tokens).toEqual([]);
});

test("what was removed before the connection was lost is counted and told of, and so is what may be", async () => {
  await using janitor = startJanitor(64);
  const { alice } = janitor;
  const forget = alice.forget.bind(alice);
  alice.forget = async (places) => {
    const answers = new Map(await forget(places));
    const [lost, unsent] = [...answers.keys()];
    answers.set(lost!, { is: "unclear", text: "connection lost" });
    answers.set(unsent!, { is: "notSent", text: "connection lost" });
    return answers;
  };
  await janitor.round();
  const gone = 64 - alice.tokens.length;
  expect(alice.forgetSizes).toEqual([gone]);
  expect(janitor.seen).toEqual({
    outcomes: { Removed: gone - 2, Unclear: 1 },
    failures: 1,
    events: [expect.stringContaining(`removed ${gone - 2} to ${gone - 1} job directories`)],
    warnings: ["connection lost"],
  });
  expect(janitor.logged).toEqual([
    "job directories were not gone through to the end: some are gone or may be, the others are kept and looked at again",
  ]);
});

test("a cluster that is not reached in one round goes on where it was, and one that was made anew begins again", async () => {
  await using janitor = startJanitor(3000);
  await janitor.round();
  expect(janitor.alice.questions).toHaveLength(4);
  janitor.state.isLive = false;
  await janitor.round();
  janitor.state.isLive = true;
  await janitor.round();
  expect(janitor.alice.questions[4]?.after).toContain("1023-1");
  janitor.state.names = [];
  await janitor.round();
  janitor.state.names = ["c1"];
  await janitor.round();
  expect(janitor.alice.questions[8]?.after).toBeUndefined();
});

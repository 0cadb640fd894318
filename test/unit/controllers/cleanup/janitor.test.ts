import { expect, test } from "vitest";
import { slurmCluster } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { PollFailure } from "../../../../src/backends/slurm/poll/failure.ts";
import { createJanitor, type JanitorOptions } from "../../../../src/controllers/cleanup/janitor.ts";
import { keyOf } from "../../../../src/kube/key.ts";
import { createLogger } from "../../../../src/runtime/logger.ts";
import { Store } from "../../../../src/runtime/store.ts";
import { eventually } from "../../../lab/eventually.ts";
import { ManualClock } from "../../runtime/manual-clock.ts";
import { queueOf, ScriptedLogin } from "./scripted-login.ts";

const retentionSeconds = 30 * 86_400;
const login = { user: "alice", credentialsSecretRef: { name: "alice" } };
const cluster = (spec: object) =>
  slurmCluster.parse({
    metadata: {
      name: "c1",
      uid: "0b5c2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f",
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      ssh: { hosts: ["h"], knownHosts: "h ssh-ed25519 A" },
      workDirectory: "/home/%u/bw",
      observer: login,
      ...spec,
    },
  });

/** A janitor of one cluster and login; `round` lets the time of one round pass, and returns when it is done. */
function start(count: number) {
  const alice = new ScriptedLogin(count);
  const clock = new ManualClock();
  const store = new Store<never>({});
  const seen = {
    outcomes: {} as Record<string, number>,
    failures: 0,
    events: [] as string[],
    warnings: [] as string[],
  };
  const state = {
    object: cluster({ cleanup: { retentionSeconds } }),
    submissions: { store, hasSynced: true, unreadable: new Set() },
    begunAfter: async () => Promise.resolve(queueOf()),
    isLive: true,
    watch: { is: "watching", poller: { begunAfter: async () => state.begunAfter() } } as object,
  };
  const options = {
    logger: createLogger({
      destination: {
        write: (text: string) => {
          const line = JSON.parse(text) as { level: string; err?: { message: string } };
          if (line.level === "warn") seen.warnings.push(line.err?.message ?? "");
        },
      },
    }),
    events: {
      record: ({ reason, note }: { reason: string; note: string }) => seen.events.push(`${reason}: ${note}`),
    },
    metrics: {
      directory: (_: string, outcome: string) => (seen.outcomes[outcome] = (seen.outcomes[outcome] ?? 0) + 1),
      failed: () => (seen.failures += 1),
    },
    clusters: {
      get: () => undefined,
      find: () =>
        state.isLive
          ? {
              is: "live",
              cluster: {
                object: state.object,
                pollerOf: () => state.watch,
                login: async () => Promise.resolve(alice),
              },
            }
          : { is: "unavailable" },
    },
    clusterNames: () => ["c1"],
    get submissions() {
      return state.submissions;
    },
    install: "it",
    intervalMs: 3_600_000,
    clock,
    random: () => 0,
  } as unknown as JanitorOptions;
  const stop = new AbortController();
  const running = createJanitor(options).run(stop.signal);
  const round = async (ms = 3_600_000): Promise<void> => {
    clock.advance(ms);
    await eventually(() => clock.waiting > 0, { within: 10_000 });
  };
  return {
    alice,
    seen,
    state,
    round,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

test("some minutes after the start, and then each hour, old directories go, and one event says so", async () => {
  await using janitor = start(300);
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
      "JobDirectoriesRemoved: removed 300 job directories that were over for at least 2592000 s (spec.cleanup.retentionSeconds)",
    ],
    warnings: [],
  });
  expect(Math.max(...janitor.alice.forgetSizes)).toBe(32);
  await janitor.round();
  expect(janitor.alice.questions).toHaveLength(3);
  expect(janitor.seen.events).toHaveLength(1);
});

test("a round is bounded, and the next one goes on where it ended", async () => {
  await using janitor = start(1500);
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
  await using janitor = start(3);
  Object.assign(janitor.state, changes);
  await janitor.round();
  expect(janitor.alice.questions).toEqual([]);
  expect(janitor.alice.tokens).toHaveLength(3);
});

test("what the poller's queue shows stays, and what only the login itself sees, and what the cluster keeps", async () => {
  await using janitor = start(4);
  const [shown, hidden, busy] = janitor.alice.tokens;
  janitor.state.begunAfter = async () => Promise.resolve(queueOf(shown!));
  janitor.alice.running.add(hidden!);
  janitor.alice.kept.set(busy!, { is: "kept", why: "LockBusy", text: "" });
  await janitor.round();
  expect(janitor.alice.tokens).toEqual([shown, hidden, busy]);
  expect(janitor.seen.outcomes).toEqual({ Removed: 1, InQueue: 2, LockBusy: 1 });
});

test("cleanup that is taken back while a page is read removes nothing any more", async () => {
  await using janitor = start(3);
  janitor.state.begunAfter = async () => {
    janitor.state.object = cluster({});
    return Promise.resolve(queueOf());
  };
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
});

test("a failure keeps everything, is counted each time and told once, until it is another", async () => {
  await using janitor = start(3);
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
});

test.each([2, -2])("a login host whose clock is %d h off says nothing about age", async (hours) => {
  await using janitor = start(3);
  janitor.alice.clockAheadMs = hours * 3_600_000;
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
  expect(janitor.seen.warnings).toEqual([
    `the clock of the login host is 2 h ${hours > 0 ? "ahead of" : "behind"} the operator's, so nothing is known of the age of job directories and none is removed; set the wrong one right`,
  ]);
});

test("it ends at once when it is told to", async () => {
  const janitor = start(1);
  await janitor[Symbol.asyncDispose]();
  expect(janitor.alice.questions).toEqual([]);
});

test("while nobody can look at the queue for the login, its directories stay", async () => {
  await using janitor = start(3);
  janitor.state.watch = {
    is: "unavailable",
    problem: { policy: "waiting", reason: "LoginFailed", message: "login alice is not answered" },
    since: undefined,
  };
  await janitor.round();
  expect(janitor.alice.tokens).toHaveLength(3);
  expect(janitor.seen).toMatchObject({ failures: 1, warnings: ["login alice is not answered"] });
});

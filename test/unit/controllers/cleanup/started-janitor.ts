import { slurmCluster } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import type { SubmissionIndex, SubmissionView } from "../../../../src/controllers/submission/submissions.ts";
import { createJanitor, type JanitorOptions } from "../../../../src/controllers/cleanup/janitor.ts";
import type { Key } from "../../../../src/kube/key.ts";
import type { Parser } from "../../../../src/kube/metadata.ts";
import type { Resource } from "../../../../src/kube/resource.ts";
import { createLogger } from "../../../../src/runtime/logger.ts";
import { Store } from "../../../../src/runtime/store.ts";
import { eventually } from "../../../lab/eventually.ts";
import { ManualClock } from "../../runtime/manual-clock.ts";
import { queueOf, ScriptedLogin } from "./scripted-login.ts";

export const retentionSeconds = 30 * 86_400;
const login = { user: "alice", credentialsSecretRef: { name: "alice" } };
export const cluster = (spec: object) =>
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
export function startJanitor(count: number) {
  const alice = new ScriptedLogin(count);
  const clock = new ManualClock();
  const store = new Store<SubmissionView, SubmissionIndex>({});
  const seen = {
    outcomes: {} as Record<string, number>,
    failures: 0,
    events: [] as string[],
    warnings: [] as string[],
  };
  const logged: string[] = [];
  const state = {
    names: ["c1"],
    object: cluster({ cleanup: { retentionSeconds } }),
    submissions: { store, hasSynced: true, unreadable: new Set<Key>() },
    begunAfter: async () => Promise.resolve(queueOf()),
    isLive: true,
    stored: new Map<string, object>(),
    findFailure: undefined as Error | undefined,
    watch: { is: "watching", poller: { begunAfter: async () => state.begunAfter() } } as object,
  };
  const options = {
    client: {
      find: async (_: Resource, key: string, parser: Parser<unknown>) => {
        if (state.findFailure !== undefined) return Promise.reject(state.findFailure);
        const object = state.stored.get(key);
        return Promise.resolve(object && parser.parse(object));
      },
    },
    logger: createLogger({
      destination: {
        write: (text: string) => {
          const line = JSON.parse(text) as { level: string; msg: string; err?: { message: string } };
          if (line.level !== "warn") return;
          seen.warnings.push(line.err?.message ?? line.msg);
          logged.push(line.msg);
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
      get: () => ({ object: state.object }),
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
    clusterNames: () => state.names,
    submissions: {
      get store() {
        return state.submissions.store;
      },
      get hasSynced() {
        return state.submissions.hasSynced;
      },
      get unreadable() {
        return state.submissions.unreadable;
      },
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
    /** Each warning's message, where `seen.warnings` has the error's. */
    logged,
    state,
    round,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { KubeMetrics } from "../kube/metrics.ts";
import type { EventMetrics, LeaderMetrics, ReflectorMetrics, RuntimeMetrics } from "../runtime/metrics.ts";
import type { CleanupMetrics } from "../controllers/cleanup/metrics.ts";
import type { ClusterMetrics } from "../controllers/cluster/metrics.ts";
import { createClusterMetrics } from "./cluster-metrics.ts";
import { createCleanupMetrics } from "./cleanup-metrics.ts";
import { createControllerMetrics } from "./controller-metrics.ts";
import { createKubeMetrics } from "./kube-metrics.ts";
import { createQueueMetrics } from "./queue-metrics.ts";

/** All series of the process. Labels are closed sets or names from our own code: never names of objects. */
export interface OperatorMetrics {
  readonly registry: Registry;
  readonly kube: KubeMetrics;
  readonly runtime: RuntimeMetrics;
  readonly clusters: ClusterMetrics;
  readonly cleanup: CleanupMetrics;
}

/** One registry, with process_* and nodejs_* beside ours. Every series exists at 0 from the start, so that a rate has a beginning. */
export function createMetrics(): OperatorMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    kube: createKubeMetrics(registry),
    clusters: createClusterMetrics(registry),
    cleanup: createCleanupMetrics(registry),
    runtime: {
      queue: createQueueMetrics(registry),
      controller: createControllerMetrics(registry),
      reflector: createReflectorMetrics(registry),
      events: createEventMetrics(registry),
      leader: createLeaderMetrics(registry),
    },
  };
}

function createReflectorMetrics(registry: Registry): (resource: string) => ReflectorMetrics {
  const registers = [registry];
  const probes = new Map<string, () => number>();
  const objects = new Gauge({
    name: "batchwright_cache_objects",
    help: "Objects in the cache after its last list.",
    labelNames: ["resource"],
    registers,
  });
  const ended = new Counter({
    name: "batchwright_watch_ends_total",
    help: "Ends of watches and lists, by what ended them.",
    labelNames: ["resource", "why"],
    registers,
  });
  registry.registerMetric(
    new Gauge({
      name: "batchwright_watch_silence_seconds",
      help: "Seconds since the API server last said anything on this watch; it sends a bookmark each minute.",
      labelNames: ["resource"],
      registers: [],
      collect() {
        for (const [resource, seconds] of probes) this.set({ resource }, seconds());
      },
    }),
  );
  return (resource) => {
    objects.set({ resource }, 0);
    for (const why of ["ended", "idle"]) ended.inc({ resource, why }, 0);
    return {
      listed: (count) => objects.set({ resource }, count),
      watchEnded: (why) => ended.inc({ resource, why }),
      probe: (seconds) => probes.set(resource, seconds),
    };
  };
}

function createEventMetrics(registry: Registry): EventMetrics {
  const events = new Counter({
    name: "batchwright_events_total",
    help: "Kubernetes events by what became of them.",
    labelNames: ["what"],
    registers: [registry],
  });
  for (const what of ["sent", "dropped", "limited", "failed"]) events.inc({ what }, 0);
  return { recorded: (what) => events.inc({ what }) };
}

function createLeaderMetrics(registry: Registry): (name: string) => LeaderMetrics {
  const status = new Gauge({
    name: "leader_election_master_status",
    help: "Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.",
    labelNames: ["name"],
    registers: [registry],
  });
  return (name) => {
    status.set({ name }, 0);
    return { changed: (isLeader) => status.set({ name }, isLeader ? 1 : 0) };
  };
}

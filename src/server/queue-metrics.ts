import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { QueueProbe, WorkQueueMetrics } from "../runtime/metrics.ts";
import { priorities } from "../runtime/priority.ts";

/** controller-runtime's buckets: 10 ns growing tenfold, of which those below 1 µs mean nothing here. */
const buckets = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

/** `workqueue_*`, under client-go's names. Gauges ask the queues when they are read. */
export function createQueueMetrics(registry: Registry): (name: string) => WorkQueueMetrics {
  const registers = [registry];
  const labelNames = ["name", "controller"] as const;
  const probes = new Map<string, QueueProbe>();
  const each = (read: (labels: { name: string; controller: string }, queue: QueueProbe) => void): void => {
    for (const [name, queue] of probes) read({ name, controller: name }, queue);
  };
  const adds = new Counter({
    name: "workqueue_adds_total",
    help: "Total number of adds handled by workqueue",
    labelNames,
    registers,
  });
  const retries = new Counter({
    name: "workqueue_retries_total",
    help: "Total number of retries handled by workqueue",
    labelNames,
    registers,
  });
  const queued = new Histogram({
    name: "workqueue_queue_duration_seconds",
    help: "How long in seconds an item stays in workqueue before being requested",
    labelNames,
    buckets,
    registers,
  });
  const worked = new Histogram({
    name: "workqueue_work_duration_seconds",
    help: "How long in seconds processing an item from workqueue takes.",
    labelNames,
    buckets,
    registers,
  });
  registry.registerMetric(
    new Gauge({
      name: "workqueue_depth",
      help: "Current depth of workqueue by workqueue and priority",
      labelNames: [...labelNames, "priority"],
      registers: [],
      collect() {
        each((labels, queue) => {
          for (const priority of priorities) {
            this.set({ ...labels, priority: String(priority) }, queue.depth(priority));
          }
        });
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "workqueue_unfinished_work_seconds",
      help: "How many seconds of work has been done that is in progress and hasn't been observed by work_duration. Large values indicate stuck threads.",
      labelNames,
      registers: [],
      collect() {
        each((labels, queue) => this.set(labels, queue.unfinished().totalSeconds));
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "workqueue_longest_running_processor_seconds",
      help: "How many seconds has the longest running processor for workqueue been running.",
      labelNames,
      registers: [],
      collect() {
        each((labels, queue) => this.set(labels, queue.unfinished().longestSeconds));
      },
    }),
  );
  return (name) => {
    const labels = { name, controller: name };
    adds.inc(labels, 0);
    retries.inc(labels, 0);
    queued.zero(labels);
    worked.zero(labels);
    return {
      probe: (queue) => probes.set(name, queue),
      added: () => adds.inc(labels),
      retried: () => retries.inc(labels),
      queued: (seconds) => queued.observe(labels, seconds),
      worked: (seconds) => worked.observe(labels, seconds),
    };
  };
}

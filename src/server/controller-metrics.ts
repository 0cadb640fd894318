import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ControllerMetrics, ReconcileOutcome } from "../runtime/metrics.ts";

/** controller-runtime's buckets of controller_runtime_reconcile_time_seconds, 5 ms to 60 s. */
const buckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
  1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

const outcomes: readonly ReconcileOutcome[] = ["success", "error", "requeue", "requeue_after"];

/** `controller_runtime_*`, under controller-runtime's names. */
export function createControllerMetrics(registry: Registry): (name: string) => ControllerMetrics {
  const registers = [registry];
  const labelNames = ["controller"] as const;
  const counter = (name: string, help: string): Counter<"controller"> =>
    new Counter({ name: `controller_runtime_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string): Gauge<"controller"> =>
    new Gauge({ name: `controller_runtime_${name}`, help, labelNames, registers });
  const total = new Counter({
    name: "controller_runtime_reconcile_total",
    help: "Total number of reconciliations per controller",
    labelNames: ["controller", "result"],
    registers,
  });
  const errors = counter("reconcile_errors_total", "Total number of reconciliation errors per controller");
  const failures = {
    terminal: counter(
      "terminal_reconcile_errors_total",
      "Total number of terminal reconciliation errors per controller",
    ),
    panic: counter("reconcile_panics_total", "Total number of reconciliation panics per controller"),
    timeout: counter("reconcile_timeouts_total", "Total number of reconciliation timeouts per controller"),
  };
  const time = new Histogram({
    name: "controller_runtime_reconcile_time_seconds",
    help: "Length of time per reconciliation per controller",
    labelNames,
    buckets,
    registers,
  });
  const concurrency = gauge(
    "max_concurrent_reconciles",
    "Maximum number of concurrent reconciles per controller",
  );
  const active = gauge("active_workers", "Number of currently used workers per controller");
  return (controller) => {
    for (const result of outcomes) total.inc({ controller, result }, 0);
    for (const series of [errors, ...Object.values(failures)]) series.inc({ controller }, 0);
    time.zero({ controller });
    active.set({ controller }, 0);
    return {
      configured: (workers) => concurrency.set({ controller }, workers),
      activeWorkers: (change) => active.inc({ controller }, change),
      finished(result, seconds) {
        total.inc({ controller, result });
        time.observe({ controller }, seconds);
        if (result === "error") errors.inc({ controller });
      },
      failed: (how) => failures[how].inc({ controller }),
    };
  };
}

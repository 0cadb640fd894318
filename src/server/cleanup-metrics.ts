import { Counter, type Registry } from "prom-client";
import type { CleanupMetrics } from "../controllers/cleanup/metrics.ts";

/** The janitor's rounds. */
export function createCleanupMetrics(registry: Registry): CleanupMetrics {
  const directories = new Counter({
    name: "batchwright_cleanup_directories_total",
    help: "Job directories old enough to be removed, by what became of them; one that is kept counts in each round.",
    labelNames: ["cluster", "outcome"],
    registers: [registry],
  });
  const failures = new Counter({
    name: "batchwright_cleanup_failures_total",
    help: "Logins whose job directories could not be gone through in a round, and clusters where that was not begun because a submission cannot be read.",
    labelNames: ["cluster"],
    registers: [registry],
  });
  return {
    directory: (cluster, outcome) => directories.inc({ cluster, outcome }),
    failed: (cluster) => failures.inc({ cluster }),
  };
}

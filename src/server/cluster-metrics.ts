import { Counter, type Registry } from "prom-client";
import type { ClusterMetrics } from "../controllers/cluster/metrics.ts";

/** Questions to Slurm: one squeue per tick and cluster, or without an observer per tick and login, however many jobs there are. */
export function createClusterMetrics(registry: Registry): ClusterMetrics {
  const queries = new Counter({
    name: "batchwright_slurm_queries_total",
    help: "squeue and sacct commands sent to a cluster, by outcome.",
    labelNames: ["cluster", "command", "outcome"],
    registers: [registry],
  });
  return {
    asked: (cluster, command, isGood) =>
      queries.inc({ cluster, command, outcome: isGood ? "good" : "failed" }),
  };
}

/** What the cluster controller counts. Labels are names of SlurmClusters, which admins make, and closed sets. */
export interface ClusterMetrics {
  asked(cluster: string, command: "squeue" | "sacct", isGood: boolean): void;
}

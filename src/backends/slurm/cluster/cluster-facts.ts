import type { Room } from "../../../core/submission/partitions.ts";

/** What a Slurm cluster says of itself. Counts are of what the asking login may see. */
export interface ClusterFacts extends ClusterConfig {
  readonly partitions: readonly Partition[];
  readonly nodes: NodeCounts;
  readonly cpus: { readonly total: number; readonly allocated: number };
  readonly gpus: readonly GpuCount[];
  readonly licenses: readonly License[];
  /** Rows of squeue: the pending rest of an array counts once. */
  readonly queue: { readonly pending: number; readonly running: number };
}

/** Of `scontrol show config`. */
export interface ClusterConfig {
  /** Slurm's own name of the cluster. */
  readonly clusterName: string;
  readonly version: string;
  /** Whether slurmdbd keeps the history of jobs. */
  readonly accounting: boolean;
  /** An ended job stays in squeue for at least this long. */
  readonly minJobAgeSeconds: number;
  /** Time that the controller has for an answer. */
  readonly messageTimeoutSeconds: number;
  /** The highest index of an array is one less. */
  readonly maxArraySize: number;
  readonly maxJobCount: number;
  /** How long a job's credential is good (`cred_expire` of AuthInfo, else 120): a requeued job waits about as long. */
  readonly credentialLifetimeSeconds: number;
  /** How long a request is good that the controller has not yet read (`ttl` of AuthInfo, else munge's 300). */
  readonly requestLifetimeSeconds: number;
}

export interface Partition {
  readonly name: string;
  /** UP, DOWN, DRAIN or INACTIVE. */
  readonly state: string;
  readonly isDefault: boolean;
  readonly nodes: number;
  readonly cpus: number;
  /** Absent for no limit. */
  readonly maxTimeSeconds?: number;
  /** Absent where the partition names none: its longest time then. */
  readonly defaultTimeSeconds?: number;
  /** Of the nodes that the asking login may see. */
  readonly free?: Room;
}

/** Each node counts once. */
export interface NodeCounts {
  readonly total: number;
  readonly idle: number;
  readonly allocated: number;
  readonly mixed: number;
  readonly down: number;
  /** Drained or draining: takes no new jobs. */
  readonly drained: number;
}

export interface GpuCount {
  /** As the site names it; `gpu` where it gives no type. */
  readonly type: string;
  readonly total: number;
  readonly used: number;
}

export interface License {
  readonly name: string;
  readonly total: number;
  readonly used: number;
}

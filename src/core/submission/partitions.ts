import { cut } from "../status/conditions.ts";

/** A partition as far as a message speaks of it. */
export interface Partition {
  readonly name: string;
  /** UP, DOWN, DRAIN or INACTIVE. */
  readonly state: string;
  readonly isDefault: boolean;
  /** Absent for no limit. */
  readonly maxTimeSeconds?: number;
  /** Absent where it is not known. */
  readonly free?: Room;
  /** The tenant may not use it. */
  readonly isClosed?: boolean;
}

/** What nobody uses or has reserved, on nodes that work. */
export interface Room {
  readonly cpus: number;
  readonly nodes: number;
}

const most = 10;
const longestName = 64;

/**
 * What to set instead, where Slurm refuses a partition that it does not have; nothing for any other refusal.
 * Source: "invalid partition specified: NAME" and "Invalid partition name specified" (22.05 and 24.11, slurm_errno.c).
 */
export function advisePartition(refusal: string, partitions: readonly Partition[]): string {
  if (!/invalid partition (?:name )?specified/iu.test(refusal) || partitions.length === 0) return "";
  const sorted = partitions.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
  const left = sorted.length > most ? ` and ${sorted.length - most} more` : "";
  return `; the cluster has: ${sorted.slice(0, most).map(describe).join(", ")}${left}`;
}

/** Where a job of this time limit could go instead, most free CPUs first: a sentence, with a blank before it. Nothing where that is not known. */
export function describeRoom(partitions: readonly Partition[], timeLimitSeconds: number | undefined): string {
  const open = partitions.filter(
    ({ state, isClosed, maxTimeSeconds = Infinity }) =>
      state === "UP" && isClosed !== true && (timeLimitSeconds ?? 0) <= maxTimeSeconds,
  );
  if (open.every(({ free }) => free === undefined)) return "";
  const roomy = open
    .flatMap(({ name, free }) => (free === undefined || free.cpus === 0 ? [] : [{ name, free }]))
    .sort((a, b) => b.free.cpus - a.free.cpus)
    .slice(0, mostWithRoom);
  if (roomy.length === 0) return " No partition that it may use has free CPUs now.";
  const list = roomy.map(
    ({ name, free }) => `${cut(name, longestName)} (${free.cpus} CPUs free on ${free.nodes} nodes)`,
  );
  return ` Partitions with room now: ${list.join(", ")}.`;
}

const mostWithRoom = 5;

function describe({ name, state, isDefault }: Partition): string {
  const remarks = [...(isDefault ? ["default"] : []), ...(state === "UP" ? [] : [state])];
  return `${cut(name, longestName)}${remarks.length === 0 ? "" : ` (${remarks.join(", ")})`}`;
}

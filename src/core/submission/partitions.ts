import { cut } from "../status/conditions.ts";

/** A partition as far as a message speaks of it. */
export interface Partition {
  readonly name: string;
  /** UP, DOWN, DRAIN or INACTIVE. */
  readonly state: string;
  readonly isDefault: boolean;
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

function describe({ name, state, isDefault }: Partition): string {
  const remarks = [...(isDefault ? ["default"] : []), ...(state === "UP" ? [] : [state])];
  return `${cut(name, longestName)}${remarks.length === 0 ? "" : ` (${remarks.join(", ")})`}`;
}

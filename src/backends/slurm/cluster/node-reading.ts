import { fieldEnd } from "../poll/field-text.ts";
import type { Room } from "../../../core/submission/partitions.ts";
import type { ClusterFacts, GpuCount, NodeCounts } from "./cluster-facts.ts";

/** For `sinfo -h -a -N -O`: a line a node and partition; width 0 is "as long as it is". */
export const nodeFormat = ["NodeList", "StateLong", "CPUsState", "Gres", "GresUsed", "PartitionName"]
  .map((field) => `${field}:0${fieldEnd}`)
  .join(",");

/** What is free in each partition: on nodes that take jobs, and are not kept for others. */
export function readRoom(text: string): ReadonlyMap<string, Room> {
  const rooms = new Map<string, { cpus: number; nodes: number }>();
  for (const line of text.split("\n")) {
    const [, state = "", cpuStates = "", , , partition = ""] = line.split(fieldEnd);
    if (partition === "") continue;
    const room = rooms.get(partition) ?? { cpus: 0, nodes: 0 };
    rooms.set(partition, room);
    const idle = Number(cpuStates.split("/")[1] ?? 0);
    if (!/^(?:idle|mixed|powered_down)~?$/iu.test(state) || !(idle > 0)) continue;
    room.cpus += idle;
    room.nodes += 1;
  }
  return rooms;
}

type NodeKind = Exclude<keyof NodeCounts, "total">;

const mostGpuTypes = 64;

/** Reads sinfo's nodes; a node that is in several partitions counts once. */
export function readNodes(text: string): Pick<ClusterFacts, "nodes" | "cpus" | "gpus"> {
  const seen = new Set<string>();
  const nodes = { total: 0, idle: 0, allocated: 0, mixed: 0, down: 0, drained: 0 };
  const cpus = { total: 0, allocated: 0 };
  const gpus = new Map<string, { total: number; used: number }>();
  for (const line of text.split("\n")) {
    const [name = "", state = "", cpuStates = "", gres = "", gresUsed = ""] = line.split(fieldEnd);
    if (name === "" || seen.has(name)) continue;
    seen.add(name);
    nodes.total += 1;
    nodes[kindOf(state)] += 1;
    const [allocated = 0, , , total = 0] = cpuStates.split("/").map(Number);
    cpus.total += total;
    cpus.allocated += allocated;
    addGpus(gpus, gres, "total");
    addGpus(gpus, gresUsed, "used");
  }
  return { nodes, cpus, gpus: gpuCounts(gpus) };
}

const kinds: ReadonlyMap<string, NodeKind> = new Map([
  ["idle", "idle"],
  ["planned", "idle"],
  ["reserved", "idle"],
  ["powered_down", "idle"],
  ["powering_up", "idle"],
  ["allocated", "allocated"],
  ["completing", "allocated"],
  ["mixed", "mixed"],
  ["drained", "drained"],
  ["draining", "drained"],
  ["maint", "drained"],
  ["reboot", "drained"],
  ["reboot_requested", "drained"],
  ["reboot_issued", "drained"],
]);

/**
 * sinfo(1), `NODE STATE CODES`: long words with a suffix (`*` no answer, `~` powered off, `#` powering up, `%` powering down, `$` maintenance,
 * `@` and `^` reboot, `!` pending power down, `-` planned, `+` jobs still running). A word that we do not know is a node that does not work.
 */
function kindOf(state: string): NodeKind {
  if (state.endsWith("*")) return "down";
  return kinds.get(state.toLowerCase().replace(/[~#!%$@^+-]+$/u, "")) ?? "down";
}

/** `gpu:2`, `gpu:a100:4(S:0-1)`, `gpu:a100:3(IDX:0-2),shard:8`, `(null)`. */
function addGpus(
  gpus: Map<string, { total: number; used: number }>,
  gres: string,
  as: "total" | "used",
): void {
  for (const [, type = "gpu", number = "0"] of gres.matchAll(
    /(?:^|,)gpu(?::([^:,()]+))??:(\d{1,6})(?=[,(]|$)/gu,
  )) {
    const count = gpus.get(type) ?? { total: 0, used: 0 };
    if (!gpus.has(type) && gpus.size === mostGpuTypes) return;
    count[as] += Number(number);
    gpus.set(type, count);
  }
}

function gpuCounts(gpus: ReadonlyMap<string, { total: number; used: number }>): readonly GpuCount[] {
  return [...gpus]
    .map(([type, { total, used }]) => ({ type, total, used }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

import { z } from "zod";
import { ask, type RemoteCall } from "../poll/ask.ts";
import { PollFailure } from "../poll/failure.ts";
import type { Room } from "../../../core/submission/partitions.ts";
import type { ClusterConfig, ClusterFacts, Partition } from "./cluster-facts.ts";
import { readConfig } from "./config-reading.ts";
import { nodeFormat, readNodes, readRoom } from "./node-reading.ts";
import { readLicenses, readPartitions } from "./partition-reading.ts";

/** In this order; a cluster without licences answers with none. */
const commands = [
  "scontrol show config",
  "scontrol -o -a show partition",
  `sinfo -h -a -N -O '${nodeFormat}'`,
  "scontrol -o show licenses",
  "squeue -h -a -t PENDING,RUNNING --local -o %T",
] as const;

/** About 100 bytes a node and partition. */
const mostOutput = 32 * 1024 * 1024;

/**
 * Reads what a cluster says of itself, in one remote command; about as dear as one look at the queue.
 *
 * @throws PollFailure when a part is missing; transport's own errors as they are
 */
export async function readClusterFacts(call: RemoteCall): Promise<ClusterFacts> {
  const { outputs } = await ask(call, { commands: () => commands, maxOutputBytes: mostOutput });
  const [config = "", partitions = "", nodes = "", licenses = "", queue = ""] = outputs;
  return {
    ...configOf(config),
    partitions: withRoom(readPartitions(partitions), readRoom(nodes)),
    ...readNodes(nodes),
    licenses: readLicenses(licenses),
    queue: { pending: countLines(queue, "PENDING"), running: countLines(queue, "RUNNING") },
  };
}

const withRoom = (partitions: readonly Partition[], rooms: ReadonlyMap<string, Room>): readonly Partition[] =>
  partitions.map((partition) => {
    const free = rooms.get(partition.name);
    return free === undefined ? partition : { ...partition, free };
  });

function configOf(text: string): ClusterConfig {
  try {
    return readConfig(text);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new PollFailure("SlurmFailed", `scontrol show config: ${z.prettifyError(error)}`, { cause: error });
  }
}

const countLines = (text: string, word: string): number =>
  text.split("\n").filter((line) => line === word).length;

import type { Instant } from "../../../core/instant.ts";
import { ask, type RemoteCall } from "./ask.ts";
import { readQueue, type QueueAnswer, type RowsByToken } from "./queue-answer.ts";
import { queueFormat } from "./queue-fields.ts";

/** `Everyone`: as an observer who may see all jobs. `Mine`: only the login's own. */
export type Whose = "Everyone" | "Mine";

/** About 200 bytes a job: room for 300,000 jobs. */
const mostOutput = 64 * 1024 * 1024;

/**
 * Asks squeue for all jobs: of every partition, hidden ones too, in every state, on this cluster of a federation only.
 *
 * @throws PollFailure when the answer is not complete and good; transport's own errors come as its cause
 */
export async function askQueue(
  call: RemoteCall,
  asking: { readonly install: string; readonly whose: Whose; readonly previous: RowsByToken },
): Promise<QueueAnswer & { readonly remoteTime: Instant }> {
  const mine = asking.whose === "Mine" ? "--me " : "";
  const { nonce, remoteTime, outputs } = await ask(call, {
    commands: (word) => [`squeue -h -a -t all --local ${mine}-O '${queueFormat(word)}'`],
    maxOutputBytes: mostOutput,
  });
  const { install, previous } = asking;
  return {
    ...readQueue(outputs.join(""), { nonce, install, previous, isWhole: asking.whose === "Everyone" }),
    remoteTime,
  };
}

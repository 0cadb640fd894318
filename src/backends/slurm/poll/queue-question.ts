import type { Instant } from "../../../core/instant.ts";
import { readAnswer } from "./answer.ts";
import type { RemoteCall } from "./accounting-storage.ts";
import { PollFailure } from "./failure.ts";
import { queueFormat } from "./queue-fields.ts";
import { askFor } from "./question.ts";
import { readQueue, type QueueAnswer, type RowsByToken } from "./queue-answer.ts";

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
  const mine = asking.whose === "Mine" ? " --me" : "";
  const question = askFor((nonce) => [`squeue -h -a -t all --local${mine} -O '${queueFormat(nonce)}'`], call);
  const outcome = await call.commands.run({
    command: "sh -s",
    stdin: question.script,
    timeLimitMs: call.timeLimitMs,
    signal: call.signal,
    maxOutputBytes: mostOutput,
  });
  const { sections, remoteTime } = readAnswer(outcome, { nonce: question.nonce, sections: 1 });
  const [squeue] = sections;
  if (squeue?.code !== 0) {
    const said = outcome.stderr.trim().slice(0, 300) || "and said nothing";
    throw new PollFailure("SlurmFailed", `squeue ended with ${String(squeue?.code)}: ${said}`);
  }
  const answer = readQueue(squeue.output, {
    nonce: question.nonce,
    install: asking.install,
    previous: asking.previous,
  });
  return { ...answer, remoteTime };
}

import { askFor } from "./question.ts";
import { readAnswer } from "./answer.ts";
import { PollFailure } from "./failure.ts";
import type { RemoteCommands } from "./remote-commands.ts";

export interface RemoteCall {
  readonly commands: RemoteCommands;
  readonly binDirectory: string | undefined;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Whether the cluster keeps accounts. sacct fails alike where accounting is off and where slurmdbd is down, so the configuration decides:
 * `accounting_storage/none` (22.05) and `(null)` (24.11) are off.
 *
 * @throws PollFailure when the controller does not answer
 */
export async function readsAccounting(call: RemoteCall): Promise<boolean> {
  const question = askFor(() => ["scontrol show config"], call);
  const outcome = await call.commands.run({
    command: "sh -s",
    stdin: question.script,
    timeLimitMs: call.timeLimitMs,
    signal: call.signal,
  });
  const [config] = readAnswer(outcome, { nonce: question.nonce, sections: 1 }).sections;
  const type = /^AccountingStorageType\s*=\s*(\S+)/mu.exec(config?.output ?? "")?.[1];
  if (config?.code !== 0 || type === undefined) {
    throw new PollFailure(
      "SlurmFailed",
      `scontrol show config: ${outcome.stderr.trim().slice(0, 300) || "no answer"}`,
    );
  }
  return keepsAccounts(type);
}

export const keepsAccounts = (storageType: string): boolean =>
  storageType !== "(null)" && storageType !== "accounting_storage/none";

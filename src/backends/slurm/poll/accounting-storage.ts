import { ask, type RemoteCall } from "./ask.ts";
import { PollFailure } from "./failure.ts";

/**
 * Whether the cluster keeps accounts. sacct fails alike where accounting is off and where slurmdbd is down, so the configuration decides.
 *
 * @throws PollFailure when the controller does not answer
 */
export async function readsAccounting(call: RemoteCall): Promise<boolean> {
  const { outputs } = await ask(call, { commands: () => ["scontrol show config"] });
  const type = /^AccountingStorageType\s*=\s*(\S+)/mu.exec(outputs.join(""))?.[1];
  if (type === undefined) {
    throw new PollFailure("SlurmFailed", "scontrol show config says nothing of AccountingStorageType");
  }
  return keepsAccounts(type);
}

/** Off is `accounting_storage/none` on 22.05 and `(null)` on 24.11. */
export const keepsAccounts = (storageType: string): boolean =>
  storageType !== "(null)" && storageType !== "accounting_storage/none";

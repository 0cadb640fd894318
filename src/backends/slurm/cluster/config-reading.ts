import { z } from "zod";
import { keepsAccounts } from "../poll/accounting-storage.ts";
import type { ClusterConfig } from "./cluster-facts.ts";

/** `10 sec`, `10 secs`, `300`. */
const seconds = z
  .string()
  .regex(/^\d{1,9}(?: secs?)?$/u)
  .transform((text) => Number.parseInt(text, 10));
const count = z
  .string()
  .regex(/^\d{1,10}$/u)
  .transform(Number);

const config = z.object({
  ClusterName: z.string().min(1),
  SLURM_VERSION: z.string().min(1),
  AccountingStorageType: z.string().min(1),
  MinJobAge: seconds,
  MessageTimeout: seconds,
  MaxArraySize: count,
  MaxJobCount: count,
  AuthInfo: z.string().optional(),
});

/** slurm.conf(5), AuthInfo: `cred_expire`, default 120; munge(7): a credential is good for 300 s. */
const defaultCredentialLifetime = 120;
const defaultRequestLifetime = 300;

/**
 * Reads `scontrol show config`: lines of `Name = value`.
 *
 * @throws ZodError that names the key when one of those that we need is missing or odd
 */
export function readConfig(text: string): ClusterConfig {
  const values = new Map(
    [...text.matchAll(/^(\w+)\s*=[^\S\n]?(.*)$/gmu)].map(([, key = "", value = ""]) => [key, value.trim()]),
  );
  const read = config.parse(Object.fromEntries(values));
  return {
    clusterName: read.ClusterName,
    version: read.SLURM_VERSION,
    accounting: keepsAccounts(read.AccountingStorageType),
    minJobAgeSeconds: read.MinJobAge,
    messageTimeoutSeconds: read.MessageTimeout,
    maxArraySize: read.MaxArraySize,
    maxJobCount: read.MaxJobCount,
    credentialLifetimeSeconds: partOf(read.AuthInfo, "cred_expire") ?? defaultCredentialLifetime,
    requestLifetimeSeconds: partOf(read.AuthInfo, "ttl") ?? defaultRequestLifetime,
  };
}

function partOf(list: string | undefined, name: string): number | undefined {
  const part = (list ?? "").split(",").find((word) => word.startsWith(`${name}=`));
  const value = Number(part?.slice(name.length + 1));
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

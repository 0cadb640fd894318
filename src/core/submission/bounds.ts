import type { Tenant } from "../../api/v1alpha1/slurm-cluster.ts";
import { final, type Problem } from "../problem.ts";
import { reasons } from "./reasons.ts";

/** An option as it came out of precedence. */
export interface EffectiveOption {
  readonly option: string;
  readonly value: string;
  readonly from: "Cluster" | "Resources" | "Script" | "Submission";
}

const places: Readonly<Record<EffectiveOption["from"], string>> = {
  Cluster: "spec.defaults of the cluster",
  Resources: "resources of the script or template",
  Script: "an #SBATCH line of the script",
  Submission: "spec.resources of the submission",
};

/** Bounds are checked after precedence, whoever said it. They refuse; they never change anything silently. */
export function checkBounds(tenant: Tenant, options: readonly EffectiveOption[]): Problem | undefined {
  const find = (name: string) => options.find(({ option }) => option === name);
  return (
    checkAccount(tenant, find("account")) ??
    checkList({
      reason: reasons.PartitionNotAllowed,
      tenant,
      allowed: tenant.partitions,
      option: find("partition"),
      kind: "partition",
    }) ??
    checkList({
      reason: reasons.QosNotAllowed,
      tenant,
      allowed: tenant.qos,
      option: find("qos"),
      kind: "qos",
    })
  );
}

function checkAccount(tenant: Tenant, option: EffectiveOption | undefined): Problem | undefined {
  if (tenant.account === undefined || option === undefined || option.value === tenant.account)
    return undefined;
  return final(
    reasons.AccountNotAllowed,
    `account "${option.value}" (from ${places[option.from]}): tenant "${tenant.name}" may only charge "${tenant.account}"; leave the account out, or name that one`,
  );
}

interface ListBound {
  readonly reason: string;
  readonly tenant: Tenant;
  readonly allowed: readonly string[] | undefined;
  readonly option: EffectiveOption | undefined;
  readonly kind: string;
}

/** Where a tenant has a list, leaving the option out would mean the site's default, which may not be on it: so it must be said. */
function checkList({ reason, tenant, allowed, option, kind }: ListBound): Problem | undefined {
  if (allowed === undefined) return undefined;
  const list = allowed.join(", ");
  if (option === undefined)
    return final(
      reason,
      `no ${kind} is given, and tenant "${tenant.name}" may only use ${list}; set spec.resources.${kind} to one of them`,
    );
  const other = option.value.split(",").find((value) => !allowed.includes(value));
  if (other === undefined) return undefined;
  return final(
    reason,
    `${kind} "${other}" (from ${places[option.from]}): tenant "${tenant.name}" may only use ${list}; set spec.resources.${kind} to one of them`,
  );
}

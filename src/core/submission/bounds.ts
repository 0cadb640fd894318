import type { Tenant } from "../../api/v1alpha1/slurm-cluster.ts";
import { final, type Problem } from "../problem.ts";
import { reasons } from "./reasons.ts";

/** An option as it came out of precedence. */
export interface EffectiveOption {
  readonly option: string;
  readonly value: string;
  readonly from: "Cluster" | "Resources" | "Script" | "Submission";
  /** Where exactly, for what the script says: `line 3 of run.sh: #SBATCH -p gpu`. */
  readonly where?: string | undefined;
}

const places: Readonly<Record<EffectiveOption["from"], string>> = {
  Cluster: "spec.defaults of the cluster",
  Resources: "resources of the script or template",
  Script: "a directive of the script",
  Submission: "spec.resources of the submission",
};

const placeOf = ({ from, where }: EffectiveOption): string => where ?? `from ${places[from]}`;

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
    }) ??
    checkReservation(tenant, find("reservation"))
  );
}

function checkAccount(tenant: Tenant, option: EffectiveOption | undefined): Problem | undefined {
  if (tenant.account === undefined || option === undefined || option.value === tenant.account)
    return undefined;
  return final(
    reasons.AccountNotAllowed,
    `account "${option.value}" (${placeOf(option)}): tenant "${tenant.name}" may only charge "${tenant.account}"; leave the account out, or name that one`,
  );
}

/** Unlike a partition, none need be asked for. */
function checkReservation(tenant: Tenant, option: EffectiveOption | undefined): Problem | undefined {
  const allowed = tenant.reservations;
  if (allowed === undefined || option === undefined) return undefined;
  const other = option.value.split(",").find((value) => !allowed.includes(value));
  if (other === undefined) return undefined;
  const list = allowed.length === 0 ? "may use none" : `may only use ${allowed.join(", ")}`;
  return final(
    reasons.ReservationNotAllowed,
    `reservation "${other}" (${placeOf(option)}): tenant "${tenant.name}" ${list}; leave the reservation out`,
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
    `${kind} "${other}" (${placeOf(option)}): tenant "${tenant.name}" may only use ${list}; set spec.resources.${kind} to one of them`,
  );
}

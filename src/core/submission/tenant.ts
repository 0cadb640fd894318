import type { SlurmCluster, Tenant } from "../../api/v1alpha1/slurm-cluster.ts";
import { final, not, ok, type Outcome, waiting } from "../problem.ts";
import { reasons } from "./reasons.ts";

export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The one tenant that takes the namespace in. None is waiting (an admin may add it), two are a refusal: nobody may guess whom a job runs as. */
export function matchTenant(cluster: SlurmCluster, namespace: Namespace): Outcome<Tenant> {
  const matches = (cluster.spec.tenants ?? []).filter((tenant) => takesIn(tenant, namespace));
  const [tenant, second] = matches;
  if (tenant === undefined) {
    return not(
      waiting(
        reasons.TenantNotFound,
        `no tenant of SlurmCluster "${cluster.metadata.name}" takes in namespace "${namespace.name}"; a cluster admin can add it to spec.tenants[].namespaces`,
      ),
    );
  }
  if (second !== undefined) {
    const names = matches.map((match) => `"${match.name}"`).join(" and ");
    return not(
      final(
        reasons.TenantAmbiguous,
        `tenants ${names} of SlurmCluster "${cluster.metadata.name}" both take in namespace "${namespace.name}", so it is open whom the job would run as; a cluster admin must take it out of all but one, then submit again`,
      ),
    );
  }
  return ok(tenant);
}

/** Whether it takes the namespace in, for all that its name tells: one that selects by label may take in any. */
export function mayTakeIn({ namespaces }: Tenant, name: string | undefined): boolean {
  return namespaces === undefined || (name !== undefined && namespaces.includes(name));
}

function takesIn(tenant: Tenant, namespace: Namespace): boolean {
  if (tenant.namespaces !== undefined) return tenant.namespaces.includes(namespace.name);
  const wanted = Object.entries(tenant.namespaceSelector?.matchLabels ?? {});
  return (
    tenant.namespaceSelector !== undefined && wanted.every(([key, value]) => namespace.labels[key] === value)
  );
}

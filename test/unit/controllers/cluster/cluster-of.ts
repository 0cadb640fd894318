import { slurmCluster, type SlurmCluster } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { Connection } from "../../../../src/controllers/cluster/connection.ts";
import type { KubeClient } from "../../../../src/kube/client.ts";
import { createLogger } from "../../../../src/runtime/logger.ts";
import type { SshServer } from "../../backends/slurm/session/ssh-server.ts";

/** A tenant of that name, namespace and user, with a Secret of that name; or one that differs. */
type TenantOf =
  | string
  | { name: string; user: string; secret?: string; namespaces?: string[]; labels?: Record<string, string> };

/** A cluster without an observer. */
export function clusterOf(of: {
  readonly tenants: readonly TenantOf[];
  readonly generation?: number;
  readonly on?: SshServer;
}): SlurmCluster {
  const { tenants, generation = 1, on } = of;
  return slurmCluster.parse({
    metadata: {
      name: "c1",
      uid: "0b5c2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f",
      resourceVersion: "1",
      generation,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      ssh: {
        hosts: ["127.0.0.1"],
        port: on?.port ?? 1,
        knownHosts: on?.knownHosts() ?? "login.example.org ssh-ed25519 AAAA",
      },
      workDirectory: "/home/%u/batchwright",
      tenants: tenants.map((tenant) =>
        tenantOf(typeof tenant === "string" ? { name: tenant, user: tenant } : tenant),
      ),
    },
  });
}

function tenantOf({ name, user, secret = name, namespaces = [name], labels }: Exclude<TenantOf, string>) {
  return {
    name,
    ...(labels === undefined ? { namespaces } : { namespaceSelector: { matchLabels: labels } }),
    login: { user, credentialsSecretRef: { name: secret } },
  };
}

export function connectionTo(cluster: SlurmCluster, client: KubeClient): Connection {
  return new Connection(cluster, {
    client,
    logger: createLogger({ level: "error" }),
    metrics: { asked: () => undefined },
    namespace: "batchwright-system",
    install: "lab",
    wake: () => undefined,
    changed: () => undefined,
  });
}

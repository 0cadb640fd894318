import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { SlurmClusterStatus } from "../../api/v1alpha1/slurm-cluster-status.ts";
import type { ClusterFacts } from "../../backends/slurm/cluster/cluster-facts.ts";
import { readClusterFacts } from "../../backends/slurm/cluster/cluster-facts-question.ts";
import { findSlurm } from "../../backends/slurm/cluster/slurm-search.ts";
import { SlurmUnreachable } from "../../backends/slurm/session/unreachable.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { hasOtherIdentity } from "../../core/cluster/report.ts";
import { final, not, ok, type Outcome, type Problem } from "../../core/problem.ts";
import { LoginError } from "./clusters.ts";
import type { Connection } from "./connection.ts";
import { isNotFound, problemOf, slurmFailed } from "./trouble.ts";

/** Asks the cluster what it is, as one login. */
export async function lookAt(
  cluster: SlurmCluster,
  connection: Connection,
  asking: { readonly login: Login; readonly timeLimitMs: number; readonly signal: AbortSignal },
): Promise<Outcome<ClusterFacts>> {
  const { login, timeLimitMs, signal } = asking;
  const { binDirectory } = cluster.spec;
  try {
    const commands = await connection.session(login, { signal });
    const facts = await readClusterFacts({ commands, timeLimitMs, signal, binDirectory });
    return hasOtherIdentity(cluster, facts.clusterName)
      ? not(otherIdentity(cluster, facts.clusterName))
      : ok(facts);
  } catch (error) {
    if (isNotFound(error)) return not(slurmFailed(cluster, error, await whereElse(connection, asking)));
    const problem = problemOf(cluster, error);
    if (problem === undefined) throw error;
    return not(problem);
  }
}

/** Where the login's own profile finds Slurm's commands. Said and not used: what a profile says may change with each login and from one day to the next. */
async function whereElse(
  connection: Connection,
  { login, timeLimitMs, signal }: { login: Login; timeLimitMs: number; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const commands = await connection.session(login, { signal });
    return await findSlurm({ commands, timeLimitMs, signal });
  } catch (error) {
    if (error instanceof LoginError || error instanceof SlurmUnreachable) return undefined;
    throw error;
  }
}

function otherIdentity(cluster: SlurmCluster, found: string): Problem {
  const message = `spec.ssh now leads to Slurm cluster "${found}", and this object stands for "${cluster.status.clusterName ?? ""}"; its job ids mean nothing there, so nothing is sent, cancelled or concluded. Point spec.ssh back, or create another SlurmCluster for "${found}"`;
  return final(clusterReasons.ClusterIdentityChanged, message);
}

/** The part of the facts that the status shows. */
export function statusOf(facts: ClusterFacts): Partial<SlurmClusterStatus> {
  return {
    clusterName: facts.clusterName,
    version: facts.version,
    accounting: facts.accounting,
    partitions: facts.partitions.map(
      ({ name, state, isDefault, nodes, maxTimeSeconds, defaultTimeSeconds }) => ({
        name,
        state,
        isDefault,
        nodes,
        ...(maxTimeSeconds === undefined ? {} : { maxTimeSeconds }),
        ...(defaultTimeSeconds === undefined ? {} : { defaultTimeSeconds }),
      }),
    ),
    nodes: facts.nodes,
    cpus: facts.cpus,
    gpus: facts.gpus.map(({ type, total }) => ({ type, total })),
    licenses: [...facts.licenses],
    queue: facts.queue,
  };
}

import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { SlurmClusterStatus } from "../../api/v1alpha1/slurm-cluster-status.ts";
import type { ClusterFacts } from "../../backends/slurm/cluster/cluster-facts.ts";
import { readClusterFacts } from "../../backends/slurm/cluster/cluster-facts-question.ts";
import { PollFailure } from "../../backends/slurm/poll/failure.ts";
import { SlurmUnreachable, type UnreachableKind } from "../../backends/slurm/session/unreachable.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { hasOtherIdentity } from "../../core/cluster/report.ts";
import { final, not, ok, type Outcome, type Problem, waiting } from "../../core/problem.ts";
import { LoginError } from "./clusters.ts";
import type { Connection } from "./connection.ts";

/** Asks the cluster what it is, as one login. */
export async function lookAt(
  cluster: SlurmCluster,
  connection: Connection,
  asking: { readonly login: Login; readonly timeLimitMs: number; readonly signal: AbortSignal },
): Promise<Outcome<ClusterFacts>> {
  const { login, timeLimitMs, signal } = asking;
  try {
    const commands = await connection.session(login, { signal });
    const { binDirectory } = cluster.spec;
    const facts = await readClusterFacts({ commands, timeLimitMs, signal, binDirectory });
    return hasOtherIdentity(cluster, facts.clusterName)
      ? not(otherIdentity(cluster, facts.clusterName))
      : ok(facts);
  } catch (error) {
    const problem = problemOf(cluster, error);
    if (problem === undefined) throw error;
    return not(problem);
  }
}

function otherIdentity(cluster: SlurmCluster, found: string): Problem {
  const message = `spec.ssh now leads to Slurm cluster "${found}", and this object stands for "${cluster.status.clusterName ?? ""}"; its job ids mean nothing there, so nothing is sent, cancelled or concluded. Point spec.ssh back, or create another SlurmCluster for "${found}"`;
  return final(clusterReasons.ClusterIdentityChanged, message);
}

/** What is wrong on the way, in the admin's terms; undefined for an error that is none of the way's. */
export function problemOf(cluster: SlurmCluster, error: unknown): Problem | undefined {
  if (error instanceof LoginError) return waiting(clusterReasons.CredentialsNotFound, error.message);
  if (error instanceof SlurmUnreachable)
    return waiting(reasonOf(error.kind), `${error.message}${cures[error.kind] ?? ""}`);
  if (error instanceof PollFailure) {
    return error.cause instanceof Error
      ? (problemOf(cluster, error.cause) ?? slurmFailed(cluster, error))
      : slurmFailed(cluster, error);
  }
  return undefined;
}

function slurmFailed(cluster: SlurmCluster, error: PollFailure): Problem {
  return waiting(clusterReasons.SlurmFailed, `${distinctLines(error.message)}; ${cureOf(cluster, error)}`);
}

function cureOf({ spec }: SlurmCluster, { kind, message }: PollFailure): string {
  if (/not found/u.test(message)) {
    return spec.binDirectory === undefined
      ? "if Slurm's commands are not in the usual places, set spec.binDirectory"
      : `are Slurm's commands in spec.binDirectory ${spec.binDirectory}?`;
  }
  return kind === "Incomplete"
    ? "does the login's shell run /bin/sh and stay quiet? It is asked again"
    : "is slurmctld up (scontrol ping)? It is asked again";
}

const mostLines = 3;

/** Slurm's commands say one thing several times over, once for each try, and what they say may be cut off in the middle of the last. */
function distinctLines(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    const isKnown = lines.some((earlier) => earlier.includes(line));
    if (line !== "" && !isKnown) lines.push(line);
  }
  return lines.slice(0, mostLines).join("; ");
}

function reasonOf(kind: UnreachableKind): string {
  switch (kind) {
    case "HostKeyMismatch":
      return clusterReasons.HostKeyMismatch;
    case "HostKeyUnknown":
      return clusterReasons.HostKeyUnknown;
    case "AuthenticationFailed":
      return clusterReasons.AuthenticationFailed;
    case "HostUnreachable":
    case "ConnectionLost":
    case "CommandTimedOut":
    case "OutputTooLarge":
    case "TooManyWaiting":
      return clusterReasons.HostUnreachable;
  }
}

/** Where the session does not say the cure itself: it knows the keys, and says what to do with them. */
const cures: Readonly<Partial<Record<UnreachableKind, string>>> = {
  HostUnreachable: "; nothing listens there, or there is no route: check spec.ssh.hosts and spec.ssh.port",
  AuthenticationFailed:
    "; check that the login's public key is authorised there and that the Secret holds its private key. A refused key is tried again within 15 minutes, a changed Secret within about one",
};

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

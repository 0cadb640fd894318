import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { PollFailure, type PollFailureKind } from "../../backends/slurm/poll/failure.ts";
import {
  type Hop,
  SlurmUnreachable,
  type UnreachableKind,
} from "../../backends/slurm/session/unreachable.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { LoginError } from "./clusters.ts";

/** What is wrong on the way, in the admin's terms; undefined for an error that is none of the way's. */
export function problemOf(cluster: SlurmCluster, error: unknown): Problem | undefined {
  if (error instanceof LoginError) return waiting(clusterReasons.CredentialsNotFound, error.message);
  if (error instanceof SlurmUnreachable)
    return waiting(reasonOf(error.kind), `${error.message}${sessionCures[error.hop][error.kind] ?? ""}`);
  if (error instanceof PollFailure) {
    if (error.kind === "NoShell")
      return waiting(clusterReasons.ShellFailed, `${error.message}; ${cures.NoShell}`);
    return error.cause instanceof Error
      ? (problemOf(cluster, error.cause) ?? slurmFailed(cluster, error))
      : slurmFailed(cluster, error);
  }
  return undefined;
}

export function slurmFailed(cluster: SlurmCluster, error: PollFailure, elsewhere?: string): Problem {
  const { kind } = error;
  const cure = isNotFound(error) ? binDirectoryCure(cluster, elsewhere) : cures[kind];
  return waiting(clusterReasons.SlurmFailed, `${distinctLines(error.message)}; ${cure}`);
}

function binDirectoryCure({ spec: { binDirectory } }: SlurmCluster, elsewhere: string | undefined): string {
  if (elsewhere !== undefined && elsewhere !== binDirectory) {
    const now =
      binDirectory === undefined ? "not in the usual places" : `not in spec.binDirectory ${binDirectory}`;
    return `Slurm's commands are ${now}; the login's own profile finds them in ${elsewhere}: set spec.binDirectory to that`;
  }
  return binDirectory === undefined
    ? "if Slurm's commands are not in the usual places, set spec.binDirectory"
    : `are Slurm's commands in spec.binDirectory ${binDirectory}?`;
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

/** What to do about an answer that came and was none. */
const cures: Readonly<Record<PollFailureKind, string>> = {
  NoShell:
    "give the login a shell that runs commands (not rbash or nologin, no ForceCommand or command= such as internal-sftp), a password that has not expired, and a profile that neither ends the shell nor reads its input. It is asked again",
  Incomplete: "it is asked again",
  SlurmFailed: "is slurmctld up (scontrol ping)? It is asked again",
  Unreachable: "is slurmctld up (scontrol ping)? It is asked again",
};

const secretTiming = "A refused key is tried again within 15 minutes, a changed Secret within about one";

/** Where the session does not say the cure itself: it knows the keys, and says what to do with them. */
const sessionCures: Readonly<Record<Hop, Readonly<Partial<Record<UnreachableKind, string>>>>> = {
  login: {
    HostUnreachable: "; check spec.ssh.hosts and spec.ssh.port, the way there, and sshd",
    AuthenticationFailed: `; check that the login's public key is authorised there and that the Secret holds its private key. ${secretTiming}`,
  },
  jump: {
    HostUnreachable: "; check spec.ssh.jump.host and spec.ssh.jump.port, the way there, and sshd",
    AuthenticationFailed: `; check that the public key of spec.ssh.jump.user is authorised there and that the Secret in spec.ssh.jump holds its private key. ${secretTiming}`,
  },
};

/** A command of Slurm's is not where it was looked for. */
export const isNotFound = (error: unknown): error is PollFailure & { kind: "SlurmFailed" } =>
  error instanceof PollFailure && error.kind === "SlurmFailed" && /not found/u.test(error.message);

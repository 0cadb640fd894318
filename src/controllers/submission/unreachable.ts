import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { PollFailure } from "../../backends/slurm/poll/failure.ts";
import { SlurmCommandFailed, SlurmUnreachable } from "../../backends/slurm/session/unreachable.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { reasons } from "../../core/submission/reasons.ts";

/** A host that does not answer, or does not let us in, may do so again: never a verdict on a job. Undefined for any other error. */
export function unreachable(error: unknown, { cluster, user }: Attempt): Problem | undefined {
  const isTransport =
    error instanceof SlurmUnreachable || error instanceof SlurmCommandFailed || error instanceof PollFailure;
  if (!isTransport) return undefined;
  if (error instanceof SlurmUnreachable && error.kind === "AuthenticationFailed") {
    const message = `login ${user} of SlurmCluster "${cluster.name}" is refused: ${error.message}; check that its public key is authorised there and that its Secret holds the private key. A refused key is tried again within 15 minutes, a changed Secret within about one`;
    return waiting(reasons.LoginFailed, message);
  }
  return waiting(reasons.ClusterUnreachable, `cluster ${cluster.name} cannot be asked now: ${error.message}`);
}

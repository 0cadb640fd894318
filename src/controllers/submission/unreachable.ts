import { PollFailure } from "../../backends/slurm/poll/failure.ts";
import { SlurmCommandFailed, SlurmUnreachable } from "../../backends/slurm/session/unreachable.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { reasons } from "../../core/submission/reasons.ts";

/** A host that does not answer, or does not let us in, may do so again: never a verdict on a job. Undefined for any other error. */
export function unreachable(error: unknown, cluster: string): Problem | undefined {
  const isTransport =
    error instanceof SlurmUnreachable || error instanceof SlurmCommandFailed || error instanceof PollFailure;
  if (!isTransport) return undefined;
  return waiting(reasons.ClusterUnreachable, `cluster ${cluster} cannot be asked now: ${error.message}`);
}

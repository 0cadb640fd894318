import type { SlurmUnreachable } from "../../backends/slurm/session/unreachable.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { reasons } from "../../core/submission/reasons.ts";

/** A host that does not answer, or does not let us in, may do so again: never a verdict on a job. */
export function unreachable(error: SlurmUnreachable, cluster: string): Problem {
  return waiting(reasons.ClusterUnreachable, `cluster ${cluster} cannot be asked now: ${error.message}`);
}

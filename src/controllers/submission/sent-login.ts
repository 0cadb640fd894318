import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { Login } from "../../api/v1alpha1/slurm-cluster.ts";
import type { ClusterPoller, SlurmLogin } from "../../backends/slurm/backend.ts";
import { not, ok, type Outcome, waiting } from "../../core/problem.ts";
import { reasons } from "../../core/submission/reasons.ts";
import { LoginError } from "../cluster/clusters.ts";
import type { SubmissionDeps } from "./deps.ts";

/** The login that the attempt was sent as: a tenant that maps elsewhere today changes nothing for a job that was sent yesterday. */
export async function loginOf(
  deps: SubmissionDeps,
  submission: JobSubmission,
  { attempt, signal }: { attempt: Attempt; signal: AbortSignal },
): Promise<Outcome<{ login: SlurmLogin; poller: ClusterPoller }>> {
  const found = deps.clusters.find(submission.spec.target.slurm.name);
  if (found.is !== "live")
    return not(waiting(reasons.ClusterNotReady, `SlurmCluster "${attempt.cluster.name}" is not ready`));
  const { cluster } = found;
  const tenants: Login[] = (cluster.object.spec.tenants ?? []).map(({ login }) => login);
  const login = [...tenants, cluster.object.spec.observer].find(({ user }) => user === attempt.user);
  if (login === undefined) {
    const message = `the job was sent as ${attempt.user}, and no tenant of SlurmCluster "${attempt.cluster.name}" has that login any more; put it back until the job is over`;
    return not(waiting(reasons.LoginChanged, message));
  }
  try {
    return ok({ login: await cluster.login(login, { signal }), poller: cluster.poller });
  } catch (error) {
    if (error instanceof LoginError) return not(waiting(reasons.LoginFailed, error.message));
    throw error;
  }
}

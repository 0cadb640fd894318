import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { ClusterPoller, SlurmLogin } from "../../backends/slurm/backend.ts";
import { isSameLogin, namedLogins } from "../../core/cluster/logins.ts";
import { not, ok, type Outcome, waiting } from "../../core/problem.ts";
import { loginChanged } from "../../core/submission/login-changed.ts";
import { reasons } from "../../core/submission/reasons.ts";
import { LoginError } from "../cluster/clusters.ts";
import type { SubmissionDeps } from "./deps.ts";
import { findTenant } from "./placement.ts";

/** The login that the attempt was sent as: a tenant that maps elsewhere today changes nothing for a job that was sent yesterday. */
export async function loginOf(
  deps: Pick<SubmissionDeps, "client" | "clusters">,
  submission: JobSubmission,
  { attempt, signal }: { attempt: Attempt; signal: AbortSignal },
): Promise<Outcome<{ login: SlurmLogin; poller: ClusterPoller }>> {
  const found = deps.clusters.find(submission.spec.target.slurm.name);
  if (found.is !== "live")
    return not(waiting(reasons.ClusterNotReady, `SlurmCluster "${attempt.cluster.name}" is not ready`));
  const { cluster } = found;
  const login = await credentialsFor(deps, submission, { cluster: cluster.object, attempt, signal });
  if (login === undefined) return not(loginChanged(attempt.cluster.name, attempt.user));
  const watch = cluster.pollerOf(attempt.user);
  if (watch.is === "unavailable") return not(watch.problem);
  try {
    return ok({ login: await cluster.login(login, { signal }), poller: watch.poller });
  } catch (error) {
    if (error instanceof LoginError) return not(waiting(reasons.LoginFailed, error.message));
    throw error;
  }
}

/**
 * Where several tenants run as the user, each with a key of its own, the submission's tenant answers with its own. Any other of them will do when that
 * tenant is not to be known, or runs as somebody else today.
 */
async function credentialsFor(
  deps: Pick<SubmissionDeps, "client">,
  { metadata }: JobSubmission,
  sent: { cluster: SlurmCluster; attempt: Attempt; signal: AbortSignal },
): Promise<Login | undefined> {
  const { cluster, attempt, signal } = sent;
  const [first, ...others] = namedLogins(cluster.spec).filter(({ user }) => user === attempt.user);
  if (first === undefined || others.every((other) => isSameLogin(other, first))) return first;
  const tenant = await findTenant(deps, { cluster, namespace: metadata.namespace ?? "" }, signal);
  return tenant.ok && tenant.value.login.user === attempt.user ? tenant.value.login : first;
}

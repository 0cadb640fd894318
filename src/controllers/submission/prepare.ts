import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { installDirectory } from "../../backends/slurm/login/place.ts";
import { not, ok, type Outcome } from "../../core/problem.ts";
import { assemble } from "../../core/submission/assemble.ts";
import { openAttempt } from "../../core/submission/attempts.ts";
import { checkLimits } from "../../core/submission/limits.ts";
import type { Prepared } from "../../core/submission/prepared.ts";
import { keyOf } from "../../kube/key.ts";
import type { SubmissionDeps } from "./deps.ts";
import { findDependencies } from "./dependencies.ts";
import { findCluster, findTenant } from "./placement.ts";
import { findScript } from "./rendered.ts";
import { resolveVariables } from "./variables.ts";

/** Works a submission out to the last word, or says what is in the way. Nothing is sent. */
export async function prepare(
  deps: SubmissionDeps,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<Outcome<Prepared>> {
  const { metadata, spec } = submission;
  const isFresh = openAttempt(submission.status) === undefined;
  const dependency = isFresh ? await findDependencies(deps, submission, signal) : undefined;
  // No cluster, and no script, can make good a dependency that never comes true.
  if (dependency?.policy === "final") return not(dependency);
  const found = findCluster(deps, submission);
  if (!found.ok) return found;
  const { object: cluster, slurmName } = found.value;
  const tenant = await findTenant(deps, { cluster, namespace: metadata.namespace ?? "" }, signal);
  if (!tenant.ok) return tenant;
  const script = await findScript(deps, submission, signal);
  if (!script.ok) return script;
  if (dependency !== undefined) return not(dependency);
  const variables = await resolveVariables(
    deps.client,
    { namespace: metadata.namespace, variables: spec.variables ?? [] },
    signal,
  );
  if (!variables.ok) return variables;
  const assembly = assemble({
    submission,
    script: script.value.rendered,
    cluster,
    slurmName,
    tenant: tenant.value,
    variables: variables.value,
  });
  if (!assembly.ok) return assembly;
  const { user } = tenant.value.login;
  // What cannot be followed is not begun.
  const watch = found.value.pollerOf(user);
  if (watch.is === "unavailable") return not(watch.problem);
  const limit = isFresh
    ? deps.slots.take(metadata.uid, {
        cluster: cluster.metadata.name,
        user,
        key: keyOf(metadata),
        check: (inFlight) => checkLimits(cluster, user, inFlight),
      })
    : undefined;
  if (limit !== undefined) return not(limit);
  const { object, rendered } = script.value;
  return ok({
    cluster: { name: cluster.metadata.name, uid: cluster.metadata.uid, slurmName },
    user,
    scriptDigest: rendered.digest,
    root: installDirectory({ workDirectory: cluster.spec.workDirectory, install: deps.install, user }),
    script: { name: object.metadata.name, digest: rendered.digest },
    template: object.status.template,
    warnings: object.status.warnings ?? [],
    ...assembly.value,
  });
}

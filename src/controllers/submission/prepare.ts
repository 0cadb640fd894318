import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Tenant } from "../../api/v1alpha1/slurm-cluster.ts";
import { installDirectory } from "../../backends/slurm/login/place.ts";
import type { Instant } from "../../core/instant.ts";
import { not, ok, type Outcome } from "../../core/problem.ts";
import { assemble } from "../../core/submission/assemble.ts";
import { mayDepend } from "../../core/submission/dependencies.ts";
import { openAttempt } from "../../core/submission/attempts.ts";
import { checkLimits } from "../../core/submission/limits.ts";
import type { Prepared } from "../../core/submission/prepared.ts";
import { keyOf } from "../../kube/key.ts";
import type { LiveCluster } from "../cluster/clusters.ts";
import type { SubmissionDeps } from "./deps.ts";
import { findDependencies } from "./dependencies.ts";
import { findCluster, findTenant } from "./placement.ts";
import { findScript, type ReadyScript } from "./rendered.ts";
import { resolveVariables } from "./variables.ts";

/**
 * Works a submission out to the last word, or says what is in the way. Nothing is sent.
 * @param asOf the submission was seen before: what it names must not be older than this
 */
export async function prepare(
  deps: SubmissionDeps,
  submission: JobSubmission,
  { asOf, signal }: { asOf: Instant; signal: AbortSignal },
): Promise<Outcome<Prepared>> {
  const { metadata, spec } = submission;
  const isFresh = openAttempt(submission.status) === undefined;
  const dependency = mayDepend(submission.status)
    ? await findDependencies(deps, submission, signal)
    : undefined;
  // No cluster, and no script, can make good a dependency that never comes true.
  if (dependency?.policy === "final") return not(dependency);
  const placed = await place(deps, submission, { asOf, signal });
  if (!placed.ok) return placed;
  if (dependency !== undefined) return not(dependency);
  const { live, tenant, script } = placed.value;
  const { object: cluster, slurmName } = live;
  const variables = await resolveVariables(
    deps.client,
    { namespace: metadata.namespace, variables: spec.variables ?? [] },
    signal,
  );
  if (!variables.ok) return variables;
  const assembly = assemble({
    submission,
    script: script.rendered,
    cluster,
    slurmName,
    tenant,
    variables: variables.value,
  });
  if (!assembly.ok) return assembly;
  const { user } = tenant.login;
  // What cannot be followed is not begun.
  const watch = live.pollerOf(user);
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
  const { object, rendered } = script;
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

interface Placed {
  readonly live: LiveCluster;
  readonly tenant: Tenant;
  readonly script: ReadyScript;
}

async function place(
  deps: SubmissionDeps,
  submission: JobSubmission,
  { asOf, signal }: { asOf: Instant; signal: AbortSignal },
): Promise<Outcome<Placed>> {
  const found = findCluster(deps, submission);
  if (!found.ok) return found;
  const live = found.value;
  const namespace = submission.metadata.namespace ?? "";
  const tenant = await findTenant(deps, { cluster: live.object, namespace }, signal);
  if (!tenant.ok) return tenant;
  const script = await findScript(deps, submission, { asOf, signal });
  return script.ok ? ok({ live, tenant: tenant.value, script: script.value }) : script;
}

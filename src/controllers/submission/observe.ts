import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import { type Instant, instant } from "../../core/instant.ts";
import { type Outcome, type Problem, waiting } from "../../core/problem.ts";
import { launcherCodes } from "../../core/slurm/launcher/layout.ts";
import { isFinal } from "../../core/slurm/job-state-phase.ts";
import { openAttempt } from "../../core/submission/attempts.ts";
import type { Answers } from "../../core/submission/facts.ts";
import { lookFor } from "../../core/submission/look-for.ts";
import { remember } from "../../core/submission/memory.ts";
import type { Observed } from "../../core/submission/observed.ts";
import type { Partition } from "../../core/submission/partitions.ts";
import { mayTakeIn } from "../../core/submission/tenant.ts";
import type { Prepared } from "../../core/submission/prepared.ts";
import { reasons } from "../../core/submission/reasons.ts";
import { waitForRetry } from "../../core/submission/retry.ts";
import { isOver } from "../../core/submission/release.ts";
import type { FoundCluster, FoundPoller, LiveCluster } from "../cluster/clusters.ts";
import type { SubmissionDeps } from "./deps.ts";

/** Looks in a row that a quiet or missing job must last before that counts. */
const quietTicks = 3;
/** Milliseconds that it must last at least, however often a site is asked: an orphan lives for some seconds after slurmctld answers again (docs/model.md). */
const leastQuietMs = 10_000;

/** Everything known at this moment, without asking anybody: what needs the cluster is asked by the decision. */
export function observe(
  deps: SubmissionDeps,
  submission: JobSubmission,
  known: { prepared: Outcome<Prepared> | undefined; answers: Answers },
): Observed {
  const attempt = openAttempt(submission.status);
  const found = deps.clusters.find(submission.spec.target.slurm.name);
  const sight = attempt === undefined ? nothingSent : sightOf(found, attempt, deps.install);
  if (attempt !== undefined && sight.latest !== undefined)
    deps.memory.set(attempt.token, remember(deps.memory.get(attempt.token), attempt, sight.latest));
  return {
    submission,
    install: deps.install,
    now: instant(Date.now()),
    prepared: known.prepared,
    ...sight,
    observer: found.is === "live" ? found.cluster.object.spec.observer?.user : undefined,
    partitions: found.is === "live" ? openPartitions(found.cluster, submission, attempt) : [],
    queuedLongMs: queuedLongMs(found),
    strays: straysOf(found, submission),
    memory: attempt === undefined ? {} : deps.memory.get(attempt.token),
    answers: known.answers,
    turnedAwayCode: launcherCodes.turnedAway,
    quietTicks,
    quietMs: Math.max(quietTicks * intervalMs(found), leastQuietMs),
  };
}

/** Only what has yet to be sent is worked out: what runs keeps what it was sent with. */
export function needsPreparation(submission: JobSubmission, now: Instant): boolean {
  const { metadata, spec, status } = submission;
  if (metadata.deletionTimestamp !== undefined || spec.cancel === true || isOver(status)) return false;
  if (spec.suspend === true || waitForRetry(submission, now) > 0) return false;
  const attempt = openAttempt(status);
  return attempt === undefined || attempt.jobId === undefined;
}

type Sight = Pick<Observed, "unavailable" | "unavailableMs" | "latest">;

const nothingSent: Sight = { unavailable: undefined, unavailableMs: undefined, latest: undefined };

/** What the poller of the attempt's login shows of it, or why nobody can look. */
function sightOf(found: FoundCluster, attempt: Attempt, install: string): Sight {
  const watch = watchOf(found, attempt, install);
  if (watch.is === "unavailable") {
    const { problem, since } = watch;
    const unavailableMs = since === undefined ? undefined : steadyNow() - since;
    return { unavailable: problem, unavailableMs, latest: undefined };
  }
  const { latest } = watch.poller;
  return { ...nothingSent, latest: latest === undefined ? undefined : lookFor(latest, attempt) };
}

const unavailable = (problem: Problem): FoundPoller => ({ is: "unavailable", problem, since: undefined });

/**
 * Who sees the attempt's job. It lives where it was sent: another cluster behind the same name knows nothing of it, and must not be asked.
 */
function watchOf(found: FoundCluster, attempt: Attempt, install: string): FoundPoller {
  const { name, slurmName } = attempt.cluster;
  if (!attempt.token.startsWith(`${install}-`)) {
    const message = `the job was sent by an installation with another id (token ${attempt.token}), and this one, "${install}", does not see its jobs; restore ConfigMap "batchwright-install" in the operator's namespace with that id`;
    return unavailable(waiting(reasons.InstallChanged, message));
  }
  if (found.is === "absent") {
    const message = `SlurmCluster "${name}" is gone, and the job that was sent there can only be followed through it; create it again as it was`;
    return unavailable(waiting(reasons.ClusterNotFound, message));
  }
  if (found.is === "unavailable") return found;
  if (found.cluster.slurmName !== slurmName) {
    const message = `SlurmCluster "${name}" now leads to Slurm cluster "${found.cluster.slurmName}", but the job was sent to "${slurmName}"; point it there again`;
    return unavailable(waiting(reasons.ClusterIdentityChanged, message));
  }
  return found.cluster.pollerOf(attempt.user);
}

const defaultQueuedLongSeconds = 86_400;

function queuedLongMs(found: FoundCluster): number {
  const seconds = found.is === "live" ? found.cluster.object.spec.queuedLongSeconds : undefined;
  return (seconds ?? defaultQueuedLongSeconds) * 1000;
}

/** Those that no tenant opens to the submission are marked. Where several tenants may be its own, each counts. */
function openPartitions(
  { object, partitions }: LiveCluster,
  { metadata }: JobSubmission,
  attempt: Attempt | undefined,
): readonly Partition[] {
  const tenants = (object.spec.tenants ?? []).filter(
    (tenant) => tenant.login.user === attempt?.user && mayTakeIn(tenant, metadata.namespace),
  );
  const open = (name: string): boolean =>
    tenants.some(({ partitions: allowed }) => allowed === undefined || allowed.includes(name));
  return partitions.map((partition) => ({ ...partition, isClosed: !open(partition.name) }));
}

const defaultIntervalSeconds = 30;

function intervalMs(found: FoundCluster): number {
  const polling = found.is === "live" ? found.cluster.object.spec.polling : undefined;
  return (polling?.intervalSeconds ?? defaultIntervalSeconds) * 1000;
}

function straysOf(found: FoundCluster, { status }: JobSubmission): Attempt[] {
  if (found.is !== "live") return [];
  const { cluster } = found;
  return (status.attempts ?? []).filter((attempt) => {
    if (attempt.ended !== "DidNotRun") return false;
    const watch = cluster.pollerOf(attempt.user);
    const snapshot = watch.is === "watching" ? watch.poller.latest : undefined;
    const look = snapshot === undefined ? undefined : lookFor(snapshot, attempt);
    return look?.rows.some((row) => !isFinal(row)) === true;
  });
}

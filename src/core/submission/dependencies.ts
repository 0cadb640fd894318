import type { Dependency } from "../../api/v1alpha1/job-submission.ts";
import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { final, type Problem, waiting } from "../problem.ts";
import { reasons } from "./reasons.ts";

export interface SeenDependency {
  readonly dependency: Dependency;
  /** `undefined` when there is no such submission. */
  readonly status: Pick<JobSubmissionStatus, "phase" | "state" | "startedAt" | "retry"> | undefined;
  readonly isArchived?: boolean | undefined;
}

/**
 * Whether anything of it may still depend on others. What they have let through once has met them, whatever becomes of them since: an attempt that
 * came to nothing, or a run that is to be repeated, does not wait for them again.
 */
export const mayDepend = ({ attempts }: Pick<JobSubmissionStatus, "attempts">): boolean =>
  attempts === undefined;

/** What the dependencies still stand for, if anything. One that can never come true outranks those that may. */
export function checkDependencies(own: string, seen: readonly SeenDependency[]): Problem | undefined {
  if (seen.some(({ dependency }) => dependency.name === own))
    return final(
      reasons.DependencyNeverSatisfied,
      `spec.dependsOn: "${own}" names itself, so it would wait for ever; create it without that`,
    );
  const problems = seen.map(check).filter((problem) => problem !== undefined);
  return problems.find((problem) => problem.policy === "final") ?? problems[0];
}

function check({ dependency, status, isArchived }: SeenDependency): Problem | undefined {
  const { name } = dependency;
  const when = dependency.when ?? "Succeeded";
  if (status === undefined)
    return waiting(
      reasons.DependencyNotFound,
      `spec.dependsOn: there is no JobSubmission "${name}" in this namespace yet; create it, or create this submission without it`,
    );
  if (isArchived === true)
    return waiting(
      reasons.DependencyArchived,
      `spec.dependsOn: submission "${name}" is archived, and nothing new depends on it; set its spec.archived to false, or create this submission without it`,
    );
  const verdict = judge(when, status);
  if (verdict === "open")
    return waiting(
      reasons.DependencyOpen,
      `waits until submission "${name}" has ${wanted[when]}; it is ${status.state ?? status.phase ?? "Created"}`,
    );
  if (verdict === "never") {
    return final(
      reasons.DependencyNeverSatisfied,
      `spec.dependsOn: "${name}" ended ${status.phase ?? ""}${status.state === undefined ? "" : ` (${status.state})`}, so it can no longer have ${wanted[when]}; run it again under another name and submit this one anew`,
    );
  }
  return undefined;
}

const wanted = { Succeeded: "succeeded", Finished: "ended", Failed: "failed", Started: "started" } as const;

function judge(
  when: keyof typeof wanted,
  status: NonNullable<SeenDependency["status"]>,
): "met" | "open" | "never" {
  const isDone = status.phase === "Done";
  const isOver = isDone || status.phase === "Rejected" || status.phase === "Aborted";
  const isMet = {
    Succeeded: isDone,
    Finished: isOver,
    Failed: isOver && !isDone,
    Started: isDone || status.startedAt !== undefined || status.retry !== undefined,
  }[when];
  if (isMet) return "met";
  return isOver ? "never" : "open";
}

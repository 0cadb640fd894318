import { z } from "zod";
import { jobSubmission, type JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { jobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { Problem } from "../../core/problem.ts";
import { checkDependencies } from "../../core/submission/dependencies.ts";
import { checkCycle, findCycle } from "../../core/submission/dependency-cycle.ts";
import { keyOf } from "../../kube/key.ts";
import { jobSubmissions } from "../resources.ts";
import type { SubmissionDeps } from "./deps.ts";
import { besides } from "./submissions.ts";

type Deps = Pick<SubmissionDeps, "client" | "submissions">;

const seenDependency = z.object({
  spec: z.object({ archived: z.boolean().optional() }),
  status: jobSubmissionStatus.default({}),
});

/** A dependency may be finished, and then no watch shows it: it is read. */
export async function findDependencies(
  deps: Deps,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const seen = await Promise.all(
    (submission.spec.dependsOn ?? []).map(async (dependency) => {
      const key = keyOf({ namespace: submission.metadata.namespace, name: dependency.name });
      const found = await deps.client.find(jobSubmissions, key, seenDependency, { signal });
      return { dependency, status: found?.status, isArchived: found?.spec.archived };
    }),
  );
  const problem = checkDependencies(submission.metadata.name, seen);
  if (problem?.policy !== "waiting") return problem;
  return (await findDeadlock(deps, submission, signal)) ?? problem;
}

/** The watch proposes a circle, which costs nothing; it trails what is stored, so each member is read before anything is refused. */
async function findDeadlock(
  { client, submissions }: Deps,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const own = keyOf(submission.metadata);
  const [, ...others] =
    findCycle(
      submission.metadata.name,
      (name) => submissions.store.get(besides(own, name))?.dependsOn ?? [],
    ) ?? [];
  if (others.length === 0) return undefined;
  const read = await Promise.all(
    others.map(async (name) => client.find(jobSubmissions, besides(own, name), jobSubmission, { signal })),
  );
  const members = read.filter((member) => member !== undefined);
  return members.length === others.length ? checkCycle([submission, ...members]) : undefined;
}

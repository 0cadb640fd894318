import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { isFinal } from "../slurm/job-state-phase.ts";
import { cpusOf, gpusOf, type RunUsage } from "../slurm/run-usage.ts";
import { conditionOf, cut } from "../status/conditions.ts";
import { fromTime, toTime } from "../status/time.ts";
import type { Observed } from "./observed.ts";
import type { Step } from "./step.ts";

type Usage = NonNullable<JobSubmissionStatus["usage"]>;

/** Accounting trails the controller, by a second as a rule. What it does not know by then is left out. */
const patienceMs = 10_000;
const againMs = 1000;
const mostRuns = 16;
const mostResources = 32;

/** Attempts of which something ran, so that accounting may know of it. */
export const ranAttempts = ({ attempts }: JobSubmissionStatus): readonly Attempt[] =>
  (attempts ?? []).filter(({ jobId, ended }) => jobId !== undefined && ended === "Over");

/**
 * After the end is stored and nothing holds the object any more, what it took is asked for, to be written along with `finished`. It is no part of
 * the end: an accounting that does not answer holds nothing up.
 */
export function decideUsage(
  seen: Observed,
): { step: Step } | Pick<JobSubmissionStatus, "usage" | "allocatedResources"> {
  const { status } = seen.submission;
  const attempts = ranAttempts(status);
  const { usage, unreachable } = seen.answers;
  if (attempts.length === 0 || status.startedAt === undefined || unreachable !== undefined) return {};
  if (usage === undefined) return { step: { do: "ask", question: { ask: "usage", of: attempts } } };
  if (usage === "none") return {};
  if (!isWhole(attempts, usage) && isEarly(seen)) return { step: { do: "wait", ms: againMs } };
  return { usage: usageOf(attempts, usage), allocatedResources: allocatedOf(usage) };
}

/** Of the last attempt, all that Slurm has rows of is over. */
function isWhole(attempts: readonly Attempt[], rows: readonly JobRow[]): boolean {
  const token = attempts.at(-1)?.token;
  const own = rows.filter((row) => row.token === token);
  return own.length > 0 && own.every((row) => isFinal(row) && row.endedAt !== undefined);
}

function isEarly({ submission, now }: Observed): boolean {
  const end = conditionOf(submission.status.conditions, "Succeeded");
  const age = end === undefined ? Infinity : now - fromTime(end.lastTransitionTime);
  return age >= 0 && age < patienceMs;
}

/** All runs and tasks of all attempts together. */
export function usageOf(attempts: readonly Attempt[], rows: readonly JobRow[]): Usage | undefined {
  const runs = attempts.flatMap(({ index, token, jobId }) =>
    rows
      .filter((row) => row.token === token && row.jobId === Number(jobId))
      .flatMap((row) =>
        (row.runs ?? []).map((run) => ({ run, attempt: index, isTask: row.taskIndexes !== undefined })),
      ),
  );
  if (runs.length === 0) return undefined;
  const sum = (of: (run: RunUsage) => number): number => runs.reduce((total, { run }) => total + of(run), 0);
  const cpuSeconds = Math.round(sum((run) => run.cpuSeconds));
  const allocatedCpuSeconds = sum((run) => run.runSeconds * cpusOf(run));
  const peak = Math.max(...runs.map(({ run }) => run.peakMemoryBytes ?? 0));
  const energy = sum((run) => run.energyJoules ?? 0);
  const single = runs.filter(({ isTask }) => !isTask);
  return {
    runSeconds: sum((run) => run.runSeconds),
    cpuSeconds,
    allocatedCpuSeconds,
    ...(allocatedCpuSeconds === 0
      ? {}
      : { cpuEfficiencyPercent: Math.min(Math.round((100 * cpuSeconds) / allocatedCpuSeconds), 100_000) }),
    gpuSeconds: sum((run) => run.runSeconds * gpusOf(run)),
    ...(peak === 0 ? {} : { peakMemoryBytes: peak }),
    ...(energy === 0 ? {} : { energyJoules: energy }),
    ...(single.length === 0 ? {} : { runs: single.slice(-mostRuns).map(runOf) }),
  };
}

function runOf({ run, attempt }: { run: RunUsage; attempt: number }) {
  return {
    attempt,
    state: run.state,
    ...(run.startedAt === undefined ? {} : { startedAt: toTime(run.startedAt) }),
    ...(run.endedAt === undefined ? {} : { endedAt: toTime(run.endedAt) }),
    runSeconds: run.runSeconds,
    cpuSeconds: Math.round(run.cpuSeconds),
    ...(run.peakMemoryBytes === undefined ? {} : { peakMemoryBytes: run.peakMemoryBytes }),
  };
}

/** Of the last run; of an array, of one of its tasks. */
function allocatedOf(rows: readonly JobRow[]): JobSubmissionStatus["allocatedResources"] {
  const run = rows.flatMap(({ runs }) => runs ?? []).at(-1);
  const all = [...(run?.allocated ?? [])].map(([name, value]) => ({
    name: cut(name, 64),
    value: cut(value, 64),
  }));
  return all.length === 0 ? undefined : all.slice(0, mostResources);
}

import type { JobSubmission } from "../../../../src/api/v1alpha1/job-submission.ts";
import type { Attempt, JobSubmissionStatus } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import { instant } from "../../../../src/core/instant.ts";
import { ok } from "../../../../src/core/problem.ts";
import type { JobRow } from "../../../../src/core/slurm/job-row.ts";
import type { Marks } from "../../../../src/core/slurm/marks.ts";
import { tokenOf } from "../../../../src/core/slurm/token.ts";
import { decide } from "../../../../src/core/submission/decide.ts";
import type { Look } from "../../../../src/core/submission/facts.ts";
import type { Observed } from "../../../../src/core/submission/observed.ts";
import type { Prepared } from "../../../../src/core/submission/prepared.ts";
import type { Step } from "../../../../src/core/submission/step.ts";

export const uid = "0f0e0d0c-0b0a-0908-0706-050403020100";
export const now = instant(Date.parse("2026-11-22T12:00:00Z"));
export const turnedAwayCode = 113;
const digest = `sha256:${"a".repeat(64)}`;

export const prepared: Prepared = {
  cluster: { name: "c1", uid: "cluster-uid", slurmName: "c1" },
  user: "alice",
  scriptDigest: digest,
  optionsDigest: digest,
  root: "/home/alice/batchwright/lab",
  effectiveOptions: [{ option: "time", value: "5", from: "Submission" }],
  script: { name: "hello", digest },
  template: undefined,
  warnings: [],
  stage: (directory) => ({
    files: [{ path: "batch.sh", content: new TextEncoder().encode(directory), mode: 0o500 }],
    arguments: ["--time=5"],
  }),
};

export const tokenAt = (index: number) => tokenOf({ install: "lab", uid, index });

export function attempt(change: Partial<Attempt> = {}): Attempt {
  const index = change.index ?? 1;
  const token = tokenAt(index);
  return {
    index,
    token,
    since: "2026-11-22T11:59:00Z",
    cluster: prepared.cluster,
    user: "alice",
    directory: `${prepared.root}/${token}`,
    scriptDigest: digest,
    optionsDigest: digest,
    ...change,
  };
}

export function submission(
  status: JobSubmissionStatus = {},
  change: { spec?: Partial<JobSubmission["spec"]>; metadata?: Partial<JobSubmission["metadata"]> } = {},
): JobSubmission {
  return {
    metadata: {
      name: "hello",
      namespace: "default",
      uid,
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: "2026-11-22T11:58:00Z",
      finalizers: ["batchwright.dev/job"],
      labels: {},
      annotations: {},
      ownerReferences: [],
      ...change.metadata,
    },
    spec: { from: { script: { name: "hello" } }, target: { slurm: { name: "c1" } }, ...change.spec },
    status: { phase: "Created", finished: "false", ...status },
  };
}

export function row(change: Partial<JobRow> = {}): JobRow {
  return {
    token: tokenAt(1),
    user: "alice",
    jobId: 7,
    taskIndexes: undefined,
    state: "RUNNING",
    flags: [],
    unknownWord: undefined,
    reason: "None",
    partition: "main",
    nodes: "n1",
    submittedAt: now,
    startedAt: now,
    endedAt: undefined,
    timeLimitSeconds: 300,
    priority: 1,
    reservation: "",
    restarts: 0,
    exit: undefined,
    ...change,
  };
}

export const look = (rows: readonly JobRow[], at: { begun?: number; tick?: number } = {}): Look => ({
  begun: instant(now + (at.begun ?? 0)),
  tick: at.tick ?? 1,
  rows,
});

export function observed(change: Partial<Observed> & { submission: JobSubmission }): Observed {
  return {
    install: "lab",
    now,
    prepared: ok(prepared),
    unavailable: undefined,
    unavailableMs: undefined,
    observer: "observer",
    partitions: [],
    queuedLongMs: 86_400_000,
    latest: undefined,
    strays: [],
    memory: {},
    turnedAwayCode,
    quietTicks: 3,
    quietMs: 0,
    answers: {},
    ...change,
  };
}

/** What marks and accounting say is of after the look given, and a log is job 7's, unless a test says otherwise. */
export function decided(change: Partial<Observed> & { submission: JobSubmission }): Step {
  const { latest } = change;
  const on = latest === undefined ? {} : { marksOn: latest, accountingOn: latest };
  const logPath = `${attempt().directory}/work/slurm-7.out`;
  return decide(observed({ ...change, answers: { ...on, logPath, ...change.answers } }));
}

export function writing(step: Step): Extract<Step, { do: "write" }> {
  if (step.do !== "write") throw new Error(`expected a write, got ${JSON.stringify(step)}`);
  return step;
}

/** What a step stores, without the conditions' times. */
export const written = (step: Step): JobSubmissionStatus => writing(step).status;

export function conditionsOf(step: Step): Record<string, string> {
  return Object.fromEntries(
    (written(step).conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
}

export const asked = (step: Step): string => (step.do === "ask" ? step.question.ask : step.do);

export const sent = submission({ phase: "Submitted", jobId: "7", attempts: [attempt({ jobId: "7" })] });
export const noMarks: Marks = { owner: { is: "none" }, closed: false, tried: true, exits: [], outputs: [] };
export const exited = (code: number): Marks => ({
  owner: { is: "job", jobId: 7 },
  closed: true,
  tried: true,
  exits: [{ jobId: 7, taskIndex: undefined, end: { is: "exited", code }, restart: 0, at: now }],
  outputs: [{ name: "energy", value: "-15.8", taskIndex: undefined }],
});
export const owned = { closed: { owner: { is: "job", jobId: 7 }, at: instant(now + 1000) } } as const;
export const free = { closed: { owner: { is: "void" }, at: instant(now + 1000) } } as const;

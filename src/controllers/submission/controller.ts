import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import { jobSubmission, type JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { instant } from "../../core/instant.ts";
import type { Outcome } from "../../core/problem.ts";
import { openAttempt } from "../../core/submission/attempts.ts";
import { conditionOf } from "../../core/status/conditions.ts";
import { decide } from "../../core/submission/decide.ts";
import type { Answers } from "../../core/submission/facts.ts";
import type { Prepared } from "../../core/submission/prepared.ts";
import { reasons } from "../../core/submission/reasons.ts";
import type { Question, Step } from "../../core/submission/step.ts";
import { ConflictError, NotFoundError } from "../../kube/errors.ts";
import { keyOf, type Key } from "../../kube/key.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { done, requeueAfter, type Result } from "../../runtime/outcome.ts";
import { jobSubmissions } from "../resources.ts";
import { ask } from "./ask.ts";
import type { SubmissionDeps } from "./deps.ts";
import { type Hint, hintOf } from "./hint.ts";
import { needsPreparation, observe } from "./observe.ts";
import { prepare } from "./prepare.ts";
import { secretsOf } from "./secrets.ts";
import { loginOf } from "./sent-login.ts";
import { dropFinalizer, storeFinalizer, storeStatus, tell } from "./store-status.ts";
import { unreachable } from "./unreachable.ts";

/** A life has about ten steps; what takes more goes round in circles, and the next turn begins afresh. */
const mostSteps = 40;
const conflictMs = 20;

type Writing = Extract<Step, { do: "write" | "addFinalizer" | "removeFinalizer" }>;

/**
 * observe → decide → act → report, until there is nothing left to do but to wait. It begins with what is known already, which may be old:
 * that is good for waiting and for a guarded write, and everything else reads the object first.
 */
export async function reconcile(key: Key, deps: SubmissionDeps, context: ReconcileContext): Promise<Result> {
  const hint = hintOf(deps, key);
  if (hint !== undefined) {
    try {
      const result = await walk({ ...hint, isRead: false }, deps, context);
      if (result !== undefined) return result;
    } catch (error) {
      // It was old.
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
  }
  const submission = await read(key, deps, context.signal);
  if (submission === undefined) {
    if (hint !== undefined) forget(deps, hint.submission);
    return done;
  }
  try {
    return (await walk({ submission, seenAt: steadyNow(), isRead: true }, deps, context)) ?? done;
  } catch (error) {
    // Somebody wrote meanwhile: everything is looked at again, nothing is sent again.
    if (error instanceof ConflictError) return requeueAfter(conflictMs);
    if (error instanceof NotFoundError && submission.metadata.deletionTimestamp !== undefined) return done;
    throw error;
  }
}

async function read(
  key: Key,
  { client, own }: SubmissionDeps,
  signal: AbortSignal,
): Promise<JobSubmission | undefined> {
  const submission = await client.find(jobSubmissions, key, jobSubmission, { signal });
  if (submission !== undefined) own.read(key, submission);
  return submission;
}

interface Start extends Hint {
  /** Whether it is what the API server has, and not what it had. */
  readonly isRead: boolean;
}

/** @returns undefined where the object has to be read before anything is asked */
async function walk(
  start: Start,
  deps: SubmissionDeps,
  { signal, logger }: ReconcileContext,
): Promise<Result | undefined> {
  const { seenAt } = start;
  let { submission, isRead } = start;
  let answers: Answers = {};
  let prepared: Outcome<Prepared> | undefined;
  for (let turn = 0; turn < mostSteps; turn += 1) {
    if (prepared === undefined && needsPreparation(submission, instant(Date.now())))
      prepared = await prepare(deps, submission, { asOf: seenAt, signal });
    const step = decide(observe(deps, submission, { prepared, answers }));
    logger.debug(
      { step: step.do === "ask" ? step.question.ask : step.do, phase: submission.status.phase },
      "decided",
    );
    if (step.do === "wait") {
      tidy(deps, submission);
      return later(step.ms, step.yields);
    }
    if (step.do === "ask" && !isRead) return undefined;
    if (step.do === "ask") {
      answers = { ...answers, ...(await answer(deps, submission, { question: step.question, signal })) };
      continue;
    }
    // A write holds only for this very version: one that went well has shown that there is no newer one.
    const stored = await store(deps, submission, { step, signal });
    isRead = true;
    // Whether there is room for the next attempt is asked anew.
    if (hasClosed(submission, stored)) prepared = undefined;
    submission = stored;
    // What was asked before the write was asked about another state.
    answers = {};
    const end = endAfter(step, deps, submission);
    if (end !== undefined) return end;
  }
  throw new Error("a submission took more steps than a life has");
}

const hasClosed = (before: JobSubmission, after: JobSubmission): boolean =>
  openAttempt(before.status) !== undefined && openAttempt(after.status) === undefined;

/** What a write leaves to be done; undefined to go on. */
function endAfter(step: Writing, deps: SubmissionDeps, submission: JobSubmission): Result | undefined {
  if (step.do === "write") tidy(deps, submission);
  if (step.do === "write" && step.next !== "again") return later(step.next.wait);
  if (step.do === "removeFinalizer" && submission.metadata.deletionTimestamp !== undefined) {
    forget(deps, submission);
    return done;
  }
  return undefined;
}

const later = (ms: number | undefined, yields = false): Result =>
  ms === undefined ? done : requeueAfter(ms, yields ? -100 : 0);

async function store(
  deps: SubmissionDeps,
  submission: JobSubmission,
  { step, signal }: { step: Writing; signal: AbortSignal },
): Promise<JobSubmission> {
  switch (step.do) {
    case "write": {
      const stored = noted(deps, await storeStatus(deps, submission, { status: step.status, signal }));
      noteAcceptance(deps, submission, stored);
      noteLimit(deps, submission, stored);
      tell(deps, stored, step.notes);
      return stored;
    }
    case "addFinalizer":
      return noted(deps, await storeFinalizer(deps, submission, signal));
    case "removeFinalizer": {
      const stored = noted(deps, await dropFinalizer(deps, submission, signal));
      tell(deps, stored, step.notes);
      return stored;
    }
  }
}

function noted({ own }: SubmissionDeps, stored: JobSubmission): JobSubmission {
  own.stored(keyOf(stored.metadata), stored);
  return stored;
}

/** What squeue was asked before the id was stored may lack the job. A process that starts later asks later, and need not know. */
function noteAcceptance({ memory }: SubmissionDeps, before: JobSubmission, stored: JobSubmission): void {
  const attempt = openAttempt(stored.status);
  if (attempt?.jobId === undefined || attempt.jobId === openAttempt(before.status)?.jobId) return;
  memory.set(attempt.token, { ...memory.get(attempt.token), acceptedAt: steadyNow() });
}

/** The attempt was just turned away by a limit of the site: whoever would come next waits for somebody's end instead. */
function noteLimit(
  { slots }: SubmissionDeps,
  before: JobSubmission,
  { metadata, status }: JobSubmission,
): void {
  const attempt = openAttempt(before.status);
  if (attempt === undefined || openAttempt(status) !== undefined) return;
  if (conditionOf(status.conditions, "Reconciling")?.reason !== reasons.SubmitLimitReached) return;
  slots.limitReached(metadata.uid, { cluster: attempt.cluster.name, user: attempt.user });
}

/** What is kept in memory for an open attempt goes with it. */
function tidy(deps: SubmissionDeps, submission: JobSubmission): void {
  const { attempts } = submission.status;
  if (openAttempt(submission.status) === undefined) deps.slots.release(submission.metadata.uid);
  deps.memory.forget((attempts ?? []).filter(({ ended }) => ended !== undefined).map(({ token }) => token));
}

/** Of an object that is gone nothing is kept. */
function forget(deps: SubmissionDeps, { metadata, status }: JobSubmission): void {
  deps.slots.release(metadata.uid);
  deps.memory.forget((status.attempts ?? []).map(({ token }) => token));
}

async function answer(
  deps: SubmissionDeps,
  submission: JobSubmission,
  { question, signal }: { question: Question; signal: AbortSignal },
): Promise<Answers> {
  const attempt = openAttempt(submission.status) ?? submission.status.attempts?.at(-1);
  if (attempt === undefined) throw new Error("asked without an attempt");
  const login = await loginOf(deps, submission, { attempt, signal });
  if (!login.ok) return { unreachable: login.problem };
  try {
    const secrets = async (): Promise<readonly string[]> => secretsOf(deps, submission, signal);
    const answers = await ask(question, { attempt, ...login.value, secrets }, { signal });
    if (answers.close?.is === "fenced")
      deps.memory.set(attempt.token, {
        ...deps.memory.get(attempt.token),
        closed: { owner: answers.close.owner, at: steadyNow() },
      });
    return answers;
  } catch (error) {
    const problem = unreachable(error, attempt);
    if (problem === undefined) throw error;
    return { unreachable: problem };
  }
}

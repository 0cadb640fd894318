import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { Call, ClusterPoller, DatedPlace, SlurmLogin, StagedJob } from "../../backends/slurm/backend.ts";
import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import type { Instant } from "../../core/instant.ts";
import { waiting } from "../../core/problem.ts";
import type { Marks } from "../../core/slurm/marks.ts";
import { fromTime } from "../../core/status/time.ts";
import { deadlineOf, tokenOfAttempt } from "../../core/submission/attempts.ts";
import { lookFor } from "../../core/submission/look-for.ts";
import { reasons } from "../../core/submission/reasons.ts";
import type { Answers } from "../../core/submission/facts.ts";
import type { Question } from "../../core/submission/step.ts";

const tailBytes = 4000;

export interface Asked {
  readonly attempt: Attempt;
  readonly login: SlurmLogin;
  readonly poller: ClusterPoller;
  /** What must not be seen in a log, of what the job was given. */
  readonly secrets: () => Promise<readonly string[]>;
}

/** Carries a question to the cluster. Each may be asked any number of times. @throws SlurmUnreachable when no answer came of it */
export async function ask(question: Question, asked: Asked, call: Call): Promise<Answers> {
  const { attempt, login } = asked;
  const place = placeOf(attempt);
  switch (question.ask) {
    case "put":
      return put({ ...place, ...question.job }, asked, call);
    case "void":
      return { void: await login.void(place, call) };
    case "close":
      return { close: await login.close(place, call) };
    case "cancel":
      return { cancelled: await login.cancel(place, call) };
    case "hold":
      return hold(question.held, asked, call);
    case "own":
      return { own: await login.find(place, call) };
    case "look":
      return look(question.after, asked, call);
    case "accounting":
      return { ...(await accounting(asked, call)), accountingOn: question.on };
    case "marks":
      return { marks: await readMarks(asked, call), marksOn: question.on };
    case "usage":
      return usage(question.of, asked, call);
    case "log":
      return readLog(question.path, asked, call);
    case "sweep":
      for (const stray of question.attempts) await login.cancel(placeOf(stray), call);
      return { swept: true };
  }
}

async function readLog(path: string, { login, secrets }: Asked, call: Call): Promise<Answers> {
  const found = await login.readTail({ path, bytes: tailBytes, secrets: await secrets() }, call);
  return { log: found ?? null, logPath: path };
}

const noMarks: Marks = { owner: { is: "none" }, closed: false, tried: false, exits: [], outputs: [] };

async function readMarks({ attempt, login }: Asked, call: Call): Promise<Marks> {
  const place = placeOf(attempt);
  return (await login.readMarks([place], call)).get(place.token) ?? noMarks;
}

async function hold(held: boolean, { attempt, login }: Asked, call: Call): Promise<Answers> {
  const refusal = await login.hold(placeOf(attempt), held, call);
  const answer = { at: steadyNow(), refusal };
  return held ? { hold: answer } : { release: answer };
}

async function put(job: StagedJob, { login, poller }: Asked, call: Call): Promise<Answers> {
  const answer = await login.put(job, call);
  if (answer.is === "accepted") poller.hurry();
  return { put: answer };
}

async function look(after: Instant, { attempt, poller }: Asked, call: Call): Promise<Answers> {
  const seen = lookFor(await poller.begunAfter(after, call), attempt);
  if (seen !== undefined) return { look: seen };
  return {
    unreachable: waiting(
      reasons.ClusterUnreachable,
      `a row of job ${attempt.jobId ?? ""} in squeue's answer cannot be read`,
    ),
  };
}

/** An accounting that hangs holds nobody's end up for longer. */
const usagePatienceMs = 15_000;

async function usage(attempts: readonly Attempt[], { poller }: Asked, call: Call): Promise<Answers> {
  const patience = AbortSignal.timeout(usagePatienceMs);
  try {
    const signal = AbortSignal.any([call.signal, patience]);
    const found = await poller.accounting(attempts.map(soughtOf), { ...call, signal });
    return { usage: found === undefined ? "none" : [...found.values()].flat() };
  } catch (error) {
    if (!patience.aborted || call.signal.aborted) throw error;
    return { usage: "none" };
  }
}

const soughtOf = (attempt: Attempt) => ({
  token: tokenOfAttempt(attempt),
  jobId: attempt.jobId === undefined ? undefined : Number(attempt.jobId),
  user: attempt.user,
  since: fromTime(attempt.since),
});

async function accounting({ attempt, poller }: Asked, call: Call): Promise<Answers> {
  const sought = soughtOf(attempt);
  const found = await poller.accounting([sought], call);
  return { accounting: found === undefined ? "none" : (found.get(sought.token) ?? []) };
}

function placeOf(attempt: Attempt): DatedPlace {
  return {
    token: tokenOfAttempt(attempt),
    directory: attempt.directory,
    deadline: deadlineOf(attempt),
    cluster: attempt.cluster.name,
  };
}

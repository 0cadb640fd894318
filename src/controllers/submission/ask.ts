import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { Call, ClusterPoller, Place, SlurmLogin, StagedJob } from "../../backends/slurm/backend.ts";
import { after, type Instant } from "../../core/instant.ts";
import { fromTime } from "../../core/status/time.ts";
import { tokenOfAttempt } from "../../core/submission/attempts.ts";
import type { Answers } from "../../core/submission/facts.ts";
import type { Question } from "../../core/submission/step.ts";

/** How long after it was opened an attempt may still be sent. Its marks are kept at least as long. */
export const sendHorizonMs = 7 * 86_400_000;
const tailBytes = 4000;

export interface Asked {
  readonly attempt: Attempt;
  readonly login: SlurmLogin;
  readonly poller: ClusterPoller;
}

/** Carries a question to the cluster. Each may be asked any number of times. @throws SlurmUnreachable when no answer came of it */
export async function ask(question: Question, asked: Asked, call: Call): Promise<Answers> {
  const { attempt, login, poller } = asked;
  const place = placeOf(attempt);
  switch (question.ask) {
    case "put": {
      const job: StagedJob = { ...place, ...question.job, deadline: deadlineOf(attempt) };
      const put = await login.put(job, call);
      if (put.is === "accepted") poller.hurry();
      return { put };
    }
    case "void":
      return { void: await login.void(place, call) };
    case "close":
      return { close: await login.close(place, call) };
    case "cancel":
      await login.cancel(place, call);
      poller.hurry();
      return { cancelled: true };
    case "look": {
      poller.hurry();
      const { begun, tick, rows } = await poller.begunAfter(question.after, call);
      return { look: { begun, tick, rows: rows.get(place.token) ?? [] } };
    }
    case "accounting": {
      const jobId = attempt.jobId === undefined ? undefined : Number(attempt.jobId);
      const found = await poller.accounting(
        [{ token: place.token, jobId, user: attempt.user, since: fromTime(attempt.since) }],
        call,
      );
      return { accounting: found === undefined ? "none" : (found.get(place.token) ?? []) };
    }
    case "marks": {
      const marks = (await login.readMarks([place], call)).get(place.token);
      return { marks: marks ?? { owner: { is: "none" }, closed: false, exits: [], outputs: [] } };
    }
    case "log":
      return { log: (await login.readTail({ path: question.path, bytes: tailBytes }, call)) ?? null };
    case "sweep":
      for (const stray of question.attempts) await login.cancel(placeOf(stray), call);
      return { swept: true };
  }
}

function placeOf(attempt: Attempt): Place {
  return { token: tokenOfAttempt(attempt), directory: attempt.directory };
}

/** Fixed for the token by what is stored of it, so that every put of it and `forget` know the same. */
function deadlineOf(attempt: Attempt): Instant {
  return after(fromTime(attempt.since), sendHorizonMs);
}

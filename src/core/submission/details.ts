import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import { reasonInPlainWords } from "../slurm/reason.ts";
import { cut } from "../status/conditions.ts";
import { toTime } from "../status/time.ts";
import type { Picture } from "./picture.ts";

/** The scalars of the status, from what Slurm shows now. What Slurm no longer shows keeps its last value; `undefined` says that a stored field goes. */
export function detailsOf(picture: Picture, status: JobSubmissionStatus): Partial<JobSubmissionStatus> {
  const { lead, verdict, array } = picture;
  const state = verdict.is === "live" || verdict.is === "ended" ? verdict.state : status.state;
  return {
    state,
    flags: picture.flags.length > 0 || status.flags !== undefined ? [...picture.flags] : undefined,
    reason: lead === undefined ? status.reason : reasonOf(lead.reason),
    partition: lead === undefined || lead.partition === "" ? status.partition : lead.partition,
    nodes: lead === undefined || lead.nodes === "" ? status.nodes : cut(lead.nodes, 4096),
    submittedAt: timeOf(lead?.submittedAt) ?? status.submittedAt,
    startedAt: timeOf(picture.startedAt) ?? (lead?.state === "PENDING" ? undefined : status.startedAt),
    endedAt: verdict.is === "ended" ? timeOf(picture.endedAt) : undefined,
    timeLimitSeconds: lead?.timeLimitSeconds ?? status.timeLimitSeconds,
    reservation: lead === undefined || lead.reservation === "" ? status.reservation : lead.reservation,
    restarts: lead === undefined ? status.restarts : lead.restarts,
    // Moves with every scheduling pass: written along with something else, never by itself.
    priority: lead?.priority ?? status.priority,
    array:
      array === undefined
        ? status.array
        : {
            tasks: array.states.reduce((sum, { count }) => sum + count, 0),
            states: array.states.map(({ state: name, count, indexes }) => ({ state: name, count, indexes })),
          },
  };
}

/** Whether a write would tell anything new. */
export function isNews(change: Partial<JobSubmissionStatus>, status: JobSubmissionStatus): boolean {
  const { priority: _, ...rest } = change;
  return Object.entries(rest).some(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(fieldOf(status, field)),
  );
}

function fieldOf(status: JobSubmissionStatus, field: string): unknown {
  return Object.entries(status).find(([name]) => name === field)?.[1];
}

function reasonOf(word: string): JobSubmissionStatus["reason"] {
  return word === "" || word === "None"
    ? undefined
    : { word: cut(word, 255), text: cut(reasonInPlainWords(word), 1024) };
}

const timeOf = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : toTime(at));

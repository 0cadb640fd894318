import { annotations } from "../../api/group.ts";
import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { logPath } from "../slurm/launcher/log-path.ts";
import { cut } from "../status/conditions.ts";
import { toTime } from "../status/time.ts";
import { isOf } from "./evidence.ts";
import type { Answers } from "./facts.ts";
import type { Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { type ArrayTasks, tasksOf } from "./retried-tasks.ts";
import type { Step } from "./step.ts";

type Log = NonNullable<JobSubmissionStatus["log"]>;

/** Where a log is to be read, or why nowhere. */
export type LogPlace =
  | { readonly is: "file"; readonly path: string; readonly task: number | undefined }
  | { readonly is: "none"; readonly message: string };

/** The annotation that asks for the log, unless it has been answered. */
export function openRequest({ submission: { metadata, status } }: Observed): string | undefined {
  const asked = metadata.annotations[annotations.readLog];
  const request = asked === undefined ? undefined : cut(asked, longestRequest);
  return request === status.log?.request ? undefined : request;
}

/** As in the schema. */
const longestRequest = 253;

/** Of an array the task that the annotation names, else the one that the verdict speaks of, else the first that failed, else one that runs. */
export function placeOfLog(seen: Observed, attempt: Attempt, picture: Picture): LogPlace {
  const { submission } = seen;
  if (attempt.jobId === undefined) return { is: "none", message: "No job has begun." };
  const option = (name: string) =>
    submission.status.effectiveOptions?.find((entry) => entry.option === name)?.value;
  const task = picture.array === undefined ? undefined : taskOf(seen, attempt, picture);
  if (typeof task === "string") return { is: "none", message: task };
  const path = logPath({
    directory: attempt.directory,
    output: option("output"),
    chdir: option("chdir"),
    jobName: option("job-name") ?? submission.metadata.name,
    user: attempt.user,
    jobId: Number(attempt.jobId),
    taskIndex: task,
  });
  return path === undefined ? { is: "none", message: unknownPath } : { is: "file", path, task };
}

const unknownPath =
  "Where the log is, only the node knows (%N or the like in --output), or it goes to /dev/null.";

function taskOf(seen: Observed, attempt: Attempt, { verdict, array }: Picture): number | string {
  const tasks = tasksOf(seen.submission) ?? { indexes: [], settled: [] };
  const named = /(?:^|\s)task=(?<index>\d{1,9})(?:\s|$)/u.exec(
    seen.submission.metadata.annotations[annotations.readLog] ?? "",
  )?.groups?.["index"];
  if (named !== undefined) return namedTask(Number(named), tasks);
  return toldTask(tasks, { verdict, array }) ?? firstRunning(seen, attempt) ?? "No task has begun.";
}

/** Of the tasks that the attempt ran: what earlier ones ran left its log with them. */
function toldTask({ indexes }: ArrayTasks, { verdict, array }: Pick<Picture, "verdict" | "array">) {
  const own = new Set(indexes);
  const ended = array?.ended.filter(({ index }) => own.has(index)) ?? [];
  if (verdict.is === "ended") return (ended.find(({ state }) => state === verdict.state) ?? ended[0])?.index;
  return array?.failures.tasks.find(({ index }) => own.has(index))?.index;
}

/** What an earlier attempt has done left its log there. */
function namedTask(index: number, { indexes, settled }: ArrayTasks): number | string {
  if (indexes.includes(index)) return index;
  return settled.some((task) => task.index === index)
    ? `Task ${index} was run by an earlier attempt: its log is in the directory of that one.`
    : `The array has no task ${index}.`;
}

function firstRunning({ latest }: Observed, attempt: Attempt): number | undefined {
  const begun = (latest?.rows ?? []).filter(isOf(attempt)).filter(({ state }) => state !== "PENDING");
  const indexes = begun.map(({ taskIndexes }) => Number(taskIndexes ?? Number.NaN));
  return indexes.filter((index) => Number.isInteger(index)).sort((a, b) => a - b)[0];
}

/** What the file held when it was asked for; undefined when it was not. */
export function readAt(path: string, { log, logPath }: Answers): Answers["log"] {
  return logPath === path ? log : undefined;
}

/** `status.log` of what was read. Answers the annotation, too. */
export function logStatus(seen: Observed, place: LogPlace, found: Answers["log"]): Log {
  const request = openRequest(seen) ?? seen.submission.status.log?.request;
  const base = {
    ...(place.is === "file" ? { path: place.path } : { message: place.message }),
    ...(place.is === "file" && place.task !== undefined ? { task: place.task } : {}),
    readAt: toTime(seen.now),
    ...(request === undefined ? {} : { request }),
  };
  if (place.is === "none") return base;
  if (found === null || found === undefined)
    return { ...base, message: "There is no such file, or it cannot be read." };
  return { ...base, size: found.size, ...(found.text === "" ? {} : { tail: found.text }) };
}

/** While the job lives: what to ask for, or what to write along; undefined where nobody asks. */
export function answerRequest(
  seen: Observed,
  attempt: Attempt,
  picture: Picture,
): { step: Step } | { log: Log } | undefined {
  if (openRequest(seen) === undefined) return undefined;
  const place = placeOfLog(seen, attempt, picture);
  if (place.is === "none") return { log: logStatus(seen, place, undefined) };
  const found = readAt(place.path, seen.answers);
  if (found === undefined) return { step: { do: "ask", question: { ask: "log", path: place.path } } };
  return { log: logStatus(seen, place, found) };
}

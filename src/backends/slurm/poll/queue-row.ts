import { exitFromPair, exitFromWaitStatus, type Exit } from "../../../core/slurm/exit-code.ts";
import { withoutLimit } from "../../../core/slurm/job-id.ts";
import { findSameJob, type JobRow } from "../../../core/slurm/job-row.ts";
import type { BaseState } from "../../../core/slurm/job-state.ts";
import { isEnded } from "../../../core/slurm/job-state-phase.ts";
import { readState } from "../../../core/slurm/job-state-word.ts";
import type { Token } from "../../../core/slurm/token.ts";
import { fieldEnd, limitOf, momentOf, numberOf, textOf } from "./field-text.ts";
import { queueFields, type QueueField } from "./queue-fields.ts";

export type FieldTexts = Readonly<Record<QueueField, string>>;

/** Fields of one row; what follows the last delimiter is Command, whatever it holds. Undefined when fields are missing. */
export function splitRow(text: string): FieldTexts | undefined {
  const texts: Partial<Record<QueueField, string>> = {};
  let from = 0;
  for (const field of queueFields) {
    const to = field === "Command" ? text.length : text.indexOf(fieldEnd, from);
    if (to < 0) return undefined;
    texts[field] = text.slice(from, to);
    from = to + fieldEnd.length;
  }
  return isWhole(texts) ? texts : undefined;
}

const isWhole = (texts: Partial<Record<QueueField, string>>): texts is Record<QueueField, string> =>
  queueFields.every((field) => texts[field] !== undefined);

/**
 * Row of one of our jobs. Only id and user are essential: another field that we cannot read is left out, and a state that we do not know
 * is kept as `unknownWord`.
 *
 * @param previous the same install's rows of this token in the last snapshot: some flags hide the base state
 * @returns undefined for a row without a readable id or user
 */
export function readQueueRow(
  texts: FieldTexts,
  token: Token,
  previous: readonly JobRow[] = [],
): JobRow | undefined {
  const arrayJobId = numberOf(texts.ArrayJobID);
  const user = textOf(texts.UserName);
  if (arrayJobId === undefined || user === "") return undefined;
  const hetJobId = numberOf(texts.HetJobID);
  const isComponent = hetJobId !== undefined && hetJobId > 0;
  const jobId = isComponent ? hetJobId : arrayJobId;
  const hetOffset = isComponent ? numberOf(texts.HetJobOffset) : undefined;
  const taskIndexes = tasksOf(texts.ArrayTaskID);
  const identity = { jobId, taskIndexes, hetOffset };
  const before = findSameJob(previous, identity);
  const reading = readState(texts.State, before?.state);
  const isOver = isEnded(reading.state);
  const nodes = textOf(texts.NodeList);
  const hasStarted = reading.state !== "PENDING" && nodes !== "";
  return {
    token,
    user,
    ...identity,
    ...reading,
    reason: textOf(texts.Reason),
    partition: texts.Partition,
    nodes: hasStarted ? nodes : "",
    submittedAt: momentOf(texts.SubmitTime),
    // Before the start this is a forecast, for a job that was cancelled in the queue its end, and the end of a running job is its limit.
    startedAt: hasStarted ? momentOf(texts.StartTime) : undefined,
    endedAt: isOver ? momentOf(texts.EndTime) : undefined,
    ...forecastOf(texts, reading.state),
    timeLimitSeconds: limitOf(texts.TimeLimit),
    priority: numberOf(texts.PriorityLong),
    reservation: textOf(texts.Reservation),
    restarts: numberOf(texts.RestartCnt) ?? 0,
    exit: isOver ? exitOf(texts.exit_code) : undefined,
  };
}

const forecastOf = ({ StartTime }: FieldTexts, state: BaseState): Pick<JobRow, "expectedAt"> =>
  state === "PENDING" ? { expectedAt: momentOf(StartTime) } : {};

function tasksOf(field: string): string | undefined {
  const tasks = withoutLimit(textOf(field));
  return tasks === "" ? undefined : tasks;
}

function exitOf(field: string): Exit | undefined {
  const status = numberOf(field);
  return status === undefined ? exitFromPair(field) : exitFromWaitStatus(status);
}

import type { Token } from "../../../core/slurm/token.ts";
import { exitFromPair } from "../../../core/slurm/exit-code.ts";
import { readJobName, type JobName } from "../../../core/slurm/job-id.ts";
import type { JobRow } from "../../../core/slurm/job-row.ts";
import { isEnded } from "../../../core/slurm/job-state-phase.ts";
import { readState } from "../../../core/slurm/job-state-word.ts";
import { tokenFromCommand } from "../../../core/slurm/token.ts";
import { accountingDelimiter, accountingFields, type AccountingField } from "./accounting-fields.ts";
import { momentOf, numberOf, textOf } from "./field-text.ts";
import { readRunUsage, withStep } from "./usage-reading.ts";
import type { RowsByToken } from "./queue-answer.ts";

/**
 * The newest row of each job, task and component with a token of this install. A run that was requeued has a row of its own (`-D`), so earlier
 * rows of an id are its restarts. A row that cannot be read is left out: accounting adds to what is known, and absence is never concluded from it alone.
 */
export function readAccounting(
  output: string,
  reading: { readonly nonce: string; readonly install: string },
): RowsByToken {
  const newest = new Map<string, JobRow>();
  for (const { texts, steps } of runsOf(output, accountingDelimiter(reading.nonce))) {
    // The path of batch.sh is the last word, and may hold blanks: only its last three parts count.
    const token = tokenFromCommand(texts.SubmitLine.trimEnd(), reading.install);
    const name = readJobName(texts.JobID);
    if (token === undefined || name === undefined) continue;
    const key = `${token} ${texts.JobID}`;
    newest.set(key, newerOf(newest.get(key), rowOf({ texts, steps }, token, name)));
  }
  const rows = new Map<Token, JobRow[]>();
  for (const row of newest.values()) {
    const some = rows.get(row.token);
    if (some === undefined) rows.set(row.token, [row]);
    else some.push(row);
  }
  return rows;
}

type Texts = Readonly<Record<AccountingField, string>>;

/** A row of a job's run, and the rows of its steps, which follow it and begin with its id (`8.batch`, `8_3.0`). */
interface Run {
  readonly texts: Texts;
  readonly steps: readonly Texts[];
}

function* runsOf(output: string, delimiter: string): Generator<Run> {
  let run: { texts: Texts; steps: Texts[] } | undefined;
  for (const texts of rowsOf(output, delimiter)) {
    if (run !== undefined && texts.JobID.startsWith(`${run.texts.JobID}.`)) {
      run.steps.push(texts);
      continue;
    }
    if (run !== undefined) yield run;
    run = { texts, steps: [] };
  }
  if (run !== undefined) yield run;
}

/** A line without delimiters continues the submit line of the row before. */
function* rowsOf(output: string, delimiter: string): Generator<Texts> {
  let open: string[] | undefined;
  for (const line of output.split("\n")) {
    const fields = line.split(delimiter);
    if (fields.length === accountingFields.length) {
      if (open !== undefined) yield textsOf(open);
      open = fields;
    } else if (open !== undefined && fields.length === 1) {
      open.push(`${open.pop() ?? ""}\n${line}`);
    }
  }
  if (open !== undefined) yield textsOf(open);
}

function textsOf(fields: readonly string[]): Texts {
  const at = (field: AccountingField): string => fields[accountingFields.indexOf(field)] ?? "";
  return {
    JobID: at("JobID"),
    User: at("User"),
    State: at("State"),
    Reason: at("Reason"),
    Partition: at("Partition"),
    NodeList: at("NodeList"),
    Submit: at("Submit"),
    Start: at("Start"),
    End: at("End"),
    TimelimitRaw: at("TimelimitRaw"),
    Priority: at("Priority"),
    Reservation: at("Reservation"),
    ExitCode: at("ExitCode"),
    ElapsedRaw: at("ElapsedRaw"),
    AllocTRES: at("AllocTRES"),
    TotalCPU: at("TotalCPU"),
    MaxRSS: at("MaxRSS"),
    ConsumedEnergyRaw: at("ConsumedEnergyRaw"),
    SubmitLine: at("SubmitLine"),
  };
}

function rowOf({ texts, steps }: Run, token: Token, name: JobName): JobRow {
  const reading = readState(texts.State);
  const isOver = isEnded(reading.state);
  const nodes = textOf(texts.NodeList);
  const minutes = numberOf(texts.TimelimitRaw);
  return {
    token,
    user: texts.User,
    jobId: name.jobId,
    taskIndexes: name.is === "tasks" ? name.indexes : undefined,
    hetOffset: name.is === "component" ? name.offset : undefined,
    ...reading,
    reason: textOf(texts.Reason),
    partition: texts.Partition,
    nodes,
    submittedAt: momentOf(texts.Submit),
    // A job that was cancelled in the queue has its end here, at times.
    startedAt: nodes === "" ? undefined : momentOf(texts.Start),
    endedAt: isOver ? momentOf(texts.End) : undefined,
    timeLimitSeconds: minutes === undefined ? undefined : minutes * 60,
    priority: numberOf(texts.Priority),
    reservation: textOf(texts.Reservation),
    restarts: 0,
    exit: isOver ? exitFromPair(texts.ExitCode) : undefined,
    ...(nodes === "" ? {} : { runs: [steps.reduce(withStep, readRunUsage(texts))] }),
  };
}

function newerOf(before: JobRow | undefined, row: JobRow): JobRow {
  if (before === undefined) return row;
  const newer = (row.submittedAt ?? 0) >= (before.submittedAt ?? 0) ? row : before;
  const runs = [...(before.runs ?? []), ...(row.runs ?? [])];
  return { ...newer, restarts: before.restarts + 1, ...(runs.length === 0 ? {} : { runs }) };
}

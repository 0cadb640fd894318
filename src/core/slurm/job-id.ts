/** The id that people use: of a job `8`, of a task `8_3`, of a component of a heterogeneous job `20+0`. */
export type JobName =
  | { readonly is: "job"; readonly jobId: number }
  | { readonly is: "tasks"; readonly jobId: number; readonly indexes: string }
  | { readonly is: "component"; readonly jobId: number; readonly offset: number };

const form = /^(\d{1,10})(?:_(\d{1,7}|\[[\d,:%-]+\])|\+(\d{1,4}))?$/u;

/** Reads `8`, `8_3`, `8_[4-5%2]` and `20+1`, as squeue's `%i` and sacct's JobID write them; undefined for steps (`8.batch`) and other text. */
export function readJobName(text: string): JobName | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const jobId = Number(match[1]);
  const [, , tasks, offset] = match;
  if (tasks !== undefined) return { is: "tasks", jobId, indexes: withoutLimit(tasks) };
  return offset === undefined ? { is: "job", jobId } : { is: "component", jobId, offset: Number(offset) };
}

export function writeJobName(name: JobName): string {
  switch (name.is) {
    case "job":
      return String(name.jobId);
    case "tasks":
      return /^\d+$/u.test(name.indexes)
        ? `${name.jobId}_${name.indexes}`
        : `${name.jobId}_[${name.indexes}]`;
    case "component":
      return `${name.jobId}+${name.offset}`;
  }
}

/** `[4-5%2]` becomes `4-5`: how many may run at once is no part of which ones. */
export function withoutLimit(tasks: string): string {
  return tasks.replace(/^\[|\]$/gu, "").replace(/%\d+$/u, "");
}

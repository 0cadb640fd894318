import { layout } from "./layout.ts";

export interface LogOptions {
  /** The token's directory. */
  readonly directory: string;
  /** `--output` in effect; undefined for Slurm's own default. */
  readonly output: string | undefined;
  /** `--chdir` in effect; undefined for the work directory of the token. */
  readonly chdir: string | undefined;
  readonly jobName: string;
  readonly user: string;
  readonly jobId: number;
  /** Of an array's task; undefined for a job that is no array. */
  readonly taskIndex: number | undefined;
}

/**
 * Where Slurm writes the standard output of a job or task; undefined where only the node knows (`%N`, an array's `%j`, steps).
 * Source: sbatch(1), "FILENAME PATTERN".
 */
export function logPath(options: LogOptions): string | undefined {
  const work = options.chdir ?? `${options.directory}/${layout.work}`;
  const standard = options.taskIndex === undefined ? "slurm-%j.out" : "slurm-%A_%a.out";
  const name = expand(options.output ?? standard, options);
  if (name === undefined || name === "/dev/null") return undefined;
  return name.startsWith("/") ? name : `${work}/${name}`;
}

/** sbatch's value of `%a` where there is no array (NO_VAL). */
const noTask = 4_294_967_294;

function expand(pattern: string, options: LogOptions): string | undefined {
  // A backslash anywhere switches replacement off.
  if (pattern.includes("\\")) return pattern.replaceAll("\\", "");
  let isKnown = true;
  const text = pattern.replace(/%(\d*)([A-Za-z%])/gu, (_all, width: string, letter: string) => {
    if (letter === "%") return "%";
    const value = valueOf(letter, options);
    if (value === undefined) isKnown = false;
    const isNumber = typeof value === "number";
    return isNumber ? String(value).padStart(Math.min(Number(width || "0"), 10), "0") : (value ?? "");
  });
  return isKnown ? text : undefined;
}

function valueOf(letter: string, options: LogOptions): string | number | undefined {
  switch (letter) {
    case "A":
      return options.jobId;
    case "j":
      return options.taskIndex === undefined ? options.jobId : undefined;
    case "a":
      return options.taskIndex ?? noTask;
    case "x":
      return options.jobName;
    case "u":
      return options.user;
    default:
      return undefined;
  }
}

/** What a token's directory holds. The directory appears whole (renamed into place); only the folders below are written to later. */
export const layout = {
  /** The launcher: what sbatch is given, and what squeue shows as Command. */
  script: "batch.sh",
  /** Second half of the launcher: variables, modules, setup, entrypoint. */
  start: "start.sh",
  /** Catches `OUT_*` of a bash entrypoint. */
  capture: "outputs.bash",
  /** Entrypoint and support files, read-only: `JOB_TEMPLATE_DIR`. */
  template: "template",
  /** Where the job runs unless its author says `--chdir`: `JOB_WORK_DIR`. */
  work: "work",
  /** `JOB_OUTPUT_DIR`. */
  output: "output",
  /** The journal of this token: who tried, what sbatch said, who owns the fence, how runs ended. */
  marks: "marks",
} as const;

/** Files in `marks`. Those of a run end with `.<index>` for a task of an array. */
export const markFiles = {
  /** `DEADLINE CLUSTER`: until when a put of the token may come (seconds since 1970), and the SlurmCluster that it is of. There from the start. */
  attempt: "attempt",
  /** Made before sbatch starts: who finds it must not send again. */
  tried: "try",
  /** sbatch's stdout, written by sbatch itself: a whole line with an id is the record of a success. */
  id: "id",
  /** sbatch's stderr, where there is a `code`. */
  text: "text",
  /** sbatch's exit code when it was not 0. */
  code: "code",
  void: "void",
  closed: "closed",
  owner: "owner",
  exit: "exit",
  turnedAway: "away",
  outputs: "outputs",
  captured: "captured",
} as const;

/** Exit codes of the launcher's own; never 0, and below those that mean a signal. */
export const launcherCodes = {
  /** The fence refused this job: nothing of the user's ran, and a mark says so. */
  turnedAway: 113,
  /** The fence could not be asked, e.g. the work directory is not there on this node: nothing of the user's ran. */
  noFence: 114,
  /** No `module` command, or a module that does not load. */
  modules: 115,
  /** Started again after its submission was closed: it ran before, and not again. */
  notAgain: 116,
} as const;

import { isBash } from "./interpreter.ts";
import { launcherCodes, layout, markFiles } from "./layout.ts";
import { shellAssignment, shellWord } from "./shell-word.ts";

export interface Variable {
  readonly name: string;
  /** Any text without NUL. */
  readonly value: string;
}

export interface StartOptions {
  /** The token's directory, absolute, by the cluster's paths. */
  readonly directory: string;
  /** Relative to `layout.template`. */
  readonly entrypoint: string;
  /** The command that runs the entrypoint: its own `#!` line (`interpreterOf`), or the environment's interpreter. */
  readonly interpreter: readonly string[];
  /** Set in this order, so that the last of a name wins; what a script is promised (`JOB_*`) is set after them. */
  readonly variables: readonly Variable[];
  readonly modules: readonly string[];
  /** Lines of shell that run before the entrypoint, in its process; may be empty. */
  readonly setup: string;
}

/**
 * What runs in the job after the fence: sets the variables, loads the modules, runs the setup lines, and becomes the entrypoint.
 * By bash where the node has one, because modules and setup lines of the field are written for it; correct in any POSIX shell.
 */
export function buildStart(options: StartOptions): string {
  const { directory, entrypoint, interpreter, variables, modules, setup } = options;
  const marks = `${directory}/${layout.marks}`;
  return [
    "# Second half of the launcher: the environment, then the entrypoint.",
    ...variables.map((variable) => `export ${shellAssignment(variable.name, variable.value)}`),
    `export JOB_WORK_DIR="$PWD"`,
    `export ${shellAssignment("JOB_OUTPUT_DIR", `${directory}/${layout.output}`)}`,
    `export ${shellAssignment("JOB_TEMPLATE_DIR", `${directory}/${layout.template}`)}`,
    `export JOB_OUTPUTS=${shellWord(`${marks}/${markFiles.outputs}`)}"\${SLURM_ARRAY_TASK_ID:+.$SLURM_ARRAY_TASK_ID}"`,
    ...(modules.length > 0 ? [moduleCommand, ...modules.map(loadModule)] : []),
    ...(setup === "" ? [] : [setup]),
    ...(isBash(interpreter) ? captureOutputs(directory) : []),
    `exec ${[...interpreter, `${directory}/${layout.template}/${entrypoint}`].map(shellWord).join(" ")}`,
    "",
  ].join("\n");
}

/** A batch job's shell is no login shell, so the site's `module` function may have to be fetched. */
const moduleCommand = `batchwright_flavour=sh
[ -z "\${BASH_VERSION:-}" ] || batchwright_flavour=bash
for batchwright_file in "\${MODULESHOME:-/nonexistent}/init/$batchwright_flavour" /etc/profile.d/modules.sh /etc/profile.d/lmod.sh \\
  /etc/profile.d/z00_lmod.sh "/usr/share/lmod/lmod/init/$batchwright_flavour" "/usr/share/modules/init/$batchwright_flavour" \\
  "/usr/share/Modules/init/$batchwright_flavour" /etc/profile; do
  if command -v module >/dev/null 2>&1; then break; fi
  if [ -r "$batchwright_file" ]; then . "$batchwright_file"; fi
done
if ! command -v module >/dev/null 2>&1; then
  echo "batchwright: environment.modules is set, but $(hostname) has no module command; remove environment.modules, or ask the site where Environment Modules or Lmod is" >&2
  exit ${launcherCodes.modules}
fi`;

const loadModule = (name: string): string =>
  [
    `if ! module load ${shellWord(name)}; then`,
    `  echo "batchwright: module load "${shellWord(name)}" failed on $(hostname); see the lines above, and check environment.modules against: module avail" >&2`,
    `  exit ${launcherCodes.modules}`,
    "fi",
  ].join("\n");

/** Modules or setup may have set a BASH_ENV of their own (Lmod does): the capture script passes it on. */
const captureOutputs = (directory: string): readonly string[] => [
  `export BATCHWRIGHT_BASH_ENV="\${BASH_ENV:-}"`,
  `export BATCHWRIGHT_OUTPUTS=${shellWord(`${directory}/${layout.marks}/${markFiles.captured}`)}"\${SLURM_ARRAY_TASK_ID:+.$SLURM_ARRAY_TASK_ID}"`,
  "unset BATCHWRIGHT_ENTRY",
  `export ${shellAssignment("BASH_ENV", `${directory}/${layout.capture}`)}`,
];

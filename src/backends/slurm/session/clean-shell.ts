/** How a program for `sh` is started on a login, whatever the login's own shell and profile are. */
export interface CleanShellOptions {
  /** Where Slurm's commands are, if not in the usual folders; first in PATH. */
  readonly binDirectory?: string | undefined;
  /** When the program is ended on the far side, if timeout(1) is there. */
  readonly limitSeconds: number;
  /** `everything` ends its whole process group; `shell` sends TERM to the shell alone, which knows what to end. */
  readonly ends: "everything" | "shell";
}

/**
 * The command for a program given on stdin. Its environment is fixed: a login's SBATCH_*, SLURM_* and SQUEUE_* would change what Slurm's
 * commands do, and sbatch passes its environment on to the job. Readable for csh and fish as well: one line, plain quotes.
 * @throws RangeError for a binDirectory that cannot be a folder's path
 */
export function cleanShell(options: CleanShellOptions): string {
  const { binDirectory, limitSeconds, ends } = options;
  if (binDirectory !== undefined && !/^\/[\w./+@-]*$/u.test(binDirectory))
    throw new RangeError(`binDirectory must be an absolute path of plain characters: ${binDirectory}`);
  const path = [...(binDirectory === undefined ? [] : [binDirectory]), ...usualFolders].join(":");
  const timeout = `timeout ${ends === "shell" ? "--foreground " : ""}-k 15 ${Math.ceil(limitSeconds)}`;
  return [
    `exec env -i PATH=${path} HOME="$HOME" USER="$USER" LOGNAME="$LOGNAME" SHELL="$SHELL" LANG=C.UTF-8`,
    `/bin/sh -c 'if ${timeout} true 2>/dev/null; then exec ${timeout} /bin/sh -s; else exec /bin/sh -s; fi'`,
  ].join(" ");
}

const usualFolders = [
  "/usr/local/bin",
  "/usr/bin",
  "/bin",
  "/opt/slurm/bin",
  "/usr/local/sbin",
  "/usr/sbin",
  "/sbin",
];

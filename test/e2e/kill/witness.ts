import { insideRoot } from "../../lab/daemons.ts";
import type { ClusterName, Lab } from "../../lab/lab.ts";

/** What one run of a script wrote down itself. */
export interface Mark {
  readonly run: string;
  /** Of the task itself: no two tasks have the same. */
  readonly slurmId: number;
  /** Of the whole array, or of the job. */
  readonly jobId: number;
  readonly task: number | undefined;
}

/** Writes a line before anything else, so that a second run of the same task shows. */
export const witnessScript = `#!/bin/bash
echo "$RUN $SLURM_JOB_ID \${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID} \${SLURM_ARRAY_TASK_ID:--}" >> "$HOME/$MARKS/$RUN"
sleep "$SECONDS_LONG"
if [ "$FAILS" = "\${SLURM_ARRAY_TASK_ID:-all}" ]; then exit 3; fi
`;

/**
 * Looks at one cluster from inside, by Slurm's own commands and the files that scripts wrote. It knows nothing of the operator:
 * neither tokens nor directories nor the objects in the API server.
 */
export class Witness {
  readonly #lab: Lab;
  readonly #cluster: ClusterName;
  readonly #folder: string;
  readonly #firstId: number;

  private constructor(options: { lab: Lab; cluster: ClusterName; folder: string; firstId: number }) {
    this.#lab = options.lab;
    this.#cluster = options.cluster;
    this.#folder = options.folder;
    this.#firstId = options.firstId;
  }

  /** From now on. @param folder below alice's home, for `$MARKS` */
  static async open(lab: Lab, cluster: ClusterName, folder: string): Promise<Witness> {
    await inside(lab, cluster, `mkdir -p ${folder}`);
    return new Witness({ lab, cluster, folder, firstId: await nextId(lab, cluster) });
  }

  async marks(): Promise<readonly Mark[]> {
    const text = await inside(this.#lab, this.#cluster, `cat ${this.#folder}/* 2>/dev/null || true`);
    return linesOf(text).map((line) => {
      const [run = "", slurmId, jobId, task] = line.split(" ");
      return {
        run,
        slurmId: Number(slurmId),
        jobId: Number(jobId),
        task: task === "-" ? undefined : Number(task),
      };
    });
  }

  /** Every id that Slurm has given to a job or task since `open`, whatever became of it. */
  async issuedIds(): Promise<readonly number[]> {
    const next = await nextId(this.#lab, this.#cluster);
    return Array.from({ length: next - this.#firstId }, (_, index) => this.#firstId + index);
  }

  /** Jobs that are in the queue and not over. */
  async live(): Promise<readonly string[]> {
    return linesOf(await inside(this.#lab, this.#cluster, `squeue -h -o '%A %j %T'`));
  }

  /** State and exit code by id, from accounting. */
  async accounts(): Promise<ReadonlyMap<number, string>> {
    const text = await inside(
      this.#lab,
      this.#cluster,
      `sacct -X -n -P -a -S now-2hours -o JobIDRaw,State,ExitCode`,
    );
    const rows = linesOf(text).map((line) => line.split("|"));
    return new Map(
      rows
        .map(([id, state, exit]) => [Number(id), `${state} ${exit}`] as const)
        .filter(([id]) => id >= this.#firstId),
    );
  }
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

async function nextId(lab: Lab, cluster: ClusterName): Promise<number> {
  const text = await inside(lab, cluster, "scontrol show config | sed -n 's/^NEXT_JOB_ID *= *//p'");
  const id = Number(text);
  if (!Number.isInteger(id) || id <= 0) throw new Error(`${cluster} shows no NEXT_JOB_ID: ${text}`);
  return id;
}

async function inside(lab: Lab, cluster: ClusterName, script: string): Promise<string> {
  const { code, stdout, stderr } = await insideRoot(lab, { cluster, user: "alice" }, script);
  if (code !== 0) throw new Error(`on ${cluster}: ${script} ended with ${code}: ${stderr}`);
  return stdout.trim();
}

import { eventually } from "../../lab/eventually.ts";
import type { ClusterName } from "../../lab/lab.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";

const usedWithin = 6000;

/**
 * Has a login's shells find another program before the real one, until it was called once. The directory is the first in their PATH.
 * @param lines POSIX sh; the real program is in /usr/bin
 */
async function standIn(
  scene: Scene,
  cluster: ClusterName,
  { program, lines }: { program: string; lines: string },
): Promise<boolean> {
  const file = `/usr/local/bin/${program}`;
  const used = `/tmp/used-${program}`;
  const text = `#!/bin/sh\n/usr/bin/touch ${used} 2>/dev/null\n${lines}\n`;
  const base64 = Buffer.from(text).toString("base64");
  try {
    await scene.run(
      cluster,
      "root",
      `touch ${used} && chown alice ${used} && touch -d @0 ${used} && echo ${base64} | base64 -d >${file}.new && chmod 755 ${file}.new && mv ${file}.new ${file}`,
    );
    return await eventually(async () => (await scene.run(cluster, "root", `stat -c %Y ${used}`)) !== "0", {
      within: usedWithin,
      every: 200,
    }).catch(() => false);
  } finally {
    await scene.run(cluster, "root", `rm -f ${file} ${used}`);
  }
}

const odd = (about: Pick<Fault, "kind" | "quota" | "what">, program: string, lines: string): Fault => ({
  ...about,
  lane: "ssh",
  inject: async (scene, draw) => standIn(scene, draw.pick(["c1", "c2"]), { program, lines }),
});

export const oddProgramFaults: readonly Fault[] = [
  odd(
    {
      kind: "sbatch keeps its id to itself",
      quota: 60,
      what: "sbatch submits, ends with 0 and prints nothing",
    },
    "sbatch",
    `/usr/bin/sbatch "$@" >/dev/null`,
  ),
  odd(
    {
      kind: "sbatch fails after it succeeded",
      quota: 60,
      what: "sbatch submits, then ends with 1, without an id, and with a text that nobody knows",
    },
    "sbatch",
    `/usr/bin/sbatch "$@" >/dev/null\necho "sbatch: error: Batch job submission failed: plugin gave up" >&2\nexit 1`,
  ),
  odd(
    {
      kind: "sbatch cannot reach slurmctld",
      quota: 40,
      what: "sbatch submits, then says `Unable to contact slurm controller`, as with an answer that is lost behind it",
    },
    "sbatch",
    `/usr/bin/sbatch "$@" >/dev/null\necho "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2\nexit 1`,
  ),
  odd(
    {
      kind: "squeue cut short",
      quota: 40,
      what: "squeue prints a third of its answer and ends with 0",
    },
    "squeue",
    `out=$(/usr/bin/squeue "$@"; echo x)\nprintf '%s' "$out" | /usr/bin/head -c $((\${#out} / 3))`,
  ),
  odd(
    {
      kind: "squeue shows nothing",
      quota: 40,
      what: "squeue answers as if there were no job, and ends with 0",
    },
    "squeue",
    `exit 0`,
  ),
];

import type { Scene } from "./scene.ts";

/** Of an array, the task that fails where any does. */
export const failingTask = 2;

/**
 * Each start and each end is a line, before and after everything else. The first $FAILS runs that came to their end do so with $CODE, by what the lines
 * say; the others end well. Of an array only one task fails.
 */
const bash = `#!/bin/bash
task=\${SLURM_ARRAY_TASK_ID:--}
marks=$HOME/$MARKS/$RUN
mark() { echo "$1 $SLURM_JOB_ID \${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID} $task \${SLURM_RESTART_COUNT:-0} $2" >> "$marks"; }
mark start -
sleep "$LASTS"
code=$CODE
if [ "$task" != - ] && [ "$task" != ${failingTask} ]; then code=0; fi
if [ "$(grep -c "^end [0-9]* [0-9]* $task " "$marks")" -ge "$FAILS" ]; then code=0; fi
mark end "$code"
if [ "$code" = 137 ]; then kill -9 $$; fi
exit "$code"
`;
const python = `#!/usr/bin/python3
import os, sys, time
job = os.environ["SLURM_JOB_ID"]
def mark(word, code):
    with open(os.path.join(os.environ["HOME"], os.environ["MARKS"], os.environ["RUN"]), "a") as file:
        file.write(f"{word} {job} {job} - {os.environ.get('SLURM_RESTART_COUNT', '0')} {code}\\n")
mark("start", "-")
time.sleep(float(os.environ["LASTS"]))
mark("end", os.environ["CODE"])
sys.exit(int(os.environ["CODE"]))
`;

const scriptNamed = (name: string, file: string, text: string): object => ({
  apiVersion: "batchwright.dev/v1alpha1",
  kind: "JobScript",
  metadata: { name },
  spec: { entrypoint: { name: file, text }, resources: { memory: "20Mi", timeLimitSeconds: 300 } },
});

/** The scripts, and the folder for marks. */
export async function prepareWorkload(scene: Scene): Promise<void> {
  const items = [scriptNamed("bash", "run.sh", bash), scriptNamed("python", "run.py", python)];
  await scene.kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  for (const cluster of ["c1", "c2"] as const)
    await scene.run(cluster, "alice", `mkdir -p ${scene.namespace}`);
}

import { setTimeout as sleep } from "node:timers/promises";
import type { ActKind } from "../acts.ts";
import type { Fault } from "../fault.ts";
import { scratch, throughProxy } from "../scene.ts";

const byWorkload = (kind: ActKind, what: string): Fault => ({
  kind,
  lane: "people",
  quota: 60,
  what,
  inject: async () => false,
});

/** Done by the workload itself, to submissions of their sorts. */
export const actFaults: readonly Fault[] = [
  byWorkload(
    "held on its way",
    "spec.suspend up to four seconds after the creation, and taken back up to five seconds later",
  ),
  byWorkload(
    "cancelled on its way",
    "spec.cancel up to four seconds after the creation: before, while and after it is sent",
  ),
  byWorkload(
    "edited on its way",
    "spec.retry.limit is changed and spec.archived set up to four seconds after the creation, and archived taken back up to three seconds later",
  ),
  byWorkload("deleted on its way", "the object is deleted up to four seconds after its creation"),
  byWorkload(
    "deleted and created again",
    "the same, and another object of that name is created as soon as the first one is gone",
  ),
];

export const peopleFaults: readonly Fault[] = [
  {
    kind: "script edited",
    lane: "people",
    quota: 40,
    what: "the JobScript that everything runs changes while dispatches are in flight: what was intended is no longer what would be sent",
    async inject(scene, draw) {
      await scene.kubectl([
        "patch",
        "jobscript",
        draw.pick(["bash", "python"]),
        "--type=merge",
        "-p",
        JSON.stringify({
          spec: { environment: { variables: [{ name: "EDITION", value: String(draw.between(0, 1e6)) }] } },
        }),
      ]);
      return true;
    },
  },
  {
    kind: "cluster edited",
    lane: "people",
    quota: 40,
    what: "the SlurmCluster changes under running jobs: polling, limits, a default, the work directory, and back",
    async inject(scene, draw) {
      const on = draw.pick(["c1", "c2"]);
      const spec = draw.pick<Readonly<Record<string, unknown>>>([
        { polling: { intervalSeconds: 2, floorSeconds: 1 } },
        { limits: { maxJobs: 3 } },
        { defaults: { timeLimitSeconds: draw.between(100, 900) } },
        { binDirectory: "/usr/bin" },
        { workDirectory: `${scratch}/%u-moved` },
      ]);
      try {
        await scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(scene, on, spec)));
        await sleep(draw.between(500, 5000));
      } finally {
        await scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(scene, on)));
      }
      return true;
    },
  },
  {
    kind: "job sent twice",
    lane: "people",
    quota: 40,
    what: "somebody hands a job's own batch.sh to sbatch once more, as its user: one runs, the other ends at the fence",
    async inject(scene, draw) {
      const cluster = draw.pick(["c1", "c2"]);
      const text = `for script in $(ls -t ${scratch}/alice/*/*/batch.sh 2>/dev/null | head -n 3); do sbatch --parsable --mem=20M --time=5 -D "$(dirname "$script")/work" "$script" && exit; done; echo none`;
      const out = await scene.run(cluster, "alice", text);
      const wasSent = /^\d+$/u.test(out);
      if (wasSent) scene.sentTwice.add(`${cluster} ${out}`);
      return wasSent;
    },
  },
];

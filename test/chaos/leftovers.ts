import { eventually } from "../lab/eventually.ts";
import type { ClusterName } from "../lab/lab.ts";
import { clusterNames, roots, type Scene } from "./scene.ts";

/** What an operator that has ended takes along: its connections, and what they ran on logins. A batch that was cut off may still be at work. */
const goneWithin = 60_000;

/** Processes of alice's that belong to no job, and locks that somebody holds. */
const leftBehind = `
for process in /proc/[0-9]*; do
  [ "$(stat -c %U "$process" 2>/dev/null)" = alice ] || continue
  read -r comm <"$process/comm" 2>/dev/null || continue
  [ "$comm" != slurmstepd ] || continue
  if tr '\\0' '\\n' <"$process/environ" 2>/dev/null | grep -q '^SLURM_JOB_ID='; then continue; fi
  echo "process \${process#/proc/} $(tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | head -c 100)"
done
for lock in ${roots.map((root) => `${root}/*/lock.*`).join(" ")}; do
  [ ! -e "$lock" ] || flock -n "$lock" true || echo "held lock $lock"
done
true`;

const lines = async (scene: Scene, cluster: ClusterName, text: string): Promise<readonly string[]> =>
  (await scene.run(cluster, "root", text)).split("\n").filter((line) => line !== "");

/** Directories that a batch makes for itself and removes when it ends. */
export async function stages(scene: Scene): Promise<ReadonlySet<string>> {
  const paths = roots.map((root) => `${root}/*/.stage.* ${root}/*/.gone.*`);
  const text = `ls -d ${paths.join(" ")} 2>/dev/null || true`;
  const all = await Promise.all(
    clusterNames.map(async (cluster) =>
      (await lines(scene, cluster, text)).map((path) => `${cluster} ${path}`),
    ),
  );
  return new Set(all.flat());
}

/** Ends the operator in good order, and looks for what it leaves behind. @param before directories that were there before the round */
export async function leftovers(scene: Scene, before: ReadonlySet<string>): Promise<readonly string[]> {
  await scene.operator.end("SIGTERM");
  let left: readonly string[] = [];
  await eventually(
    async () => {
      const found = await Promise.all(
        clusterNames.map(async (cluster) => {
          const open = scene.ssh[cluster].open;
          const connections = open === 0 ? [] : [`${open} SSH connections`];
          return [...(await lines(scene, cluster, leftBehind)), ...connections].map(
            (what) => `left on ${cluster}: ${what}`,
          );
        }),
      );
      const fresh = [...(await stages(scene))].filter((path) => !before.has(path));
      left = [
        ...found.flat(),
        ...fresh.map((path) => `left: directory ${path}`),
        ...(scene.api.open === 0 ? [] : [`left: ${scene.api.open} connections to the API server`]),
      ];
      return left.length === 0;
    },
    { within: goneWithin, every: 1000 },
  ).catch(() => undefined);
  return left;
}

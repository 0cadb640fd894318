import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";

/** Looks for so many seconds until a process of alice's whose command line begins so is there, and kills it so many milliseconds later. */
const hunt = (words: string, after: number, whom: "process" | "group"): string => `
end=$(($(/usr/bin/date +%s) + 5))
while [ "$(/usr/bin/date +%s)" -lt $end ]; do
  for directory in /proc/[0-9]*; do
    if { read -r comm <"$directory/comm"; } 2>/dev/null && [ "$comm" = ${words.split(" ")[0] ?? ""} ] &&
      tr '\\0' ' ' <"$directory/cmdline" 2>/dev/null | grep -q '^[^ ]*${words}' && [ "$(stat -c %U "$directory" 2>/dev/null)" = alice ]; then
      sleep ${(after / 1000).toFixed(3)}
      process=\${directory#/proc/}
      ${whom === "group" ? `process=-$(ps -o pgid= -p "$process" | tr -d ' ')` : ""}
      kill -9 -- "$process" 2>/dev/null && { echo hit; exit 0; }
    fi
  done
done
echo missed`;

const killing = (
  about: Pick<Fault, "kind" | "quota" | "what">,
  words: string,
  latest: number,
  whom: "process" | "group" = "process",
): Fault => ({
  ...about,
  lane: "ssh",
  leavesStages: true,
  async inject(scene: Scene, draw: Draw) {
    const cluster = draw.pick(["c1", "c2"]);
    return (await scene.run(cluster, "root", hunt(words, draw.between(0, latest), whom))) === "hit";
  },
});

export const sbatchFaults: readonly Fault[] = [
  killing(
    { kind: "sbatch killed", quota: 100, what: "SIGKILL of an sbatch process, up to 15 ms after it is seen" },
    "sbatch --parsable",
    15,
  ),
  killing(
    {
      kind: "shell of a batch killed",
      quota: 60,
      what: "SIGKILL of the remote shell that runs a batch, up to 100 ms after it is seen",
    },
    "sh -s",
    100,
  ),
  killing(
    {
      kind: "process group of an sbatch killed",
      quota: 60,
      what: "SIGKILL of an sbatch together with the shell that waits for it, up to 15 ms after it is seen",
    },
    "sbatch --parsable",
    15,
    "group",
  ),
];

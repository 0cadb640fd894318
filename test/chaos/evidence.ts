import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ledgerFiles } from "./ledger.ts";
import { clusterNames, roots, type Scene } from "./scene.ts";

const looks = {
  queue: "squeue -a -t all -r -o '%i %u %T %r %M %o'",
  records: "sacct -X -P -a -D -S now-1hours -o JobID,State,ExitCode,Start,End,SubmitLine 2>&1 | tail -n 300",
  marks: `tail -n +1 /home/alice/chaos-*/* 2>/dev/null | tail -n 2000`,
  journal: `tail -n +1 ${roots.map((root) => `${root}/*/*/marks/*`).join(" ")} 2>/dev/null | tail -c 2000000`,
} as const;

/** Keeps what a person needs to find out what went wrong in a round, beside the ledger. @returns where */
export async function keepEvidence(
  scene: Scene,
  name: string,
  complaints: readonly string[],
): Promise<string> {
  const directory = join(dirname(ledgerFiles().outside), "broken", name);
  await mkdir(directory, { recursive: true });
  const keep = async (file: string, text: Promise<string> | string): Promise<void> =>
    writeFile(join(directory, file), await Promise.resolve(text).catch(String));
  await keep("complaints", complaints.join("\n"));
  await keep("operator.log", scene.operator.logs());
  await keep("submissions.json", scene.kubectl(["get", "jobsubmissions", "-o", "json"]));
  await keep("events", scene.kubectl(["get", "events.events.k8s.io", "-o", "json"]));
  for (const cluster of clusterNames)
    for (const [file, text] of Object.entries(looks))
      await keep(`${cluster}-${file}`, scene.run(cluster, "root", `{ ${text}; } || true`));
  return directory;
}

import { eventually } from "../../lab/eventually.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { tendSite } from "../site-admin.ts";
import { liveJobs } from "../slurm-records.ts";
import { on, type Play } from "./play.ts";

/** What a mutant leaves behind must not meet the next play: objects go without an operator, jobs are cancelled by the site. */
export async function clearStage({ scene, sent }: Play): Promise<void> {
  for (const name of new Set(sent.map((each) => each.name))) {
    const where = ["-n", scene.namespace];
    // Mostly it is gone.
    await kubectl(scene.lab, [
      ...where,
      "patch",
      "jsub",
      name,
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":null}}',
    ]);
    await scene.kubectl(["delete", "jsub", name, "--ignore-not-found"]);
  }
  await eventually(
    async () => {
      await scene.run(on, "root", "scancel -u alice; scancel -u bob; true");
      await tendSite(scene);
      return (await liveJobs(scene, on)).length === 0;
    },
    { within: 60_000, every: 500 },
  );
}

import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import { setSlurm } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import { installOperator, mustKubectl, type RunningOperator, startOperator } from "../lab/operator.ts";
import {
  closeWithClusters,
  clusterSide,
  extraCluster,
  gatedScript,
  gatedSubmission,
  openGate,
} from "./cluster-side.ts";
import { lifetime, ofScript, openStage, script, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  for (const cluster of ["c1", "c2"] as const) await setSlurm(lab, cluster, { MinJobAge: 2 });
  await installOperator(lab);
  operator = await startOperator(lab, ["--cleanup-interval-seconds", "2"]);
  stage = await openStage(lab);
  await stage.apply(
    script("answers", '#!/bin/bash\nOUT_answer=42\necho 42 > "$JOB_OUTPUT_DIR/answer"\n'),
    gatedScript(stage),
  );
});

afterAll(async () => {
  await closeWithClusters(stage);
  await operator[Symbol.asyncDispose]();
  for (const cluster of ["c1", "c2"] as const) await setSlurm(lab, cluster, { MinJobAge: 60 });
});

const directoryOf = ({ status }: JobSubmission): string => status.attempts?.at(-1)?.directory ?? "";

/** How many directories the janitor has judged so, over all rounds. */
async function counted(cluster: string, outcome: string): Promise<number> {
  const line = `batchwright_cleanup_directories_total{cluster="${cluster}",outcome="${outcome}"} `;
  const found = (await operator.metrics()).split("\n").find((each) => each.startsWith(line));
  return Number(found?.slice(line.length) ?? 0);
}

test.concurrent.each(["c1", "c2"] as const)(
  "on %s what is old and over goes; what runs, is young, or is of a cluster without cleanup stays",
  { timeout: 4 * lifetime },
  async (on) => {
    const name = (what: string) => `${what}-${on}`;
    const side = clusterSide(stage, on);
    const cluster = await extraCluster(stage, name("tidy"), {
      on,
      spec: { cleanup: { retentionSeconds: 691_200 } },
    });
    const answers = (what: string, where: string) =>
      submit(name(what), ofScript("answers"), { cluster: where });
    await stage.apply(
      answers("done", cluster),
      answers("deleted", cluster),
      answers("young", cluster),
      // In the same workDirectory.
      answers("untidy", stage.clusters[on]),
      gatedSubmission(stage, name("running"), cluster),
    );
    const [done, deleted, young, untidy] = await Promise.all(
      ["done", "deleted", "young", "untidy"].map(async (what) => stage.finished(name(what))),
    );
    const running = await stage.until(name("running"), ({ status }) => status.state === "RUNNING");
    await stage.kubectl("delete", "jobsubmission", name("deleted"), "--timeout=60s");

    /** As if it had been sent, and its last mark made, thirty days ago. */
    const age = async (directory: string) =>
      side.run(
        "alice",
        `cd ${directory}/marks && read -r deadline of <attempt && echo "$((deadline - 30 * 86400)) $of" >attempt && find .. -exec touch -h -d '-30 days' {} +`,
      );
    // However closed and old it looks.
    await side.run("alice", `touch ${directoryOf(running)}/marks/closed`);
    await Promise.all([done!, deleted!, untidy!, running].map(async (each) => age(directoryOf(each))));

    const isThere = async (of: JobSubmission) =>
      (await side.run("alice", `ls ${directoryOf(of)}/output 2>/dev/null || echo gone`)) !== "gone";
    // Not before squeue has ceased to show the ended jobs: the purge comes about once a minute.
    await eventually(async () => !(await isThere(done!)) && !(await isThere(deleted!)), {
      within: 2 * lifetime,
      every: 500,
    });
    // Two more rounds have seen it.
    const seen = await counted(cluster, "Live");
    await eventually(async () => (await counted(cluster, "Live")) >= seen + 2, {
      within: lifetime,
      every: 500,
    });
    expect(await Promise.all([running, young!, untidy!].map(isThere))).toEqual([true, true, true]);
    expect(await counted(cluster, "Removed")).toBe(2);
    expect((await stage.submission(name("done"))).status).toEqual(done!.status);
    expect(done!.status).toMatchObject({ phase: "Done", outputs: [{ name: "answer", value: "42" }] });

    const events = await mustKubectl(lab, [
      "get",
      "events.events.k8s.io",
      "-A",
      "-o",
      `jsonpath={range .items[?(@.regarding.name=="${cluster}")]}{.reason}{"\\n"}{end}`,
    ]);
    expect(events.split("\n")).toContain("JobDirectoriesRemoved");

    await openGate(stage, on, name("running"));
    expect((await stage.finished(name("running"))).status.phase).toBe("Done");
  },
);

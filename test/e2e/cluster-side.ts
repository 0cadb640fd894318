import { z } from "zod";
import { slurmClusterStatus } from "../../src/api/v1alpha1/slurm-cluster-status.ts";
import { insideRoot, type User } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import type { ClusterName } from "../lab/lab.ts";
import { clusterObject as slurmClusterOf, type ClusterOptions, mustKubectl } from "../lab/operator.ts";
import { lifetime, ofScript, script, type Stage, submit } from "./stage.ts";

/** What is done on a cluster behind the operator's back, by its users and its admins. */
export interface ClusterSide {
  /** Shell text that must succeed. @returns what it printed, without the last line break */
  run(user: User, text: string): Promise<string>;
  /** Waits until Slurm itself no longer knows the job. */
  forgotten(jobId: string): Promise<void>;
  /** What `markedScript` wrote, a line for each start of the submission's script: the job's id. */
  marks(submission: string): Promise<readonly string[]>;
}

/** The purge comes about once a minute, whatever MinJobAge says. */
const purgedWithin = 180_000;

export function clusterSide(stage: Stage, cluster: ClusterName): ClusterSide {
  const { lab, namespace } = stage;
  const run: ClusterSide["run"] = async (user, text) => {
    const { code, stdout, stderr } = await insideRoot(lab, { cluster, user }, text);
    if (code !== 0) throw new Error(`on ${cluster}: ${text} ended with ${code}: ${stderr}${stdout}`);
    return stdout.trimEnd();
  };
  return {
    run,
    async forgotten(jobId) {
      await eventually(
        async () => {
          const text = await run("root", `scontrol show job ${jobId} 2>&1 || true`);
          if (!text.includes("Invalid job id")) throw new Error(`Slurm still knows job ${jobId}: ${text}`);
          return true;
        },
        { within: purgedWithin, every: 2000 },
      );
    },
    marks: async (submission) => stage.lines(cluster, `marks-${namespace}/${submission}`),
  };
}

/** A script whose every start leaves a line in a file that is named by the variable MARK, before it does anything else. */
export const markedScript = (
  stage: Stage,
  name: string,
  body: string,
  directives: readonly string[] = [],
): object =>
  script(
    name,
    `${["#!/bin/bash", ...directives].join("\n")}\nmkdir -p "$HOME/marks-${stage.namespace}"\necho "$SLURM_JOB_ID" >> "$HOME/marks-${stage.namespace}/$MARK"\n${body}\n`,
  );

/** The variable that names the file of marks. */
export const markedBy = (submission: string) => ({
  variables: [{ name: "MARK", value: submission }],
});

const clusterObject = z.object({ status: slurmClusterStatus.default({}) });

/** A condition of a SlurmCluster: `False SlurmFailed`; `absent` where it has none. */
export async function clusterCondition(
  stage: Stage,
  name: string,
  type: "Ready" | "Reachable",
): Promise<string> {
  const { status } = clusterObject.parse(
    JSON.parse(await stage.kubectl("get", "slurmcluster", name, "-o", "json")),
  );
  const condition = status.conditions?.find((candidate) => candidate.type === type);
  return condition === undefined ? "absent" : `${condition.status} ${condition.reason}`;
}

/** What a condition of a SlurmCluster says to a person. */
export async function clusterMessage(
  stage: Stage,
  name: string,
  type: "Ready" | "Reachable",
): Promise<string> {
  const { status } = clusterObject.parse(
    JSON.parse(await stage.kubectl("get", "slurmcluster", name, "-o", "json")),
  );
  return status.conditions?.find((candidate) => candidate.type === type)?.message ?? "";
}

/** Waits until a condition of a SlurmCluster is as `wanted` says. */
export const clusterUntil = async (
  stage: Stage,
  name: string,
  wanted: { readonly type: "Ready" | "Reachable"; readonly is: RegExp },
): Promise<string> =>
  eventually(
    async () => {
      const seen = await clusterCondition(stage, name, wanted.type);
      if (!wanted.is.test(seen)) throw new Error(`${wanted.type} of ${name} is ${seen}`);
      return seen;
    },
    { within: lifetime, every: 500 },
  );

/** A SlurmCluster of one test, beside the stage's own. @returns its name */
export async function extraCluster(
  stage: Stage,
  what: string,
  options: Partial<ClusterOptions> = {},
): Promise<string> {
  const name = `${stage.namespace}-${what}`;
  const object = slurmClusterOf(stage.lab, { name, on: "c1", namespaces: [stage.namespace], ...options });
  await mustKubectl(stage.lab, ["apply", "-f", "-"], JSON.stringify(object));
  return name;
}

/** Ends a stage that has clusters of its tests' own. */
export async function closeWithClusters(stage: Stage): Promise<void> {
  await mustKubectl(stage.lab, ["delete", "namespace", stage.namespace, "--timeout=90s"]);
  const names = (await mustKubectl(stage.lab, ["get", "slurmcluster", "-o", "name"])).split("\n");
  const extra = names.filter((name) => name.includes(`/${stage.namespace}-`));
  await mustKubectl(stage.lab, ["delete", "--timeout=60s", ...extra]);
  await stage[Symbol.asyncDispose]();
}

/** A script that ends once a file named by the variable GATE is in alice's home. */
export const gatedScript = (stage: Stage): object =>
  markedScript(stage, "gated", 'while [ ! -e "$HOME/$GATE" ]; do sleep 0.2; done');

/** The file, in the home of the job's user, that opens the gate of a submission. */
export const gateOf = (stage: Stage, submission: string) => `gate-${stage.namespace}-${submission}`;

/** A submission of that script, with a gate of its own. */
export function gatedSubmission(stage: Stage, name: string, cluster: string): object {
  const { variables } = markedBy(name);
  const gate = { name: "GATE", value: gateOf(stage, name) };
  return submit(name, ofScript("gated"), { cluster, spec: { variables: [...variables, gate] } });
}

/** Lets it end. */
export const openGate = async (
  stage: Stage,
  on: ClusterName,
  submission: string,
  user: User = "alice",
): Promise<string> => clusterSide(stage, on).run(user, `touch ~/${gateOf(stage, submission)}`);

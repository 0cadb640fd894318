import { randomBytes } from "node:crypto";
import { z } from "zod";
import { jobSubmission, type JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import { insideRoot } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import { kubectl } from "../lab/kubectl.ts";
import type { ClusterName, Lab } from "../lab/lab.ts";
import { clusterObject, mustKubectl, type ClusterOptions } from "../lab/operator.ts";

/** How long a job of a test may take from its creation to its end on a machine under load. */
export const lifetime = 120_000;

/** A namespace of its own with SlurmClusters of its own, so that tests run side by side. */
export interface Stage extends AsyncDisposable {
  readonly lab: Lab;
  readonly namespace: string;
  /** Name of the SlurmCluster that leads to c1 or c2. */
  readonly clusters: Readonly<Record<ClusterName, string>>;
  /** Applies objects as a user does. */
  apply(...objects: readonly object[]): Promise<void>;
  kubectl(...args: readonly string[]): Promise<string>;
  submission(name: string): Promise<JobSubmission>;
  /** All of the namespace. */
  submissions(): Promise<readonly JobSubmission[]>;
  /** Waits until the submission is as `is` says. */
  until(name: string, is: (submission: JobSubmission) => boolean, within?: number): Promise<JobSubmission>;
  /** Waits for `finished`. */
  finished(name: string): Promise<JobSubmission>;
  /** Lines of a file in alice's home. */
  lines(cluster: ClusterName, file: string): Promise<readonly string[]>;
  events(name: string): Promise<readonly { type: string; reason: string; note: string }[]>;
}

const submissionList = z.object({ items: z.array(jobSubmission) });

const eventList = z.object({
  items: z.array(
    z.object({
      type: z.string(),
      reason: z.string(),
      note: z.string(),
      regarding: z.object({ name: z.string() }),
    }),
  ),
});

export async function openStage(lab: Lab, spec: ClusterOptions["spec"] = {}): Promise<Stage> {
  const namespace = `e2e-${randomBytes(4).toString("hex")}`;
  const clusters = { c1: `${namespace}-c1`, c2: `${namespace}-c2` };
  await mustKubectl(lab, ["create", "namespace", namespace]);
  const stage: Stage = {
    lab,
    namespace,
    clusters,
    async apply(...objects) {
      const list = { apiVersion: "v1", kind: "List", items: objects };
      await mustKubectl(lab, ["-n", namespace, "apply", "-f", "-"], JSON.stringify(list));
    },
    kubectl: async (...args) => mustKubectl(lab, ["-n", namespace, ...args]),
    submission: async (name) =>
      jobSubmission.parse(JSON.parse(await stage.kubectl("get", "jobsubmission", name, "-o", "json"))),
    submissions: async () =>
      submissionList.parse(JSON.parse(await stage.kubectl("get", "jobsubmissions", "-o", "json"))).items,
    until: async (name, is, within = lifetime) => {
      let last: JobSubmission | undefined;
      try {
        return await eventually(
          async () => {
            last = await stage.submission(name);
            return is(last) ? last : undefined;
          },
          { within, every: 500 },
        );
      } catch (cause) {
        throw new Error(`${name} is not as expected: ${JSON.stringify(last?.status, null, 1)}`, { cause });
      }
    },
    finished: async (name) => stage.until(name, ({ status }) => status.finished === "true"),
    lines: async (cluster, file) => {
      const { stdout } = await insideRoot(lab, { cluster, user: "alice" }, `cat ${file} 2>/dev/null || true`);
      return stdout.split("\n").filter((line) => line !== "");
    },
    events: async (name) => {
      const { items } = eventList.parse(
        JSON.parse(await stage.kubectl("get", "events.events.k8s.io", "-o", "json")),
      );
      return items
        .filter(({ regarding }) => regarding.name === name)
        .map(({ type, reason, note }) => ({ type, reason, note }));
    },
    async [Symbol.asyncDispose]() {
      await kubectl(lab, ["delete", "namespace", namespace, "--timeout=90s"], { within: 100_000 });
      await kubectl(lab, ["delete", "slurmcluster", clusters.c1, clusters.c2, "--timeout=60s"], {
        within: 70_000,
      });
    },
  };
  for (const on of ["c1", "c2"] as const) {
    await mustKubectl(
      lab,
      ["apply", "-f", "-"],
      JSON.stringify(clusterObject(lab, { name: clusters[on], on, namespaces: [namespace], spec })),
    );
  }
  await mustKubectl(lab, [
    "wait",
    "slurmcluster",
    clusters.c1,
    clusters.c2,
    "--for=condition=Ready",
    "--timeout=90s",
  ]);
  return stage;
}

const apiVersion = "batchwright.dev/v1alpha1";

/** A JobScript written here. */
export const script = (name: string, text: string, spec: Readonly<Record<string, unknown>> = {}): object => ({
  apiVersion,
  kind: "JobScript",
  metadata: { name },
  spec: {
    entrypoint: { name: text.startsWith("#!/usr/bin/python3") ? "run.py" : "run.sh", text },
    resources: { memory: "20Mi", timeLimitSeconds: 300 },
    ...spec,
  },
});

export const template = (name: string, spec: Readonly<Record<string, unknown>>): object => ({
  apiVersion,
  kind: "JobTemplate",
  metadata: { name },
  spec,
});

/** A JobSubmission of a script on a cluster of the stage. */
export const submit = (
  name: string,
  from: object,
  options: { readonly cluster: string; readonly spec?: object },
): object => ({
  apiVersion,
  kind: "JobSubmission",
  metadata: { name },
  spec: { from, target: { slurm: { name: options.cluster } }, ...options.spec },
});

export const ofScript = (name: string): object => ({ script: { name } });
export const ofTemplate = (name: string, parameters: Readonly<Record<string, string>> = {}): object => ({
  template: {
    name,
    parameters: Object.entries(parameters).map(([parameter, value]) => ({ name: parameter, value })),
  },
});

/** The status of a condition and its reason: `True JobSucceeded`. */
export function conditionIn({ status }: JobSubmission, type: string): string {
  const condition = status.conditions?.find((candidate) => candidate.type === type);
  return condition === undefined ? "absent" : `${condition.status} ${condition.reason}`;
}

export const messageIn = ({ status }: JobSubmission): string =>
  status.conditions?.find(({ type }) => type === "Succeeded")?.message ?? "";

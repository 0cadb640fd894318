import { finalizers } from "../../src/api/group.ts";
import type { JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import { type KubeClient, openKubeClient } from "../../src/kube/client.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { ofScript, openStage, script, type Stage, submit } from "../e2e/stage.ts";
import { removeStored } from "../lab/etcd.ts";
import type { Lab } from "../lab/lab.ts";
import { installOperator, startOperator } from "../lab/operator.ts";
import { cancelAll } from "./slurm-side.ts";

/** Held, so that nothing but their acceptance takes time, and small, so that many fit. */
export const heldResources = { memory: "20Mi", timeLimitSeconds: 300, sbatch: ["--hold"] } as const;
export const heldWords = ["--hold", "--mem=20M", "--time=5"] as const;
export const finalizer = finalizers.job;

/** A namespace with clusters and one held job that was accepted; no operator runs. */
export interface Scene extends AsyncDisposable {
  readonly lab: Lab;
  readonly stage: Stage;
  readonly client: KubeClient;
  /** As the operator has left it. */
  readonly sample: JobSubmission;
  /** Cancels all jobs and takes all submissions away at once, finalizers or not: nobody follows them. */
  clear(): Promise<void>;
}

export async function openScene(lab: Lab, spec: Readonly<Record<string, unknown>> = {}): Promise<Scene> {
  await installOperator(lab);
  const { stage, sample } = await openSample(lab, spec);
  const client = openKubeClient({
    source: { is: "kubeconfig", path: lab.kube.kubeconfig },
    logger: createLogger({ level: "warn" }),
  });
  const clear = async (): Promise<void> => {
    await cancelAll(lab);
    await removeStored(lab.kube, `batchwright.dev/jobsubmissions/${stage.namespace}`);
  };
  return {
    lab,
    stage,
    client,
    sample,
    clear,
    async [Symbol.asyncDispose]() {
      await clear();
      await client[Symbol.asyncDispose]();
      await using _operator = await startOperator(lab);
      await stage[Symbol.asyncDispose]();
    },
  };
}

async function openSample(lab: Lab, spec: Readonly<Record<string, unknown>>) {
  await using _operator = await startOperator(lab);
  const polling = { intervalSeconds: 5, floorSeconds: 2 };
  const stage = await openStage(lab, { polling, ...spec });
  await stage.apply(
    script("held", "#!/bin/sh\ntrue\n", { resources: {} }),
    submit("sample", ofScript("held"), { cluster: stage.clusters.c1, spec: { resources: heldResources } }),
  );
  const sample = await stage.until("sample", ({ status }) => status.state === "PENDING");
  return { stage, sample };
}

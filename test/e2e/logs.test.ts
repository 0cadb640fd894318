import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide } from "./cluster-side.ts";
import { lifetime, ofScript, openStage, script, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

const token = `ghp_${"aB3dE5gH7jK9mN1pQ2sT4vW6yZ8".repeat(2).slice(0, 36)}`;
const text = `#!/bin/bash
echo "task $SLURM_ARRAY_TASK_ID"
echo "-----BEGIN OPENSSH PRIVATE KEY-----"; head -c 300 /dev/zero | base64; echo "-----END OPENSSH PRIVATE KEY-----"
echo "with $DB_PASSWORD and $ACCESS_TOKEN, cloned by ${token}"
until [ -e "$HOME/$GATE" ]; do sleep 0.2; done
echo "https://ada:hunter2@example.org"
`;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  const variables = [{ name: "ACCESS_TOKEN", value: "a script's own" }];
  await stage.apply(script("talks", text, { environment: { variables } }));
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

const shown = (task: string) => `task ${task}
-----BEGIN OPENSSH PRIVATE KEY-----***-----END OPENSSH PRIVATE KEY-----
with *** and ***, cloned by ***
`;

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  test(
    "the log is read on request and at the end, of the task asked for, without its secrets",
    { timeout: 2 * lifetime },
    async () => {
      const name = `talks-${cluster}`;
      const ask = async (request: string) => {
        await stage.kubectl("annotate", "jsub", name, "--overwrite", `batchwright.dev/read-log=${request}`);
        return stage.until(name, ({ status }) => status.log?.request === request);
      };
      const gate = `gate-${stage.namespace}-${name}`;
      const variables = [
        { name: "DB_PASSWORD", value: "open sesame!" },
        { name: "GATE", value: gate },
      ];
      await stage.apply(
        submit(name, ofScript("talks"), {
          cluster: stage.clusters[cluster],
          spec: { variables, resources: { array: "0-1" } },
        }),
      );
      const live = await stage.until(name, ({ status }) => status.startedAt !== undefined);
      expect(live.status.log).toBeUndefined();
      const written = clusterSide(stage, cluster);
      const path = `${live.status.workingDirectory}/work/slurm-${live.status.jobId}_1.out`;
      await written.run("alice", `until grep -q cloned ${path}; do sleep 0.2; done`);
      const asked = await ask("task=1 first");
      const size = Number(await written.run("alice", `wc -c <${path}`));
      const answer = { path, task: 1, size, readAt: expect.any(String), tail: shown("1") };
      expect(asked.status.log).toEqual({ ...answer, request: "task=1 first" });
      expect((await ask("task=9")).status.log).toMatchObject({ message: "The array has no task 9." });
      await written.run("alice", `touch ~/${gate}`);
      await stage.kubectl("annotate", "jsub", name, "--overwrite", "batchwright.dev/read-log=the end");
      const { status } = await stage.finished(name);
      expect(status).toMatchObject({ phase: "Done" });
      expect(status.log?.tail).toBe(`${shown("0")}https://ada:***@example.org\n`);
      expect(JSON.stringify(status)).not.toMatch(/sesame|a script's own|ghp_|hunter2/u);
    },
  );
});

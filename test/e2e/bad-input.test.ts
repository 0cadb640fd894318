import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { insideRoot, restartDaemon, setSlurm } from "../lab/daemons.ts";
import { refused, refusedGiven } from "./bad-input/refused.ts";
import { waitingRows } from "./bad-input/waiting.ts";
import { eventually } from "../lab/eventually.ts";
import {
  clusterObject,
  installOperator,
  mustKubectl,
  type RunningOperator,
  startOperator,
} from "../lab/operator.ts";
import { conditionIn, lifetime, messageIn, ofScript, openStage, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  await stage.apply(...refusedGiven);
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

test.concurrent.each(refused)(
  "$what is Rejected, says why, and is told",
  { timeout: lifetime },
  async ({ from, given = [], spec, reason, says }) => {
    const name = `bad-${randomBytes(4).toString("hex")}`;
    await stage.apply(
      ...given,
      submit(name, from, { cluster: stage.clusters.c1, ...(spec === undefined ? {} : { spec }) }),
    );
    const done = await stage.finished(name);
    expect(done.status.phase).toBe("Rejected");
    expect(conditionIn(done, "Stalled")).toBe(`True ${reason}`);
    const message = messageIn(done).toLowerCase();
    for (const part of says) expect(message).toContain(part.toLowerCase());
    expect(conditionIn(done, "Dispatched")).toMatch(/^False/u);
    const told = done.status.conditions?.find(({ type }) => type === "Stalled")?.reason;
    // Events are written after the status.
    await eventually(
      async () =>
        (await stage.events(name)).some((event) => event.type === "Warning" && event.reason === told),
      { within: 30_000 },
    );
  },
);

describe.concurrent("waiting, and right by itself when the cause goes away:", () => {
  test.each(waitingRows(() => stage))(
    "$what",
    { timeout: 2 * lifetime },
    async ({ begin, reason, says, cure }) => {
      const name = `wait-${randomBytes(4).toString("hex")}`;
      await stage.apply(await begin(name));
      const waiting = await stage.until(
        name,
        ({ status }) =>
          status.conditions?.some(
            (condition) =>
              condition.type === "Reconciling" &&
              condition.reason === reason &&
              says.every((part) => condition.message.includes(part)),
          ) === true,
      );
      expect(waiting.status.phase).toBe("Created");
      expect(conditionIn(waiting, "Stalled")).toBe("absent");
      await cure(name);
      const done = await stage.finished(name);
      expect(done.status).toMatchObject({ phase: "Done", state: "COMPLETED" });
      await eventually(async () => (await stage.events(name)).some((event) => event.reason === reason), {
        within: 30_000,
      });
    },
  );
});

test("a missing reference is waited for no longer than asked", { timeout: lifetime }, async () => {
  await stage.apply(
    submit("impatient", ofScript("never-there"), {
      cluster: stage.clusters.c1,
      spec: { missingReferenceTimeoutSeconds: 3 },
    }),
  );
  const done = await stage.finished("impatient");
  expect(done.status.phase).toBe("Rejected");
  expect(conditionIn(done, "Stalled")).toBe("True MissingReferenceTimeout");
  expect(messageIn(done)).toContain("never-there");
});

test("Slurm's own limit on submitted jobs is waited for", { timeout: 2 * lifetime }, async () => {
  const root = async (command: string) => insideRoot(lab, { cluster: "c1", user: "root" }, command);
  const limit = async (most: number) =>
    root(`sacctmgr -iQ modify user bob where account=research set MaxSubmitJobs=${most}`);
  const name = `${stage.namespace}-limited`;
  const enforce = async (what: "limits" | "") => {
    await setSlurm(lab, "c1", { AccountingStorageEnforce: what });
    await restartDaemon(lab, "c1", "slurmctld");
  };
  await enforce("limits");
  try {
    await limit(0);
    await mustKubectl(
      lab,
      ["apply", "-f", "-"],
      JSON.stringify(clusterObject(lab, { name, on: "c1", namespaces: [stage.namespace], user: "bob" })),
    );
    await stage.apply(submit("limited", ofScript("fine"), { cluster: name }));
    const waiting = await stage.until(
      "limited",
      (seen) => conditionIn(seen, "Reconciling") === "True SubmitLimitReached",
    );
    expect(messageIn(waiting)).toContain("takes no more jobs for now");
    expect(waiting.status.phase).toBe("Created");
    await limit(-1);
    expect((await stage.finished("limited")).status).toMatchObject({
      phase: "Done",
      state: "COMPLETED",
      user: "bob",
    });
  } finally {
    await limit(-1);
    // It demands that accounting knows whoever submits, and other tests make users of their own.
    await enforce("");
  }
});

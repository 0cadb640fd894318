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
import { closeWithClusters } from "./cluster-side.ts";
import {
  conditionIn,
  lifetime,
  messageIn,
  ofScript,
  openStage,
  script,
  type Stage,
  submit,
} from "./stage.ts";

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
  await closeWithClusters(stage);
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

const isFull = process.env["BATCHWRIGHT_FULL"] === "1";
const many = isFull
  ? { jobs: 5000, most: 1000, within: 3_600_000 }
  : { jobs: 50, most: 10, within: lifetime };

describe("Slurm's own limit on submitted jobs", () => {
  const root = async (command: string) => insideRoot(lab, { cluster: "c1", user: "root" }, command);
  const limit = async (most: number) =>
    root(`sacctmgr -iQ modify user bob where account=research set MaxSubmitJobs=${most}`);
  const enforce = async (what: "limits" | "") => {
    await setSlurm(lab, "c1", { AccountingStorageEnforce: what });
    await restartDaemon(lab, "c1", "slurmctld");
  };
  const cluster = async (what: string, spec: Readonly<Record<string, unknown>>) => {
    const name = `${stage.namespace}-${what}`;
    const object = clusterObject(lab, { name, on: "c1", namespaces: [stage.namespace], user: "bob", spec });
    await mustKubectl(lab, ["apply", "-f", "-"], JSON.stringify(object));
    return name;
  };
  beforeAll(async () => {
    await enforce("limits");
    await stage.apply(script("brief", "#!/bin/sh\ntrue\n", { resources: { memory: "10Mi" } }));
  });
  afterAll(async () => {
    await limit(-1);
    // It demands that accounting knows whoever submits, and other tests make users of their own.
    await enforce("");
  });

  test("is waited for", { timeout: 2 * lifetime }, async () => {
    await stage.apply(submit("before", ofScript("fine"), { cluster: stage.clusters.c2 }));
    await stage.finished("before");
    await limit(0);
    const dependsOn = [{ name: "before" }];
    const limited = await cluster("limited", {});
    await stage.apply(submit("limited", ofScript("fine"), { cluster: limited, spec: { dependsOn } }));
    const waiting = await stage.until(
      "limited",
      (seen) => conditionIn(seen, "Reconciling") === "True SubmitLimitReached",
    );
    expect(messageIn(waiting)).toContain("takes no more jobs for now");
    expect(waiting.status.phase).toBe("Created");
    // It has let this one through, and may go, although nothing of this one has run so far.
    await stage.kubectl("delete", "jsub", "before");
    await limit(-1);
    expect((await stage.finished("limited")).status).toMatchObject({
      phase: "Done",
      state: "COMPLETED",
      user: "bob",
    });
  });

  /** Sends many, and waits for their end. @returns what became of them, and which reasons to wait they were seen with */
  async function sendMany(what: string, on: string) {
    const names = Array.from({ length: many.jobs }, (_, n) => `${what}-${n}`);
    await stage.apply(...names.map((name) => submit(name, ofScript("brief"), { cluster: on })));
    const reasons = new Set<string>();
    const list = await eventually(
      async () => {
        const items = (await stage.submissions()).filter(({ metadata }) => names.includes(metadata.name));
        for (const item of items)
          if (item.status.phase === "Created") reasons.add(conditionIn(item, "Reconciling"));
        const open = items.filter(({ status }) => status.finished !== "true");
        if (items.length === names.length && open.length === 0) return items;
        throw new Error(`${open.length} of ${items.length} are open: ${JSON.stringify(open[0]?.status)}`);
      },
      { within: many.within, every: 500 },
    );
    return { reasons, list };
  }

  test(
    `${many.jobs} submissions where the site allows ${many.most}: they wait, and all are run`,
    { timeout: many.within + lifetime },
    async () => {
      await limit(many.most);
      const { reasons, list } = await sendMany("unlimited", await cluster("unlimited", {}));
      expect(list.map(({ status }) => status.phase)).toEqual(list.map(() => "Done"));
      expect(reasons).toContain("True SubmitLimitReached");
      // Slurm was asked in vain by those who were on their way when it first refused, and by few who found out whether it still does.
      const inVain = list.reduce((sum, { status }) => sum + (status.attempts?.length ?? 0) - 1, 0);
      expect(inVain).toBeLessThan(many.jobs * 2);
    },
  );

  test("with spec.limits none of them is ever refused", { timeout: many.within + lifetime }, async () => {
    await limit(many.most);
    const on = await cluster("bounded", { limits: { maxJobsPerUser: many.most } });
    const { reasons, list } = await sendMany("bounded", on);
    expect(list.map(({ status }) => [status.phase, status.attempts?.length])).toEqual(
      list.map(() => ["Done", 1]),
    );
    expect(reasons).toContain("True JobLimitReached");
    expect([...reasons].filter((reason) => reason.includes("SubmitLimitReached"))).toEqual([]);
  });
});

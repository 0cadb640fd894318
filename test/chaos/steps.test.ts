import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { wordsOf } from "../lab/api-writes.ts";
import type { Moment, SeenRequest } from "./api-proxy.ts";
import { drawFrom } from "./draw.ts";
import { leftovers, stages } from "./leftovers.ts";
import { judgeRound } from "./oracle.ts";
import { openScene, type Scene } from "./scene.ts";
import { prepareWorkload } from "./scripts.ts";
import type { Sort } from "./sent.ts";
import { Workload } from "./workload.ts";

/**
 * What every life has, in its order: the finalizer is set, what is intended and what came of it are stored and told, the end is stored, the
 * finalizer goes, and the record is complete. `2nd`: one like it came before.
 */
const stepsOfLife = [
  "PATCH object",
  "PATCH status Dispatching",
  "PATCH status Dispatched",
  "POST event Dispatched",
  "PATCH status JobSucceeded",
  "2nd PATCH object",
  "PATCH status finished",
] as const;
/** Reads, and what is told only when it is seen in time, come between: a life has fewer requests than 30. */
const mostRequests = 30;
const leastRequests = 7;
const lifeWithin = 60_000;
const isFull = process.env["BATCHWRIGHT_FULL"] === "1";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(inject("lab"));
  await scene.operator.ensureUp();
  await prepareWorkload(scene);
});
afterAll(async () => scene[Symbol.asyncDispose]());

/** @returns what a request is about the submission: reads and writes of the object itself, and its events; nothing for any other */
function stepOf(seen: SeenRequest, name: string): string | undefined {
  const isEvent = seen.path.includes("/events");
  const isAbout = isEvent
    ? seen.body.includes(`"${name}"`)
    : new RegExp(`/jobsubmissions/${name}(?:[/?]|$)`, "u").test(seen.path);
  if (seen.isWatch || !isAbout) return undefined;
  const what = isEvent ? "event" : seen.path.includes("/status") ? "status" : "object";
  return [seen.method, what, ...wordsOf(seen)].join(" ");
}

/** Tells the request at which the operator is to be killed. Asked of each that is about the submission, in their order. */
type Choice = (step: string) => boolean;

const theNth = (n: number): Choice => {
  let left = n;
  return () => (left -= 1) === 0;
};

const theOne = (wanted: (typeof stepsOfLife)[number]): Choice => {
  const [, second, word = ""] = /^(2nd )?(.*)$/u.exec(wanted) ?? [];
  const nth = theNth(second === undefined ? 1 : 2);
  return (step) => step === word && nth(step);
};

/** One submission, and SIGKILL at one request that is about it. @returns that request; nothing where its life had none that was chosen */
async function liveThrough(
  workload: Workload,
  { at, isChosen, sort = "good" }: { at: Moment; isChosen: Choice; sort?: Sort },
): Promise<string | undefined> {
  await scene.operator.ensureUp();
  const name = workload.nextName;
  let step: string | undefined;
  const matches = (seen: SeenRequest): boolean => {
    const word = stepOf(seen, name);
    if (word === undefined || !isChosen(word)) return false;
    step = word;
    return true;
  };
  const run = async (): Promise<void> => void (await scene.operator.end("SIGKILL"));
  using set = scene.api.lieInWait({ at, matches, run, next: "cut" });
  await workload.create(sort);
  const finished = "--for=jsonpath={.status.finished}=true";
  const over = scene.kubectl(["wait", "jsub", name, finished, `--timeout=${lifeWithin / 1000}s`]);
  // Events come after the last write: a moment more for them.
  const ended = over.then(async () => sleep(1500));
  await Promise.race([set.sprung, ended]);
  await scene.operator.ensureUp();
  await ended;
  return step;
}

/** Nothing is lost, nothing was sent twice, and nothing is left of it. */
async function expectAllWell(workload: Workload, staged: Awaited<ReturnType<typeof stages>>): Promise<void> {
  expect(await judgeRound(scene, workload, { isShaken: false })).toEqual([]);
  expect(await leftovers(scene, staged)).toEqual([]);
}

const moments = ["before", "after"] as const;

test.each(moments)(
  "an operator killed at each step of a life, %s the API server has answered it, loses nothing and sends nothing twice",
  { timeout: 600_000 },
  async (at) => {
    const workload = new Workload(scene, drawFrom(1).fork(), at);
    const staged = await stages(scene);
    const killedAt: (string | undefined)[] = [];
    for (const step of stepsOfLife)
      killedAt.push(await liveThrough(workload, { at, isChosen: theOne(step) }));
    await expectAllWell(workload, staged);
    expect(killedAt).toEqual(stepsOfLife.map((step) => step.replace("2nd ", "")));
  },
);

/** A life as it goes by itself, and those in which people take part: what they ask for is in the middle of it, anywhere. */
const lives = (["good", "cancelled", "held", "retried", "retried-tasks"] as const).flatMap((sort) =>
  moments.map((at) => [sort, at] as const),
);

test.runIf(isFull).each(lives)(
  "an operator killed at every single request of a %s life, %s the API server has answered it, loses nothing and sends nothing twice",
  { timeout: 900_000 },
  async (sort, at) => {
    const workload = new Workload(scene, drawFrom(2).fork(), `every-${sort}-${at}`);
    const staged = await stages(scene);
    const steps: string[] = [];
    for (let n = 1; n <= mostRequests; n += 1) {
      const step = await liveThrough(workload, { at, isChosen: theNth(n), sort });
      if (step === undefined) break;
      steps.push(step);
    }
    console.log(`killed ${at}: ${steps.join(", ")}`);
    await workload.done();
    await expectAllWell(workload, staged);
    // Whoever cancels at once leaves little to write.
    expect(steps.length).toBeGreaterThanOrEqual(sort === "cancelled" ? 3 : leastRequests);
  },
);

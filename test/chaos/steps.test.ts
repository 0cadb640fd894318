import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Moment, SeenRequest } from "./api-proxy.ts";
import { drawFrom } from "./draw.ts";
import { leftovers, stages } from "./leftovers.ts";
import { judgeRound } from "./oracle.ts";
import { openScene, type Scene } from "./scene.ts";
import { prepareWorkload, Workload } from "./workload.ts";

/** A life has fewer requests than 30; the first nine go from seen over what is intended to accepted and running. */
const mostSteps = process.env["BATCHWRIGHT_FULL"] === "1" ? 30 : 9;
/** Seen, finalizer, what is intended, accepted, and their events. */
const leastSteps = 7;
const lifeWithin = 60_000;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(inject("lab"));
  await scene.operator.ensureUp();
  await prepareWorkload(scene);
});
afterAll(async () => scene[Symbol.asyncDispose]());

/** Reads and writes of the object itself, and its events. */
const isAbout =
  (name: string) =>
  ({ path, body, isWatch }: SeenRequest): boolean =>
    !isWatch &&
    (path.includes(`/jobsubmissions/${name}`) || (path.includes("/events") && body.includes(name)));

/** One submission, and SIGKILL at the n-th request that is about it. @returns that request; nothing where its life had fewer */
async function liveThrough(workload: Workload, at: Moment, n: number): Promise<string | undefined> {
  await scene.operator.ensureUp();
  const name = workload.nextName;
  const about = isAbout(name);
  let left = n;
  let step: string | undefined;
  using set = scene.api.lieInWait({
    at,
    matches: (seen) => about(seen) && (left -= 1) === 0,
    run: async ({ method, path }) => {
      step = `${method} ${path.includes("/events") ? "event" : path.includes("/status") ? "status" : "object"}`;
      await scene.operator.end("SIGKILL");
    },
    next: "cut",
  });
  await workload.create("good");
  const finished = "--for=jsonpath={.status.finished}=true";
  const over = scene.kubectl(["wait", "jsub", name, finished, `--timeout=${lifeWithin / 1000}s`]);
  // Events come after the last write: a moment more for them.
  const ended = over.then(async () => sleep(1500));
  await Promise.race([set.sprung, ended]);
  await scene.operator.ensureUp();
  await ended;
  return step;
}

test.each(["before", "after"] as const)(
  "an operator killed at every single request of a life, %s the API server has answered it, loses nothing and sends nothing twice",
  { timeout: 600_000 },
  async (at) => {
    const workload = new Workload(scene, drawFrom(1).fork(), at);
    const staged = await stages(scene);
    const steps: string[] = [];
    for (let n = 1; n <= mostSteps; n += 1) {
      const step = await liveThrough(workload, at, n);
      if (step === undefined) break;
      steps.push(step);
    }
    console.log(`killed ${at}: ${steps.join(", ")}`);
    expect(await judgeRound(scene, workload, { isShaken: false })).toEqual([]);
    expect(await leftovers(scene, staged)).toEqual([]);
    expect(steps.length).toBeGreaterThanOrEqual(leastSteps);
    expect(steps).toContain("PATCH object");
    expect(steps.filter((step) => step === "PATCH status").length).toBeGreaterThanOrEqual(2);
  },
);

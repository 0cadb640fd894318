import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Moment, SeenRequest } from "./api-proxy.ts";
import { drawFrom } from "./draw.ts";
import { leftovers, stages } from "./leftovers.ts";
import { judgeRound } from "./oracle.ts";
import { openScene, type Scene } from "./scene.ts";
import { prepareWorkload, Workload } from "./workload.ts";

/** A life has fewer requests than this: finalizer, intent, accepted, states, end, and events beside them. */
const mostSteps = 30;
/** Seen, put on file, what is intended, accepted, the end. */
const leastSteps = 5;
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
  const over = scene.kubectl([
    "wait",
    "jsub",
    name,
    "--for=jsonpath={.status.finished}=true",
    `--timeout=${lifeWithin / 1000}s`,
  ]);
  // Events come after the last write: a moment more for them.
  await Promise.race([set.sprung, over.then(async () => sleep(1500))]);
  await scene.operator.ensureUp();
  await over.catch(async (error: unknown) => {
    console.log(
      await scene.kubectl(["get", "jsub", name, "-o", "yaml"]),
      (await scene.operator.logs()).slice(-6000),
    );
    throw error;
  });
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
    expect(steps.length).toBeLessThan(mostSteps);
    expect(steps).toContain("PATCH object");
    expect(steps.filter((step) => step === "PATCH status").length).toBeGreaterThanOrEqual(3);
  },
);

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { OperatorHand } from "../operator-hand.ts";
import { openScene, type Scene } from "../scene.ts";
import { clearStage } from "./clear-stage.ts";
import { courses } from "./courses/all.ts";
import { testBuild } from "./mutated-source.ts";
import type { Course, Mutant } from "./mutant.ts";
import { Play, prepareStage } from "./play.ts";
import { verdictOf } from "./verdict.ts";

const lab = inject("lab");
const isFull = process.env["BATCHWRIGHT_FULL"] === "1";
const mutantsOf = ({ mutants }: Course): readonly Mutant[] =>
  mutants.filter(({ isSample }) => isFull || isSample === true);
const played = courses.filter((course) => mutantsOf(course).length > 0);
const playWithin = 300_000;
/** Only clusters with spec.cleanup are tidied. */
const tidy = ["--cleanup-interval-seconds", "2"];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(lab);
  await prepareStage(scene);
});
afterAll(async () => scene[Symbol.asyncDispose]());

/** @returns what the oracle says of a course with the operator as it is, or with a mutant of it */
async function play(course: Course, mutant?: Mutant): Promise<readonly string[]> {
  const tag = (mutant?.name ?? `${courses.indexOf(course)}-as-it-is`).toLowerCase().replaceAll("_", "-");
  await using build = mutant && (await testBuild(join(lab.state, `${scene.namespace}-${tag}`), mutant.edits));
  const source = build === undefined ? {} : { sourceRoot: build.sourceRoot };
  await using operator = new OperatorHand(lab, { ...source, api: scene.api }, tidy);
  const one = new Play({ ...scene, operator }, operator, tag);
  await operator.ensureUp();
  try {
    await course.run(one);
    return await verdictOf(one, course, mutant?.complaint);
  } catch (cause) {
    throw new Error(`the course was not played to its end; the operator's log:\n${await logOf(operator)}`, {
      cause,
    });
  } finally {
    await operator.end("SIGKILL");
    await clearStage(one);
  }
}

const logOf = async (operator: OperatorHand): Promise<string> => (await operator.logs()).slice(-6000);

describe.each(played.map((course) => [course.what, course] as const))("%s", (_what, course) => {
  test("does no harm", { timeout: playWithin }, async () => {
    expect(await play(course)).toEqual([]);
  });

  test.each(mutantsOf(course).map((mutant) => [mutant.name, mutant.rule, mutant.what, mutant] as const))(
    "does harm as %s, where rule %i is switched off: %s",
    { timeout: playWithin },
    async (_name, _rule, _what, mutant) => {
      const complaints = await play(course, mutant);
      console.log(`${mutant.name}: ${complaints.join("; ")}`);
      expect(complaints.join("\n")).toMatch(mutant.complaint);
    },
  );
});

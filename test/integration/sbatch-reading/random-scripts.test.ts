import * as fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { releases } from "../../../src/core/slurm/options/release.ts";
import { readScript } from "../../../src/core/slurm/script/read-script.ts";
import { arbitraryScript } from "./arbitrary-script.ts";
import { readingDifference } from "./reading-difference.ts";
import { askSbatch } from "./real-sbatch.ts";

const isFull = process.env["BATCHWRIGHT_FULL"] !== undefined;
const seed = Number(process.env["BATCHWRIGHT_SEED"] ?? (isFull ? Date.now() % 2 ** 31 : 22_05_24_11));
const numRuns = Number(process.env["BATCHWRIGHT_RUNS"] ?? (isFull ? 5000 : 400));

/** Milliseconds; a hundred sbatch take some seconds, more on a busy machine. */
const limit = 180_000;

describe.each(releases)("random scripts on Slurm %s", (release) => {
  it(
    `are read as the real sbatch reads them (seed ${seed})`,
    async () => {
      const scripts = fc.sample(arbitraryScript, { seed, numRuns });
      const answers = await askSbatch(
        inject("lab"),
        release,
        scripts.map((script) => ({ script })),
      );
      const differences = scripts.flatMap((script, index) => {
        const answer = answers[index];
        const difference =
          answer === undefined ? "no answer" : readingDifference(readScript(script, { release }), answer);
        return difference === undefined ? [] : [{ script, difference }];
      });
      const taken = answers.filter(({ components }) => components.length > 0).length;
      expect({ answers: answers.length, differences: differences.slice(0, 20) }).toEqual({
        answers: numRuns,
        differences: [],
      });
      expect(taken, "too few scripts are taken for the comparison to mean much").toBeGreaterThan(numRuns / 4);
    },
    limit,
  );
});

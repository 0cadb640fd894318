import * as fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { mergeOptions } from "../../../src/core/slurm/options/merge-options.ts";
import type { OptionSetting } from "../../../src/core/slurm/options/option-groups.ts";
import { formatDirective, formatWord } from "../../../src/core/slurm/options/option-text.ts";
import { isOptionName } from "../../../src/core/slurm/options/option-table.ts";
import { releases } from "../../../src/core/slurm/options/release.ts";
import { resourcesToOptions } from "../../../src/core/slurm/options/resources-options.ts";
import { readScript } from "../../../src/core/slurm/script/read-script.ts";
import { arbitraryJobScript, arbitraryResources } from "../../unit/core/slurm/options/arbitrary-levels.ts";
import { componentDifference } from "./reading-difference.ts";
import { askSbatch } from "./real-sbatch.ts";

const isFull = process.env["BATCHWRIGHT_FULL"] !== undefined;
const seed = Number(process.env["BATCHWRIGHT_SEED"] ?? (isFull ? Date.now() % 2 ** 31 : 24_11_22_05));
const numRuns = isFull ? 1000 : 100;

/** Milliseconds; a hundred sbatch take some seconds, more on a busy machine. */
const limit = 180_000;

describe.each(releases)(`what is sent to Slurm %s (seed ${seed})`, (release) => {
  it(
    "any value comes back exactly, from a generated line and from the command line",
    async () => {
      const value = fc.string({
        unit: fc.oneof(
          fc.constantFrom(...Array.from("\"'\\#:=- \t$`!{}[]*?;&|<>~")),
          fc.constantFrom("a", "é", "漢", "hetjob", "%j", "–"),
        ),
        maxLength: 24,
      });
      const values = fc.sample(value, { seed, numRuns });
      const answers = await askSbatch(
        inject("lab"),
        release,
        values.map((comment) => ({
          script: `#!/bin/sh\n${formatDirective({ name: "comment", value: comment })}\n`,
          words: [formatWord({ name: "wckey", value: comment })],
        })),
      );
      const back = answers.map(({ components: [shown] }) => [shown?.get("comment"), shown?.get("wckey")]);
      expect(back).toEqual(values.map((comment) => [comment, comment]));
    },
    limit,
  );

  it(
    "the launcher's lines and the command line mean what is effective",
    async () => {
      const options = (field: string) =>
        arbitraryResources.map((asked) => resourcesToOptions(asked, { field, release }));
      const levels = fc
        .record({
          cluster: options("spec.defaults"),
          resources: options("spec.resources"),
          submission: options("spec.resources"),
          script: arbitraryJobScript.map((text) => readScript(text, { release })),
        })
        .filter((asked) => Object.values(asked).every(({ errors }) => errors.length === 0));
      const merged = fc.sample(levels, { seed, numRuns }).map((asked) => mergeOptions(asked));
      const answers = await askSbatch(
        inject("lab"),
        release,
        merged.map(({ directives, words }) => ({
          script: `#!/bin/sh\n${directives.join("\n")}\ntrue\n`,
          words,
        })),
      );
      const differences = merged.flatMap((sent, index) => {
        const answer = answers[index];
        const [shown] = answer?.components ?? [];
        if (answer === undefined || shown === undefined)
          return [{ sent, difference: answer?.text ?? "no answer" }];
        const effective = sent.effective
          .filter(({ component }) => component === 0)
          .flatMap(({ option, value }): OptionSetting[] =>
            isOptionName(option) ? [{ name: option, value }] : [],
          );
        const difference = componentDifference(effective, shown);
        return difference === undefined ? [] : [{ sent, difference }];
      });
      expect(differences.slice(0, 5)).toEqual([]);
      expect(answers.length).toBe(numRuns);
    },
    limit,
  );
});

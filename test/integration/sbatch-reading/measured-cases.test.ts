import { describe, expect, inject, it } from "vitest";
import { isOptionName } from "../../../src/core/slurm/options/option-table.ts";
import { releases } from "../../../src/core/slurm/options/release.ts";
import { measuredCases } from "../../unit/core/slurm/script/measured-cases.ts";
import type { Measured } from "../../unit/core/slurm/script/measured-cases.ts";
import { askSbatch } from "./real-sbatch.ts";
import type { Answer } from "./real-sbatch.ts";
import { comparable } from "./shown-options.ts";

/** Milliseconds; a hundred sbatch take some seconds, more on a busy machine. */
const limit = 180_000;

describe.each(releases)("the measured cases on Slurm %s", (release) => {
  it(
    "come out as they are recorded",
    async () => {
      const answers = await askSbatch(
        inject("lab"),
        release,
        measuredCases.map((one) => ({ ...one, submit: one.by === "slurmctld" })),
      );
      const outcomes = measuredCases.map((one, index) => {
        const measured = release === "22.05" ? one.measured : (one.newer ?? one.measured);
        const answer = answers[index];
        return answer === undefined
          ? `${one.name}: no answer`
          : difference(one.name, { measured, answer, by: one.by });
      });
      expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([]);
      expect(answers.length).toBe(measuredCases.length);
    },
    limit,
  );
});

/** What sbatch says now otherwise than recorded. Only the options that were looked at then are compared. */
function difference(
  name: string,
  { measured, answer, by }: { measured: Measured; answer: Answer; by: "slurmctld" | undefined },
): string | undefined {
  const [shown] = answer.components;
  if ("refuses" in measured) {
    const asRecorded = by === "slurmctld" ? answer.exitCode !== 0 : shown === undefined;
    return asRecorded ? undefined : `${name}: sbatch takes it, ${measured.refuses} is recorded`;
  }
  const looked = ["job-name", "comment", "time", "partition", "array", "mem"];
  const now = Object.fromEntries(
    looked
      .filter((option) => shown?.has(option))
      .map((option) => [option, spelt(option, shown?.get(option) ?? "")]),
  );
  const then = Object.fromEntries(
    Object.entries(measured.takes).map(([option, value]) => [option, spelt(option, value)]),
  );
  const same = JSON.stringify(sorted(now)) === JSON.stringify(sorted(then));
  return same
    ? undefined
    : `${name}: ${JSON.stringify(now)}, recorded is ${JSON.stringify(then)}; ${answer.text}`;
}

/** The lab's shell hands us bytes that are no UTF-8 as replacement characters. */
function spelt(option: string, value: string): string | undefined {
  const text = value.replaceAll(/[\u0080-\u00ff]{2}/gu, "\ufffd\ufffd");
  return isOptionName(option) ? comparable({ name: option, value: text }) : text;
}

const sorted = (options: Record<string, unknown>): unknown =>
  Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));

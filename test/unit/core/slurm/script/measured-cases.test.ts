import { describe, expect, it } from "vitest";
import { parseMemory } from "../../../../../src/core/slurm/memory.ts";
import type { OptionSetting } from "../../../../../src/core/slurm/options/option-groups.ts";
import { releases } from "../../../../../src/core/slurm/options/release.ts";
import { readSbatchEntries } from "../../../../../src/core/slurm/options/sbatch-entries.ts";
import { settleOptions } from "../../../../../src/core/slurm/options/settled-options.ts";
import { readScript } from "../../../../../src/core/slurm/script/read-script.ts";
import { parseTimeLimit } from "../../../../../src/core/slurm/time-limit.ts";
import { measuredCases } from "./measured-cases.ts";
import type { Measured, MeasuredCase } from "./measured-cases.ts";

/** Environment variables are not in the text: Batchwright gives sbatch a fixed environment without them. */
const cases = measuredCases.filter(({ environment }) => environment === undefined);

describe.each(releases)("as measured, sbatch of %s", (release) => {
  it.each(cases.map((measured): [string, MeasuredCase] => [measured.name, measured]))("%s", (_, one) => {
    const { errors, options } = readScript(one.script, { release, clusterName: "c1" });
    const words = readSbatchEntries(one.words ?? [], { field: "words", release, clusterName: "c1" });
    const ignoresForeign = words.set.some(({ name }) => name === "ignore-pbs");
    const read = options.filter(
      ({ component, kind }) => component === 0 && (kind === "#SBATCH" || !ignoresForeign),
    );
    const ours: Measured =
      errors[0] === undefined ? { takes: asJob([...read, ...words.set]) } : { refuses: errors[0].code };
    const expected = release === "22.05" ? one.measured : (one.newer ?? one.measured);
    expect(ours).toEqual(one.refusedByUs === undefined ? expected : { refuses: one.refusedByUs });
  });
});

/** As the measured jobs show them, without the options that they do not show. */
function asJob(options: readonly OptionSetting[]): Record<string, string> {
  const shown = new Set(["job-name", "comment", "time", "partition", "array", "mem"]);
  return Object.fromEntries(
    settleOptions(options)
      .filter(({ name }) => shown.has(name))
      .map(({ name, value = "" }) => [name, asShown(name, value)]),
  );
}

function asShown(name: string, value: string): string {
  if (name === "time") return String(parseTimeLimit(value) ?? "UNLIMITED");
  if (name !== "mem") return value;
  const mebibytes = parseMemory(value);
  if (mebibytes === 0) return "0";
  const units = ["M", "G", "T"];
  const power = mebibytes % 1024 ** 2 === 0 ? 2 : Number(mebibytes % 1024 === 0);
  return `${mebibytes / 1024 ** power}${units[power] ?? ""}`;
}

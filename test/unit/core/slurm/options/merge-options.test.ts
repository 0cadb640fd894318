import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Resources } from "../../../../../src/api/v1alpha1/resources.ts";
import { excludingOptions } from "../../../../../src/core/slurm/options/excluding-options.ts";
import { mergeOptions } from "../../../../../src/core/slurm/options/merge-options.ts";
import type { MergedOptions } from "../../../../../src/core/slurm/options/merge-options.ts";
import { resourcesToOptions } from "../../../../../src/core/slurm/options/resources-options.ts";
import { readSbatchEntries } from "../../../../../src/core/slurm/options/sbatch-entries.ts";
import { settleOptions } from "../../../../../src/core/slurm/options/settled-options.ts";
import { readScript } from "../../../../../src/core/slurm/script/read-script.ts";
import { arbitraryJobScript, arbitraryResources } from "./arbitrary-levels.ts";

const release = "24.11";
const field = "spec.resources";
const options = (resources: Resources = {}) => resourcesToOptions(resources, { field, release });

interface Levels {
  readonly cluster?: Resources;
  readonly resources?: Resources;
  readonly lines?: readonly string[];
  readonly submission?: Resources;
}

function merge({ cluster, resources, lines = [], submission }: Levels): MergedOptions {
  const script = readScript(`#!/bin/sh\n${lines.join("\n")}\n`, { release });
  expect(script.errors).toEqual([]);
  return mergeOptions({
    cluster: options(cluster),
    resources: options(resources),
    script,
    submission: options(submission),
  });
}

const said = (merged: MergedOptions): string[] =>
  merged.effective.map(({ option, value, from, component }) => `${component} ${option}=${value} ${from}`);

describe("levels, from low to high", () => {
  it("cluster, resources, text, submission: the highest that says an option wins", () => {
    const merged = merge({
      cluster: { partition: "c", account: "c", qos: "c", timeLimitSeconds: 60 },
      resources: { account: "r", qos: "r", timeLimitSeconds: 120 },
      lines: ["#SBATCH --qos=t -t 3"],
      submission: { timeLimitSeconds: 240 },
    });
    expect(said(merged)).toEqual([
      "0 partition=c Cluster",
      "0 account=r Resources",
      "0 qos=t Script",
      "0 time=4 Submission",
    ]);
    expect(merged.directives).toEqual(["#SBATCH --partition=c", "#SBATCH --account=r", "#SBATCH --qos=t"]);
    expect(merged.words).toEqual(["--time=4"]);
    expect(merged.replaced.map(({ option, from, by }) => `${option} ${from} < ${by.from}`)).toEqual([
      "time Script < Submission",
      "qos Resources < Script",
      "time Resources < Submission",
      "account Cluster < Resources",
      "qos Cluster < Script",
      "time Cluster < Submission",
    ]);
  });

  it("an option replaces those that exclude it, and they are not sent", () => {
    const merged = merge({
      cluster: { memory: "1Gi" },
      lines: ["#SBATCH --mem-per-gpu=2G -J x # note"],
      submission: { memoryPerCpu: "3Gi" },
    });
    expect(said(merged)).toEqual(["0 job-name=x Script", "0 mem-per-cpu=3072M Submission"]);
    expect(merged.directives).toEqual(["#SBATCH --job-name=x"]);
  });

  it("the layout of tasks comes from one level", () => {
    const merged = merge({
      resources: { nodes: { min: 2 }, tasksPerNode: 4, cpusPerTask: 2 },
      lines: ["#SBATCH -n 48"],
    });
    expect(said(merged)).toEqual(["0 cpus-per-task=2 Resources", "0 ntasks=48 Script"]);
  });

  it("GPUs replace the GPUs of --gres and leave the rest of it", () => {
    const merged = merge({ lines: ["#SBATCH --gres=gpu:2,nvme:1"], submission: { gpus: { count: 4 } } });
    expect(said(merged)).toEqual(["0 gres=nvme:1 Script", "0 gpus=4 Submission"]);
    expect(merged.directives).toEqual(["#SBATCH --gres=nvme:1"]);
  });

  it("--gres without GPUs leaves the GPUs of lower levels", () => {
    const merged = merge({ resources: { gpus: { count: 1 } }, lines: ["#SBATCH --gres=nvme:1"] });
    expect(said(merged)).toEqual(["0 gpus=1 Resources", "0 gres=nvme:1 Script"]);
  });

  it("exclusive: None takes the option away and sends none", () => {
    const merged = merge({
      cluster: { exclusive: "Node" },
      lines: ["#SBATCH --exclusive=user"],
      submission: { exclusive: "None" },
    });
    expect(merged).toMatchObject({ effective: [], directives: [], words: [] });
  });

  it("what sbatch would add up is replaced", () => {
    const merged = merge({
      lines: ["#SBATCH --mail-type=END --kill-on-invalid-dep=yes", "#SBATCH --mail-type=FAIL"],
      submission: { sbatch: ["--mail-type=BEGIN", "--kill-on-invalid-dep=no"] },
    });
    expect(merged.directives).toEqual([]);
    expect(said(merged)).toEqual(["0 mail-type=BEGIN Submission", "0 kill-on-invalid-dep=no Submission"]);
  });
});

describe("the author's lines", () => {
  it("stay as they are, in their order, behind the generated ones", () => {
    const lines = ["#SBATCH   -J   'x y'   # name", "#SBATCH", "#SLURM --nice", "#PBS -l walltime=9"];
    const merged = merge({
      cluster: { partition: "main" },
      lines: [...lines.slice(0, 2), "# text", ...lines.slice(2)],
    });
    expect(merged.directives).toEqual(["#SBATCH --partition=main", ...lines]);
  });

  it("are written anew where an option on them was replaced, also over two lines", () => {
    const merged = merge({
      lines: ["#SBATCH -J", "#SBATCH nm --mem=4G", "#SBATCH -t 5"],
      submission: { memory: "1Gi" },
    });
    expect(merged.directives).toEqual(["#SBATCH --job-name=nm", "#SBATCH -t 5"]);
  });

  it("#PBS lines become #SBATCH when one of their options was replaced, and win as before", () => {
    const merged = merge({
      lines: ["#PBS -l walltime=9,mem=4gb -W umask=027", "#SBATCH -t 5 -N 2"],
      submission: { memoryPerCpu: "1Gi" },
    });
    expect(merged.directives).toEqual(["#SBATCH -t 5 -N 2", "#SBATCH --time=9", "#PBS -W umask=027"]);
    expect(said(merged)).toEqual(["0 nodes=2 Script", "0 time=9 Script", "0 mem-per-cpu=1024M Submission"]);
  });

  it("a -- at the end of a line does not hide what comes behind it", () => {
    const merged = merge({
      lines: ["#PBS -l walltime=9,mem=4gb", "#SBATCH -J", "#SBATCH --hold --"],
      submission: { memoryPerCpu: "1Gi" },
    });
    expect(merged.directives).toEqual(["#SBATCH --job-name=--hold", "#SBATCH --time=9"]);
  });

  it("#PBS lines go when any level says --ignore-pbs", () => {
    const merged = merge({ lines: ["#PBS -N x", "#SBATCH -n 2"], submission: { sbatch: ["--ignore-pbs"] } });
    expect(merged.directives).toEqual(["#SBATCH -n 2"]);
    expect(said(merged)).toEqual(["0 ntasks=2 Script", "0 ignore-pbs= Submission"]);
  });

  it("each component gets what it does not take over from the one before", () => {
    const merged = merge({
      cluster: { partition: "main", account: "a" },
      lines: ["#SBATCH -n 1", "#SBATCH hetjob", "#SBATCH -n 2 -p short", "#SBATCH hetjob"],
    });
    expect(merged.directives).toEqual([
      "#SBATCH --partition=main",
      "#SBATCH --account=a",
      "#SBATCH -n 1",
      "#SBATCH hetjob",
      "#SBATCH -n 2 -p short",
      "#SBATCH hetjob",
      "#SBATCH --partition=main",
    ]);
  });
});

describe("whatever the levels ask for", () => {
  const levels = fc
    .record({
      cluster: arbitraryResources.map(options),
      resources: arbitraryResources.map(options),
      submission: arbitraryResources.map(options),
      script: arbitraryJobScript.map((text) => readScript(text, { release })),
    })
    .filter(({ cluster, resources, submission, script }) =>
      [cluster, resources, submission, script].every(({ errors }) => errors.length === 0),
    );

  it("the launcher's lines and the command line say what is effective, and nothing that excludes something", () => {
    fc.assert(
      fc.property(levels, (asked) => {
        const merged = mergeOptions(asked);
        const launcher = readScript(`#!/bin/sh\n${merged.directives.join("\n")}\n`, { release });
        const words = readSbatchEntries(
          merged.words.map((word) =>
            word.replace(
              /=(?<value>.*)$/u,
              (_, value: string) => `="${value.replaceAll(/["\\]/gu, String.raw`\$&`)}"`,
            ),
          ),
          { field, release, clusterName: undefined },
        );
        expect({ launcher: launcher.errors, words: words.errors }).toEqual({ launcher: [], words: [] });
        expect(launcher.components).toBe(asked.script.components);
        for (let component = 0; component < launcher.components; component += 1) {
          const effective = merged.effective.filter((option) => option.component === component);
          expect(new Set(effective.map(({ option }) => option)).size).toBe(effective.length);
          const settings = effective.map(({ option, value }) => ({ name: option, value }));
          expect(excludingOptions(settings, release)).toBeUndefined();
          if (component > 0) continue;
          const read = settleOptions([
            ...launcher.options.filter((option) => option.component === 0),
            ...words.set,
          ]);
          expect(sorted(read)).toEqual(sorted(settings));
        }
      }),
      { numRuns: 300 },
    );
  });
});

const sorted = (
  options: readonly { readonly name: string; readonly value: string | undefined }[],
): string[] => options.map(({ name, value = "" }) => `${name}=${value}`).toSorted();

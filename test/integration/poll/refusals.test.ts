import { describe, expect, inject, test } from "vitest";
import { classifyRefusal } from "../../../src/core/slurm/refusal.ts";
import { insideRoot } from "../../lab/daemons.ts";

const lab = inject("lab");

const good = String.raw`'#!/bin/sh\ntrue\n'`;
const scripts: Readonly<Record<string, string>> = {
  "no interpreter": String.raw`'true\n'`,
  "DOS lines": String.raw`'#!/bin/sh\r\ntrue\r\n'`,
  empty: "''",
  blank: String.raw`' \n'`,
  "open quote": String.raw`'#!/bin/sh\n#SBATCH --comment="abc\n'`,
  NUL: String.raw`'#!/bin/sh\0\n'`,
};
const options = {
  "-p nosuch":
    "invalid partition specified: nosuch; Batch job submission failed: Invalid partition name specified",
  "-t 1:2:3:4:5": "Invalid --time specification",
  "--frob": "unrecognized option '--frob'",
  "--mem=99T":
    "Memory specification can not be satisfied; Batch job submission failed: Requested node configuration is not available",
  "--gres=gpu:99": "Batch job submission failed: Requested node configuration is not available",
  "--gres=nosuch:1": "Invalid generic resource (gres) specification",
  "-C nosuch": "Batch job submission failed: Invalid feature specification",
  "-L nosuch": "Batch job submission failed: Invalid license specification",
  "--array=abc": "Batch job submission failed: Invalid job array specification",
  "--array=0-99999999": "Batch job submission failed: Invalid job array specification",
  "-w nosuchnode": "Batch job submission failed: Invalid node name specified",
  "--reservation=nosuch": "Batch job submission failed: Requested reservation is invalid",
  "-d singletoon": "Batch job submission failed: Job dependency problem",
  "--uid=bob": "--uid only permitted by root user",
  "--begin=gaga": "Invalid time specification (pos=0): gaga; Invalid --begin specification",
} as const;

describe.each(["c1", "c2"] as const)("what the real sbatch of %s refuses", (cluster) => {
  const sbatch = async (words: string, script: string) => {
    const file = "$HOME/refused.sh";
    const outcome = await insideRoot(
      lab,
      { cluster, user: "alice" },
      `printf ${script} > ${file}; exec sbatch --parsable ${words} ${file}`,
    );
    return { code: outcome.code ?? -1, text: outcome.stderr };
  };

  test.each(Object.entries(options))("%s", async (words, text) => {
    expect(classifyRefusal(await sbatch(words, good))).toEqual({ is: "refused", text });
  });

  test.each(Object.entries(scripts))("a script: %s", async (_, script) => {
    const answer = await sbatch("", script);
    expect(answer.code).toBe(1);
    expect(classifyRefusal(answer)).toMatchObject({ is: "refused", text: expect.stringMatching(/\w/u) });
  });

  test("what cannot be opened is unclear", async () => {
    const outcome = await insideRoot(lab, { cluster, user: "alice" }, "sbatch nosuchfile.sh");
    expect(classifyRefusal({ code: outcome.code ?? -1, text: outcome.stderr })).toEqual({
      is: "unclear",
      text: "Unable to open file nosuchfile.sh",
    });
  });
});

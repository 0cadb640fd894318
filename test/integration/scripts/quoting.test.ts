import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { render } from "../../../src/core/render/render.ts";
import { releases } from "../../../src/core/slurm/options/release.ts";
import type { ResolvedParameter } from "../../../src/core/template/resolve-parameters.ts";
import { insideRoot } from "../../lab/daemons.ts";
import { askSbatch } from "../sbatch-reading/real-sbatch.ts";

const lab = inject("lab");

/** Values as `resolveParameters` lets them pass: one line, anything in it. */
const hostile = fc.string({
  unit: fc.constantFrom(
    ...Array.from(" '\"\\$`!*?[]{}()<>|&;#~^%=:,.-_aB9é漢😀\t"),
    "$(id)",
    "\\\\",
    "--uid=0",
  ),
  minLength: 1,
  maxLength: 20,
});

function place(text: string, value: string): string {
  const parameter: ResolvedParameter = { name: "value", type: "String", value };
  const rendered = render({ file: "job.sh", text, parameters: [parameter] });
  if (!rendered.ok) throw new Error(rendered.failure.sentence);
  return rendered.text;
}

const seed = 20_261_122;

test.each(releases)(
  "the real sbatch %s reads a value placed with | sbatch or | dq as the value",
  async (release) => {
    const values = fc.sample(hostile, { numRuns: 150, seed });
    for (const placed of ["{{ value | sbatch }}", '"{{ value | dq }}"']) {
      const template = `#!/bin/sh\n#SBATCH --comment=${placed} --hold\n`;
      const answers = await askSbatch(
        lab,
        release,
        values.map((value) => ({ script: place(template, value) })),
      );
      const read = answers.map(({ components }) => [
        components[0]?.get("comment"),
        components[0]?.has("hold"),
      ]);
      expect(read).toEqual(values.map((value) => [value, true]));
    }
  },
);

test("the real Python reads a value placed with | py as the value", async () => {
  const values = fc.sample(hostile, { numRuns: 300, seed });
  const literals = values.map((value) => place("{{ value | py }}", value)).join(",\n");
  const program = `import json\nprint(json.dumps([${literals}]))\n`;
  const where = { cluster: "c1", user: "alice" } as const;
  const { stdout, stderr } = await insideRoot(lab, where, "exec python3 -", { stdin: program });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(values);
});

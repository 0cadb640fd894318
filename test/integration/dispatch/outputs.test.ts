import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { Kit, outputsOf, type JobText } from "./kit.ts";

const { clusters } = inject("lab");

/** What bash entrypoints do at their end, and what is caught of it: `x` and `y`, and the exit code that must come through. */
const endings: readonly (readonly [string, string, Readonly<Record<string, string>>, number])[] = [
  ["ends at its last line", "OUT_x=1", { x: "1" }, 0],
  ["calls exit", "OUT_x=1\nexit 3", { x: "1" }, 3],
  ["calls exit without a code", "OUT_x=1\n(exit 4)\nexit", { x: "1" }, 4],
  ["calls exit in a function", "f() { OUT_x=1; exit 5; }\nf", { x: "1" }, 5],
  ["calls exit in a subshell only", "OUT_x=1\n(OUT_x=2; exit 6)\nOUT_y=$?", { x: "1", y: "6" }, 0],
  ["stops at set -e", "set -e\nOUT_x=1\nfalse\nOUT_x=2", { x: "1" }, 1],
  ["stops at set -u", "set -u\nOUT_x=1\n: $nothing\nOUT_x=2", { x: "1" }, 1],
  ["has an EXIT trap", "trap 'OUT_y=$?' EXIT\nOUT_x=1\nexit 7", { x: "1", y: "7" }, 7],
  ["has an EXIT trap under set -e", "set -e\ntrap 'OUT_y=$?' EXIT\nOUT_x=1\nfalse", { x: "1", y: "1" }, 1],
  ["has an EXIT trap that exits", "trap 'OUT_y=1; exit 8' EXIT\nOUT_x=1", { x: "1", y: "1" }, 8],
  ["takes its EXIT trap back", "trap 'OUT_y=1' 0\ntrap - EXIT\nOUT_x=1", { x: "1" }, 0],
  ["takes its EXIT trap back by number", "trap 'OUT_y=1' EXIT\ntrap 0\nOUT_x=1", { x: "1" }, 0],
  ["ignores EXIT", "trap '' EXIT\nOUT_x=1", { x: "1" }, 0],
  [
    "sets traps of several signals at once",
    "trap -- 'OUT_y=$?' TERM EXIT\nOUT_x=1\nkill -TERM $$\nOUT_x=2",
    { x: "2", y: "0" },
    0,
  ],
  ["traps in a subshell only", "(trap 'OUT_x=2' EXIT; OUT_x=3)\nOUT_x=1", { x: "1" }, 0],
  [
    "runs another bash",
    "OUT_x=1\nexport OUT_x\nbash -c 'OUT_x=2; OUT_y=2'\nbash <<<'OUT_x=3'",
    { x: "1" },
    0,
  ],
  ["becomes another bash", "export OUT_x=1\nexec bash -c 'OUT_y=2; exit 9'", { x: "1", y: "2" }, 9],
  [
    "changes IFS, noclobber and printf",
    "IFS=x\nset -C\nprintf() { echo no; }\nOUT_x=1 OUT_y='a b'",
    { x: "1", y: "a b" },
    0,
  ],
  ["has values of every kind", `OUT_x=$'a\\nb\\tc = "d"'\nOUT_y=`, { x: 'a\nb\tc = "d"', y: "" }, 0],
  [
    "has RETURN traps",
    "f() { trap 'OUT_x=$((OUT_x + 1))' RETURN; OUT_y=${OUT_x-none}; }\nf\ntrap : USR1",
    { x: "1", y: "none" },
    0,
  ],
  [
    "has a DEBUG trap for a while",
    "n=0\ntrap 'n=$((n + 1))' DEBUG\n:\ntrap - DEBUG\nOUT_x=$n\nOUT_y=$n",
    { x: "2", y: "2" },
    0,
  ],
  ["traces itself", "set -x\nOUT_x=1", { x: "1" }, 0],
];

describe.each(["c1", "c2"] as const)("outputs on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  const runToEnd = async (text: JobText): ReturnType<Kit["runToEnd"]> => kit.runToEnd(text);

  test.concurrent.each(endings)("outputs are caught when bash %s", async (_name, text, outputs, code) => {
    const { marks, log } = await runToEnd({ text: `#!/bin/bash\n${text}\n` });
    expect({ code: marks.exits.map((exit) => exit.end), outputs: outputsOf(marks), log }).toEqual({
      code: [{ is: "exited", code }],
      outputs,
      log: expect.not.stringContaining("batchwright:"),
    });
  });

  test.concurrent("a login bash is caught as well", async () => {
    const { marks } = await runToEnd({ text: "#!/bin/bash -l\nOUT_x=1\n" });
    expect(outputsOf(marks)).toEqual({ x: "1" });
  });

  test.concurrent("$JOB_OUTPUTS takes outputs of any program; the last of a name wins", async () => {
    const text = `#!/usr/bin/env python3
import os, sys
with open(os.environ["JOB_OUTPUTS"], "a") as outputs:
    outputs.write("energy=-15.8\\nname=a b = c\\nno output\\nenergy=-15.9\\n")
sys.exit(12)
`;
    const { marks } = await runToEnd({ text });
    expect(marks.exits[0]?.end).toEqual({ is: "exited", code: 12 });
    expect(marks.outputs).toEqual([
      { name: "energy", value: "-15.9", taskIndex: undefined },
      { name: "name", value: "a b = c", taskIndex: undefined },
    ]);
  });

  test.concurrent("outputs that are too many or too large are cut, and that is said", async () => {
    const text =
      '#!/bin/bash\nfor i in $(seq 100); do echo "v$i=$i"; done >>$JOB_OUTPUTS\nOUT_big=$(head -c 5000 /dev/zero | tr "\\0" x)\n';
    const { marks } = await runToEnd({ text });
    expect(marks.outputs.filter((output) => output.name.startsWith("v"))).toHaveLength(64);
    expect(outputsOf(marks)["big"]).toHaveLength(4096);
    expect(marks.outputsCut).toContain("v65: more than 64 outputs");
    expect(marks.outputsCut).toContain("big: more than 4096 bytes");
  });

  test.concurrent(
    "a BASH_ENV that modules or setup have set still reaches every bash of the job",
    async () => {
      const setup =
        "cat >\"$JOB_OUTPUT_DIR/env.bash\" <<'END'\nsite() { echo site; }\nEND\nexport BASH_ENV=$JOB_OUTPUT_DIR/env.bash";
      const { marks } = await runToEnd({
        text: "#!/bin/bash\nOUT_own=$(site)\nOUT_nested=$(bash -c site)\n",
        setup,
      });
      expect(outputsOf(marks)).toEqual({ own: "site", nested: "site" });
    },
  );
});

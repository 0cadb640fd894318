import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { launcherCodes } from "../../../src/core/slurm/launcher/layout.ts";
import { buildStart } from "../../../src/core/slurm/launcher/start-script.ts";
import { insideRoot } from "../../lab/daemons.ts";
import { Kit, outputsOf, type JobText } from "./kit.ts";

const { clusters } = inject("lab");

const nasty = [
  ["blank", "a  b\tc "],
  ["quotes", `it's "so" \`called\``],
  ["expansions", "$(touch /tmp/hacked) ${HOME} $HOME \\ \\n %s !x * ~"],
  ["newlines", "one\ntwo\n\n"],
  ["unicode", "Å ≤ 5 μm — 漢字 🧪"],
  ["control", "\u0001\u001B[31m\r\u007F"],
  ["empty", ""],
  ["option", "-n"],
] as const;

describe.each(["c1", "c2"] as const)("what a script finds on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  const runToEnd = async (text: JobText): ReturnType<Kit["runToEnd"]> => kit.runToEnd(text);

  test.concurrent("variables reach the script byte by byte, whatever is in them", async () => {
    const variables = nasty.map(([key, value]) => ({ name: `PARAM_${key}`, value }));
    const text = `#!/bin/sh\nfor n in ${nasty.map(([key]) => key).join(" ")}; do eval "printf '%s\\0' \\"\\$PARAM_$n\\""; done >"$JOB_OUTPUT_DIR/values"\n`;
    const { place, marks } = await runToEnd({ text, variables });
    expect(marks.exits[0]?.end).toEqual({ is: "exited", code: 0 });
    const hex = await kit.sh(`od -An -v -tx1 ${place.directory}/output/values | tr -d ' \\n'`);
    expect(Buffer.from(hex, "hex").toString("utf8").split("\0").slice(0, -1)).toEqual(
      nasty.map(([, value]) => value),
    );
  });

  test.concurrent(
    "a script finds its directories, its support files and a work directory of its own",
    async () => {
      const text =
        '#!/bin/sh\necho "$PWD|$JOB_WORK_DIR|$JOB_OUTPUT_DIR|$JOB_TEMPLATE_DIR"; cat "$JOB_TEMPLATE_DIR/data/in.txt"; echo made >out.txt\n';
      const files = [
        { path: "data/in.txt", content: new TextEncoder().encode("hello\n"), isExecutable: false },
      ];
      const { place, log } = await runToEnd({ text, files });
      const at = place.directory;
      expect(log).toBe(`${at}/work|${at}/work|${at}/output|${at}/template\nhello\n`);
      expect(await kit.sh(`cat ${at}/work/out.txt`)).toBe("made\n");
    },
  );

  test.concurrent("--chdir of the author is where the script runs and writes its log", async () => {
    const text = '#!/bin/sh\necho "$PWD $JOB_WORK_DIR"\n';
    const place = kit.place();
    await kit.sh("mkdir -p elsewhere");
    const jobId = await kit.accepted(
      kit.job(place, { text, directives: ["#SBATCH --chdir=/home/alice/elsewhere"] }),
    );
    await kit.ended(place);
    const log = await kit.login.readTail(
      { path: `/home/alice/elsewhere/slurm-${jobId}.out`, bytes: 1000 },
      kit.call,
    );
    expect(log?.text).toBe("/home/alice/elsewhere /home/alice/elsewhere\n");
  });

  test.concurrent("the author's directives win over generated ones, the command line over both", async () => {
    const place = kit.place();
    const jobId = await kit.accepted(
      kit.job(place, {
        generated: ["#SBATCH --mem=20M --time=5 --job-name=low --comment=low"],
        directives: ["#SBATCH --job-name=author --comment=author"],
        arguments: ["--comment=it's mine", "--hold"],
      }),
    );
    expect(await kit.sh(`squeue -h -j ${jobId} -o '%j|%k|%l'`)).toBe("author|it's mine|5:00\n");
    await kit.login.cancel(place, kit.call);
  });

  test.concurrent(
    "modules without a module command end the job with a code and words of its own",
    async () => {
      const start = buildStart({
        directory: "/tmp",
        entrypoint: "e",
        interpreter: ["/bin/sh"],
        variables: [],
        modules: ["gcc/12"],
        setup: "",
      });
      // A private view of the root in which the site has not installed any.
      const bare =
        "for d in /etc/profile.d /usr/share/modules /usr/share/lmod; do [ ! -d $d ] || mount -t tmpfs none $d; done";
      const run = `unshare -m --propagation private bash -c '${bare}; exec bash -s'`;
      const { code, stderr } = await insideRoot(inject("lab"), { cluster: name, user: "root" }, run, {
        stdin: start,
      });
      expect({ code, stderr }).toEqual({
        code: launcherCodes.modules,
        stderr: expect.stringMatching(/environment\.modules is set, but \S+ has no module command/u),
      });
    },
  );

  test.concurrent(
    "modules are loaded by the site's own command, and one that does not load ends the job",
    async () => {
      await kit.sh(
        "mkdir -p modulefiles/tool && printf '#%%Module\\nsetenv TOOL loaded\\n' >modulefiles/tool/1.0",
      );
      const variables = [{ name: "MODULEPATH", value: "/home/alice/modulefiles" }];
      const text = "#!/bin/bash\nOUT_tool=$TOOL\n";
      const [good, bad] = await Promise.all([
        runToEnd({ text, variables, modules: ["tool/1.0"] }),
        runToEnd({ text, variables, modules: ["tool/1.0", "it's absent"] }),
      ]);
      expect(outputsOf(good.marks)).toEqual({ tool: "loaded" });
      expect(bad.marks.exits[0]?.end).toEqual({ is: "exited", code: launcherCodes.modules });
      expect(bad.log).toMatch(/batchwright: module load it's absent failed on/u);
    },
  );

  test.concurrent("setup lines run in the script's own process, under bash", async () => {
    const setup = 'shopt -q extglob || true\nexport FROM_SETUP="a b"\nulimit -n 333';
    const { log } = await runToEnd({ text: '#!/bin/sh\necho "$FROM_SETUP $(ulimit -n)"\n', setup });
    expect(log).toBe("a b 333\n");
  });

  test.concurrent("tasks of an array share the fence, and leave ends and outputs of their own", async () => {
    const place = kit.place();
    const text =
      '#!/bin/bash\nOUT_square=$((SLURM_ARRAY_TASK_ID ** 2))\necho "half=$SLURM_ARRAY_TASK_ID" >>$JOB_OUTPUTS\nexit $SLURM_ARRAY_TASK_ID\n';
    const jobId = await kit.accepted(kit.job(place, { text, arguments: ["--array=0-3,7"] }));
    const marks = await kit.ended(place, 5);
    expect(marks.owner).toEqual({ is: "job", jobId });
    const ends = marks.exits.map((exit) => [exit.jobId, exit.taskIndex, exit.end]);
    expect(ends).toEqual([0, 1, 2, 3, 7].map((index) => [jobId, index, { is: "exited", code: index }]));
    const squares = marks.outputs
      .filter((output) => output.name === "square")
      .map((output) => [output.taskIndex, output.value]);
    expect(squares).toEqual([0, 1, 2, 3, 7].map((index) => [index, String(index ** 2)]));
  });
});

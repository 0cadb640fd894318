import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { buildStart } from "../../../src/core/slurm/launcher/start-script.ts";
import { launcherCodes } from "../../../src/core/slurm/launcher/layout.ts";
import type { Marks } from "../../../src/core/slurm/marks.ts";
import { insideRoot } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { Kit, type JobText } from "./kit.ts";

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

const outputsOf = (marks: Marks): Readonly<Record<string, string>> =>
  Object.fromEntries(marks.outputs.map((output) => [output.name, output.value]));

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

describe.each(["c1", "c2"] as const)("the launcher on %s", (name) => {
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
    expect(log).toBe("/home/alice/elsewhere /home/alice/elsewhere\n");
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

  test.concurrent(
    "a requeued job finds its own id at the fence, runs again and leaves the end of its last run",
    async () => {
      const place = kit.place();
      const text =
        '#!/bin/bash\nOUT_run=${SLURM_RESTART_COUNT:-0}\n[ -n "$SLURM_RESTART_COUNT" ] && exit 5\ntouch ../output/up\nsleep 100\n';
      const jobId = await kit.accepted(kit.job(place, { text, arguments: ["--requeue"] }));
      await eventually(async () => (await kit.sh(`ls ${place.directory}/output`)).includes("up"), {
        within: 20_000,
      });
      await kit.sh(`scontrol requeue ${jobId}`);
      const marks = await eventually(
        async () => {
          const seen = await kit.marks(place);
          return seen.exits.some((exit) => exit.restart === 1) ? seen : undefined;
        },
        { within: 50_000, every: 500 },
      );
      expect(marks.exits).toMatchObject([{ jobId, restart: 1, end: { is: "exited", code: 5 } }]);
      expect(outputsOf(marks)).toEqual({ run: "1" });
    },
  );

  test.concurrent(
    "a closed token stops the next run of its own job, and keeps the end of the last one",
    async () => {
      const place = kit.place();
      const jobId = await kit.accepted(
        kit.job(place, { text: "#!/bin/sh\necho ran >>../output/runs\nexit 4\n", arguments: ["--requeue"] }),
      );
      const before = await kit.ended(place);
      expect(await kit.login.close(place, kit.call)).toEqual({ is: "fenced", owner: { is: "job", jobId } });
      await eventually(async () => (await kit.rows(place))[0]?.state === "FAILED", { within: 10_000 });
      await kit.sh(`scontrol requeue ${jobId}`);
      const reason = await eventually(
        async () => {
          const exit = await kit.sh(`scontrol show job ${jobId} | grep -o 'ExitCode=[0-9:]*'`);
          return exit === `ExitCode=${launcherCodes.turnedAway}:0\n`;
        },
        { within: 50_000, every: 500 },
      );
      expect(reason).toBe(true);
      expect(await kit.sh(`cat ${place.directory}/output/runs`)).toBe("ran\n");
      expect((await kit.marks(place)).exits).toEqual(before.exits);
    },
  );

  const catching = (signal: string, rest = "exit 0"): string =>
    `#!/bin/bash\nn=0\ntrap 'n=$((n + 1)); echo caught ${signal}' ${signal}\ntouch ../output/up\nfor i in $(seq 300); do sleep 0.1; if [ $n -gt 0 ]; then for j in 1 2 3 4 5 6 7 8; do sleep 0.1; done; OUT_n=$n; ${rest}; fi; done\n`;

  const untilUp = async (place: { directory: string }): Promise<void> => {
    await eventually(async () => (await kit.sh(`ls ${place.directory}/output`)).includes("up"), {
      within: 30_000,
    });
  };

  test.concurrent.each(["HUP", "INT", "TERM", "USR1", "USR2"])(
    "a %s sent to the batch script reaches the entrypoint once",
    async (signal) => {
      const place = kit.place();
      const jobId = await kit.accepted(kit.job(place, { text: catching(signal) }));
      await untilUp(place);
      await kit.sh(`scancel -b -s ${signal} ${jobId}`);
      const marks = await kit.ended(place);
      expect(outputsOf(marks)).toEqual({ n: "1" });
      expect(marks.exits[0]?.end).toEqual({ is: "exited", code: 0 });
    },
  );

  test.concurrent("a signal that Slurm sends to the whole job is not sent a second time", async () => {
    const place = kit.place();
    const jobId = await kit.accepted(kit.job(place, { text: catching("USR1") }));
    await untilUp(place);
    await kit.sh(`scancel -f -s USR1 ${jobId}`);
    const marks = await kit.ended(place);
    expect(outputsOf(marks)).toEqual({ n: "1" });
  });

  test.concurrent(
    "TERM to the batch script alone is a message: how the script then ends counts",
    async () => {
      const place = kit.place();
      const jobId = await kit.accepted(kit.job(place, { text: catching("TERM", "exit 9") }));
      await untilUp(place);
      await kit.sh(`scancel -b -s TERM ${jobId}`);
      expect((await kit.ended(place)).exits[0]?.end).toEqual({ is: "exited", code: 9 });
    },
  );

  test.concurrent("a time limit leaves the mark of a job that Slurm ended", async () => {
    const place = kit.place();
    const jobId = await kit.accepted(kit.job(place, { text: catching("TERM") }));
    await untilUp(place);
    // An operator's right, and quicker than the shortest limit.
    await insideRoot(
      inject("lab"),
      { cluster: name, user: "root" },
      `scontrol update jobid=${jobId} EndTime=now`,
    );
    const marks = await kit.ended(place, 1, 45_000);
    expect(marks.exits[0]?.end).toEqual({ is: "exited", code: 0, terminated: true });
  });

  test.concurrent(
    "a script that ends itself well when its job is cancelled leaves a mark that says who ended it",
    async () => {
      const place = kit.place();
      await kit.accepted(kit.job(place, { text: catching("TERM") }));
      await untilUp(place);
      await kit.login.cancel(place, kit.call);
      const marks = await kit.ended(place);
      expect(marks.exits[0]?.end).toEqual({ is: "exited", code: 0, terminated: true });
      expect(outputsOf(marks)).toEqual({ n: "1" });
      const state = await eventually(
        async () => {
          const [row] = await kit.rows(place);
          return row?.state === "COMPLETING" ? undefined : row?.state;
        },
        { within: 20_000 },
      );
      expect(state).toBe("CANCELLED");
    },
  );

  test.concurrent("death by a signal comes out as 128 and the signal, in the mark and in Slurm", async () => {
    const { marks, jobId } = await runToEnd({
      text: "#!/usr/bin/env python3\nimport os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    });
    expect(marks.exits[0]?.end).toEqual({ is: "exited", code: 139 });
    const exit = await eventually(
      async () => {
        const text = await kit.sh(`scontrol show job ${jobId} | grep -oE 'JobState=[A-Z]*|ExitCode=[0-9:]*'`);
        return text.includes("FAILED") ? text : undefined;
      },
      { within: 10_000 },
    );
    expect(exit).toBe("JobState=FAILED\nExitCode=139:0\n");
  });

  test.concurrent.each([
    "#!/usr/bin/dash",
    "#!/bin/bash",
    "#!/usr/bin/env -S bash --posix",
    "#!/usr/bin/busybox sh",
  ])("the launcher itself runs under %s", async (shebang) => {
    const place = kit.place();
    const job = kit.job(place, {
      text: catching("USR1", "exit 6"),
      variables: [{ name: "A", value: "b c" }],
    });
    const files = job.files.map((file) =>
      file.path === "batch.sh"
        ? {
            ...file,
            content: new TextEncoder().encode(
              new TextDecoder().decode(file.content).replace("#!/bin/sh", shebang),
            ),
          }
        : file,
    );
    const jobId = await kit.accepted({ ...job, files });
    await untilUp(place);
    await kit.sh(`scancel -b -s USR1 ${jobId}`);
    const marks = await kit.ended(place);
    expect(marks.exits).toMatchObject([{ jobId, end: { is: "exited", code: 6 } }]);
    expect(outputsOf(marks)).toEqual({ n: "1" });
    expect(await kit.log(place, jobId)).toBe("caught USR1\n");
  });
});

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { launcherCodes } from "../../../src/core/slurm/launcher/layout.ts";
import { insideRoot } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { Kit, outputsOf, type JobText } from "./kit.ts";

const { clusters } = inject("lab");

describe.each(["c1", "c2"] as const)("runs, signals and ends on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  const runToEnd = async (text: JobText): ReturnType<Kit["runToEnd"]> => kit.runToEnd(text);

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
    // An operator's right, and quicker than the shortest limit; Slurm takes no end in the second of the start.
    const end = `scontrol update jobid=${jobId} EndTime=now`;
    const root = { cluster: name, user: "root" } as const;
    await eventually(async () => (await insideRoot(inject("lab"), root, end)).code === 0, { within: 30_000 });
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

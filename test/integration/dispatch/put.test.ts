import { inject, afterAll, beforeAll, describe, expect, test } from "vitest";

import { instant } from "../../../src/core/instant.ts";
import { launcherCodes } from "../../../src/core/slurm/launcher/layout.ts";
import { eventually } from "../../lab/eventually.ts";
import { Kit } from "./kit.ts";

const { clusters } = inject("lab");

describe.each(["c1", "c2"] as const)("dispatch on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  test.concurrent("a put that is asked again answers with the job it made the first time", async () => {
    const job = kit.job(kit.place());
    const first = await kit.login.put(job, kit.call);
    const second = await kit.login.put(job, kit.call);
    const jobId = first.is === "accepted" ? first.jobId : 0;
    expect([first, second]).toEqual([
      { is: "accepted", jobId, known: false, text: "" },
      { is: "accepted", jobId, known: true, text: "" },
    ]);
    expect((await kit.rows(job)).map((row) => row.id)).toEqual([jobId]);
  });

  test.concurrent("two puts of one token at once, from two connections, make one job", async () => {
    await using other = await Kit.open(clusters[name]);
    const jobs = Array.from({ length: 8 }, () => kit.job(kit.place(), { arguments: ["--hold"] }));
    const answers = await Promise.all(
      jobs.map((job) => Promise.all([kit, other].map((from) => from.login.put(job, from.call)))),
    );
    for (const [index, pair] of answers.entries()) {
      const ids = (await kit.rows(jobs[index]!)).map((row) => row.id);
      expect(ids).toHaveLength(1);
      const [id] = ids;
      expect(pair).toContainEqual({ is: "accepted", jobId: id, known: false, text: "" });
      expect(pair).toContainEqual({ is: "accepted", jobId: id, known: true, text: "" });
    }
    await Promise.all(jobs.map((job) => kit.login.cancel(job, kit.call)));
  });

  test.concurrent("many puts at once each get their own job", async () => {
    const jobs = Array.from({ length: 100 }, () => kit.job(kit.place(), { arguments: ["--hold"] }));
    const ids = await Promise.all(jobs.map((job) => kit.accepted(job)));
    expect(new Set(ids).size).toBe(100);
    const cancelled = await Promise.all(jobs.map((job) => kit.login.cancel(job, kit.call)));
    expect(cancelled).toEqual(ids.map((id) => [id]));
  });

  test.concurrent("a refusal comes back with Slurm's words, and again when asked again", async () => {
    const job = kit.job(kit.place(), { arguments: ["--partition=nowhere"] });
    const first = await kit.login.put(job, kit.call);
    expect(first).toMatchObject({ is: "answered", code: 1 });
    expect(first.is === "answered" && first.text).toContain("invalid partition specified: nowhere");
    expect(await kit.login.put(job, kit.call)).toEqual(first);
  });

  test.concurrent("an option that sbatch does not know is refused before anything is sent", async () => {
    const job = kit.job(kit.place(), { arguments: ["--no-such-option"] });
    expect(await kit.login.put(job, kit.call)).toMatchObject({ is: "answered", code: 255 });
    expect(await kit.rows(job)).toEqual([]);
  });

  test.concurrent("a put past its deadline is not sent, and leaves nothing behind", async () => {
    const job = kit.job(kit.place(), { deadline: instant(Date.now() - 2000) });
    const answer = await kit.login.put(job, kit.call);
    expect(answer).toMatchObject({ is: "notSent", why: "DeadlinePassed" });
    expect(await kit.sh(`ls -d ${job.directory} 2>/dev/null || echo none`)).toBe("none\n");
  });

  test.concurrent("a work directory that cannot be made is named", async () => {
    const job = kit.job(kit.place({ workDirectory: "/root/bw" }));
    const answer = await kit.login.put(job, kit.call);
    expect(answer).toMatchObject({ is: "notSent", why: "NotWritable" });
    expect(answer.is === "notSent" && answer.text).toMatch(/\/root.*Permission denied/u);
  });

  test.concurrent(
    "a work directory that became read-only is named, and works again when it is writable",
    async () => {
      const workDirectory = `/home/alice/ro-${process.pid}`;
      const [first, second] = [kit.place({ workDirectory }), kit.place({ workDirectory })];
      await kit.accepted(kit.job(first));
      await kit.sh(`chmod 500 ${workDirectory}/it`);
      const answer = await kit.login.put(kit.job(second), kit.call);
      expect(answer).toMatchObject({ is: "notSent", why: "NotWritable" });
      await kit.sh(`chmod 700 ${workDirectory}/it`);
      await kit.accepted(kit.job(second));
    },
  );

  test.concurrent("a login without sbatch says so and sends nothing", async () => {
    const job = kit.job(kit.place());
    await kit.sh(
      `mkdir -p bare && for c in base64 cat date env flock head id ln mkdir mv printf rm sh tar gzip timeout tr; do ln -sf "$(command -v $c)" bare/; done`,
    );
    const { putScript } = await import("../../../src/backends/slurm/wrapper/put-script.ts");
    const { readFrames } = await import("../../../src/backends/slurm/wrapper/frames.ts");
    const limits = { lockSeconds: 5, startSeconds: 5, sbatchSeconds: 5 };
    const script = putScript({ install: "/home/alice/bw/it", shard: 0, jobs: [job], limits });
    const { stdout } = await kit.session.run({
      command: "env -i PATH=/home/alice/bare /bin/sh -s",
      stdin: script.text,
      timeLimitMs: 20_000,
      signal: kit.call.signal,
    });
    expect(readFrames(stdout, script.nonce)[0]?.slice(0, 3)).toEqual([job.token, "notSent", "NoSbatch"]);
  });

  test.concurrent("void before put: the put is refused and nothing ever runs", async () => {
    const job = kit.job(kit.place());
    expect(await kit.login.void(job, kit.call)).toEqual({ is: "fenced", owner: { is: "void" } });
    expect(await kit.login.put(job, kit.call)).toEqual({ is: "voided" });
    expect(await kit.rows(job)).toEqual([]);
    expect(await kit.marks(job)).toEqual({
      owner: { is: "void" },
      closed: false,
      tried: false,
      exits: [],
      outputs: [],
    });
  });

  test.concurrent("void while the job waits: it is turned away when it starts", async () => {
    const job = kit.job(kit.place(), { text: "#!/bin/sh\necho ran\n", arguments: ["--hold"] });
    const jobId = await kit.accepted(job);
    expect(await kit.login.void(job, kit.call)).toEqual({ is: "fenced", owner: { is: "void" } });
    await kit.login.hold(job, false, kit.call);
    const marks = await kit.ended(job);
    expect(marks.exits).toMatchObject([
      { jobId, end: { is: "turnedAway" }, restart: 0, taskIndex: undefined },
    ]);
    expect(await kit.log(job, jobId)).not.toContain("ran\n");
    const [row] = await eventually(
      async () => {
        const rows = await kit.rows(job);
        return rows[0]?.state === "FAILED" ? rows : undefined;
      },
      { within: 10_000 },
    );
    expect(row).toEqual({ id: jobId, state: "FAILED", reason: "NonZeroExitCode" });
    expect(await kit.sh(`scontrol show job ${jobId} | grep -o 'ExitCode=[0-9:]*'`)).toBe(
      `ExitCode=${launcherCodes.turnedAway}:0\n`,
    );
  });

  test.concurrent("put and void at the same moment: what runs and what void said agree", async () => {
    const jobs = Array.from({ length: 12 }, () => kit.job(kit.place(), { text: "#!/bin/sh\ntrue\n" }));
    await using other = await Kit.open(clusters[name]);
    const pairs = await Promise.all(
      jobs.map(async (job) => Promise.all([kit.login.put(job, kit.call), other.login.void(job, other.call)])),
    );
    for (const [index, [put, fence]] of pairs.entries()) {
      const place = jobs[index]!;
      const { owner, exits } = put.is === "voided" ? await kit.marks(place) : await kit.ended(place);
      expect(fence).toEqual({ is: "fenced", owner });
      const ends = owner.is === "job" ? ["exited"] : ["turnedAway"];
      expect([put.is, exits.map((exit) => exit.end.is)]).toEqual(
        put.is === "voided" ? ["voided", []] : ["accepted", ends],
      );
    }
  });

  test.concurrent(
    "a job sent twice runs once: the other ends at the fence with its own code and mark",
    async () => {
      const job = kit.job(kit.place(), {
        text: "#!/bin/sh\necho ran >>../output/runs\n",
        arguments: ["--hold"],
      });
      const first = await kit.accepted(job);
      const second = Number(
        await kit.sh(`cd ${job.directory}/work && sbatch --parsable --hold ${job.directory}/batch.sh`),
      );
      await kit.login.hold(job, false, kit.call);
      const marks = await kit.ended(job, 2);
      const owner = marks.owner.is === "job" ? marks.owner.jobId : 0;
      expect([first, second]).toContain(owner);
      expect(marks.exits).toMatchObject([
        { jobId: owner, end: { is: "exited", code: 0 } },
        { jobId: first + second - owner, end: { is: "turnedAway" } },
      ]);
      expect(await kit.sh(`cat ${job.directory}/output/runs`)).toBe("ran\n");
    },
  );

  test.concurrent("forget keeps what may still come or still run, and removes the rest whole", async () => {
    const [early, open, closed] = [
      kit.job(kit.place()),
      kit.job(kit.place(), { arguments: ["--hold"] }),
      kit.job(kit.place()),
    ];
    await Promise.all([early, open, closed].map((job) => kit.accepted(job)));
    await kit.ended(closed);
    await Promise.all([early, closed].map((place) => kit.login.close(place, kit.call)));
    const past = instant(Date.now() - 400_000);
    const answers = await kit.login.forget(
      [early, { ...open, deadline: past }, { ...closed, deadline: past }, { ...kit.place(), deadline: past }],
      kit.call,
    );
    expect([...answers.values()]).toMatchObject([
      { is: "kept", why: "DeadlineAhead" },
      { is: "kept", why: "NotClosed" },
      { is: "forgotten" },
      { is: "forgotten" },
    ]);
    expect(
      await kit.sh(`cd ~/bw/it && ls -d ${early.token} ${open.token} ${closed.token} 2>/dev/null || true`),
    ).toBe(
      [early.token, open.token]
        .sort()
        .map((token) => `${token}\n`)
        .join(""),
    );
    await kit.login.cancel(open, kit.call);
  });

  test.concurrent("a put that arrives after its token was forgotten is too late", async () => {
    const job = kit.job(kit.place());
    await kit.accepted(job);
    await kit.ended(job);
    await kit.login.close(job, kit.call);
    const late = { ...job, deadline: instant(Date.now() - 400_000) };
    expect((await kit.login.forget([late], kit.call)).get(job.token)).toEqual({ is: "forgotten" });
    expect(await kit.login.put(late, kit.call)).toMatchObject({ is: "notSent", why: "DeadlinePassed" });
  });

  test.concurrent("cancel ends the token's jobs and nobody else's", async () => {
    const [mine, neighbour] = [1, 2].map(() => kit.job(kit.place(), { text: "#!/bin/sh\nsleep 60\n" }));
    const [jobId] = [await kit.accepted(mine!), await kit.accepted(neighbour!)];
    expect(await kit.login.cancel(mine!, kit.call)).toEqual([jobId]);
    const rows = await eventually(
      async () => {
        const [row] = await kit.rows(mine!);
        return row?.state === "CANCELLED" ? row : undefined;
      },
      { within: 20_000 },
    );
    expect(rows.id).toBe(jobId);
    expect((await kit.rows(neighbour!))[0]?.state).toMatch(/PENDING|RUNNING|CONFIGURING/u);
    expect(await kit.login.cancel(mine!, kit.call)).toEqual([]);
    await kit.login.cancel(neighbour!, kit.call);
  });

  test.concurrent("hold keeps a job from starting until it is released", async () => {
    const job = kit.job(kit.place(), { arguments: ["--begin=now+3600"] });
    await kit.accepted(job);
    await kit.login.hold(job, true, kit.call);
    expect(await kit.rows(job)).toMatchObject([{ state: "PENDING", reason: "JobHeldUser" }]);
    await kit.login.hold(job, false, kit.call);
    const reason = await eventually(
      async () => {
        const [row] = await kit.rows(job);
        return row?.reason === "JobHeldUser" ? undefined : row?.reason;
      },
      { within: 10_000 },
    );
    expect(reason).toMatch(/BeginTime|None/u);
    await kit.login.cancel(job, kit.call);
  });

  test.concurrent(
    "the end of a file is read, at most as much as asked; what is no file is undefined",
    async () => {
      await kit.sh(`printf '0123456789' >tail.txt; printf 'a\\303\\244' >utf8.txt`);
      const tail = async (path: string, bytes: number) => kit.login.readTail({ path, bytes }, kit.call);
      expect(
        await Promise.all([
          tail("/home/alice/tail.txt", 4),
          tail("/home/alice/tail.txt", 400),
          tail("/home/alice/utf8.txt", 1),
          tail("/home/alice/none", 10),
          tail("/dev/zero", 10),
        ]),
      ).toEqual([
        { text: "6789", size: 10 },
        { text: "0123456789", size: 10 },
        { text: "", size: 3 },
        undefined,
        undefined,
      ]);
    },
  );
});

import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import type { OverQuestion, StagedJob } from "../../../src/backends/slurm/backend.ts";
import { fenceScript } from "../../../src/backends/slurm/wrapper/fence-script.ts";
import { forgetScript } from "../../../src/backends/slurm/wrapper/forget-script.ts";
import { readFrames } from "../../../src/backends/slurm/wrapper/frames.ts";
import { jobsScript } from "../../../src/backends/slurm/wrapper/jobs-script.ts";
import { listScript } from "../../../src/backends/slurm/wrapper/list-script.ts";
import { marksScript } from "../../../src/backends/slurm/wrapper/marks-script.ts";
import { putScript } from "../../../src/backends/slurm/wrapper/put-script.ts";
import type { Script } from "../../../src/backends/slurm/wrapper/script.ts";
import { tailScript } from "../../../src/backends/slurm/wrapper/tail-script.ts";
import { after, instant } from "../../../src/core/instant.ts";
import type { Token } from "../../../src/core/slurm/token.ts";
import { Kit } from "./kit.ts";

const { clusters } = inject("lab");
const install = "/home/alice/bw/it";
const limits = { lockSeconds: 10, startSeconds: 20, sbatchSeconds: 20 };
const past = instant(Date.now() - 400_000);

const shells = ["dash", "bash", "bash --posix", "busybox ash"] as const;

describe.each(["c1", "c2"] as const)("the wrapper on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  describe.each(shells)("under %s", (shell) => {
    /** What the script says, without its nonce, under this shell and nothing of the login's environment. */
    async function answers(script: Script): Promise<readonly (readonly string[])[]> {
      const { stdout, stderr } = await kit.session.run({
        command: `env -i PATH=/usr/bin:/bin HOME=/home/alice ${shell} -s`,
        stdin: script.text,
        timeLimitMs: 60_000,
        signal: kit.call.signal,
      });
      expect(stderr).toBe("");
      return readFrames(stdout, script.nonce);
    }
    const put = (jobs: readonly StagedJob[]): Script => putScript({ install, shard: 0, jobs, limits });

    /** Directories of batches that are under way, or were killed. */
    const hidden = async (): Promise<string> => kit.sh(`ls -A ${install} 2>/dev/null | grep '^[.]' || true`);

    test("an sbatch that could not be started says nothing of what was said to the one before it", async () => {
      const [refused, stuck] = ["--partition=nowhere", "--hold"].map((word) =>
        kit.job(kit.place(), { arguments: [word] }),
      ) as [StagedJob, StagedJob];
      await kit.sh(`mkdir -p ${stuck.directory}/marks ${stuck.directory}/work && touch ${stuck.directory}/batch.sh
ln -s /nonexistent/id ${stuck.directory}/marks/id`);
      const script = put([refused, stuck]);
      const { stdout } = await kit.session.run({
        command: `env -i PATH=/usr/bin:/bin HOME=/home/alice ${shell} -s`,
        stdin: script.text,
        timeLimitMs: 60_000,
        signal: kit.call.signal,
      });
      const [first, second] = readFrames(stdout, script.nonce);
      expect(first?.slice(0, 3)).toEqual([refused.token, "answered", "1"]);
      expect(second).toEqual([stuck.token, "answered", expect.stringMatching(/^[12]$/u), "-"]);
    });

    test("every verb answers as the protocol says", async () => {
      const before = await hidden();
      const jobs = ["--hold", "--partition=nowhere", "--no-such-option", `--comment=it's "$HOME"\n`].map(
        (word) => kit.job(kit.place(), { arguments: [word, "--hold"] }),
      );
      const late = kit.job(kit.place(), { deadline: past });
      const [held, refused, unknown, commented] = jobs as [StagedJob, StagedJob, StagedJob, StagedJob];
      const first = await answers(put([...jobs, late]));
      expect(first.map(([token, word, code]) => [token, word, word === "new" ? "id" : code])).toEqual([
        [held.token, "new", "id"],
        [refused.token, "answered", "1"],
        [unknown.token, "answered", "255"],
        [commented.token, "new", "id"],
        [late.token, "notSent", "DeadlinePassed"],
        ["end", undefined, undefined],
      ]);
      const id = first[0]?.[2] ?? "";
      // Purges of scratch file systems look at it.
      expect(await kit.sh(`find ${held.directory}/batch.sh -mmin -5 | wc -l`)).toBe("1\n");
      expect(await kit.sh(`squeue -h -j ${first[3]?.[2]} -o %k`)).toBe(`it's "$HOME"\n\n`);

      const second = await answers(put(jobs));
      expect(second.slice(0, 3)).toEqual([[held.token, "known", id, "-"], first[1], first[2]]);

      const fence = (verb: "void" | "close", ...of: readonly StagedJob[]): Script =>
        fenceScript({ install, shard: 0, fences: of.map((place) => ({ place, verb })), lockSeconds: 10 });
      const unsent = kit.job(kit.place());
      expect(await answers(fence("void", unsent, held))).toEqual([
        [unsent.token, "fenced", "void"],
        [held.token, "fenced", "void"],
        ["end"],
      ]);
      expect(await answers(fence("close", held, commented))).toMatchObject([
        [held.token, "fenced", "void"],
        [commented.token, "fenced", "void"],
        ["end"],
      ]);
      expect(await answers(put([unsent, held]))).toEqual([
        [unsent.token, "voided", "-", "-"],
        [held.token, "known", id, "-"],
        ["end"],
      ]);
      expect(await answers(marksScript([held, unsent]))).toEqual([
        [held.token, "fence", "void", "yes", "yes"],
        [unsent.token, "fence", "void", "no", "no"],
        ["end"],
      ]);
      const signalled = await answers(jobsScript(install, [held.token, commented.token], "cancel"));
      const byId = signalled.slice(0, 2).sort((left, right) => Number(left[2]) - Number(right[2]));
      expect([...byId, ...signalled.slice(2)]).toEqual([
        ["signalled", held.token, id],
        ["signalled", commented.token, first[3]?.[2]],
        ["done"],
        ["end"],
      ]);
      const places = [
        { ...held, deadline: past },
        { ...refused, deadline: past },
        { ...unsent, deadline: after(past, 3_600_000) },
      ];
      expect(
        (await answers(forgetScript({ install, shard: 0, places, lockSeconds: 10 }))).map((words) =>
          words.slice(0, 3),
        ),
      ).toEqual([
        [held.token, "forgotten"],
        [refused.token, "forgotten"],
        [unsent.token, "kept", "DeadlineAhead"],
        ["end"],
        ["end"],
      ]);
      expect(await answers(tailScript(`${commented.directory}/batch.sh`, 13))).toEqual([
        ["tail", expect.stringMatching(/^[1-9]\d*$/u), Buffer.from(`exit "$code"\n`).toString("base64")],
        ["end"],
      ]);
      expect(await hidden()).toBe(before);
    });

    test("the list shows what is over and old, page by page, and nothing else", async () => {
      const workDirectory = `/home/alice/bw-${randomUUID()}`;
      const directory = `${workDirectory}/it`;
      const question = { directory, cluster: name, retentionSeconds: 86_400, after: undefined };
      const listed = async (changes: Partial<OverQuestion> = {}) => {
        const [clock, ...rest] = await answers(listScript({ ...question, ...changes }));
        expect(clock).toEqual(["clock", expect.stringMatching(/^\d{10}$/u)]);
        expect(Number(clock?.[1])).toBeGreaterThan(Date.now() / 1000 - 600);
        return rest.slice(0, -1);
      };
      expect(await listed()).toEqual([]);

      const places = Array.from({ length: 12 }, () => kit.place({ workDirectory })).sort((a, b) =>
        a.token < b.token ? -1 : 1,
      );
      const [closed, voided, refused, untried, dateless, other, owned, odd, young, requeued, linked] =
        places.map(({ token }) => token);
      const old = 1_700_000_000;
      await kit.sh(`mkdir -p ${directory}; cd ${directory}
        new() { mkdir -p $1/marks; echo "1700000000 ${name}" >$1/marks/attempt; }
        for token in ${places.map(({ token }) => token).join(" ")} lock.0 .gone.x "odd name" ${other!.replace("it-", "at-")} ${other}x; do new "$token"; touch "$token/marks/try"; done
        touch ${closed}/marks/closed
        echo void >${voided}/marks/owner
        echo 1 >${refused}/marks/code; : >${refused}/marks/id
        rm ${untried}/marks/try
        rm ${dateless}/marks/attempt; touch ${dateless}/marks/closed
        echo "1700000000 elsewhere" >${other}/marks/attempt; touch ${other}/marks/closed
        echo 17 >${owned}/marks/owner; echo 1 >${owned}/marks/code
        echo 1 >${odd}/marks/code; echo 17 >${odd}/marks/id
        touch ${young}/marks/closed
        touch ${requeued}/marks/closed
        mv ${linked} elsewhere; ln -s elsewhere ${linked}; touch elsewhere/marks/closed
        for each in lock.0 .gone.x "odd name" at-* ${other}x; do touch "$each/marks/closed"; done
        find . -exec touch -h -d @${old} {} +
        touch -d @${old + 100} ${refused}/marks/code
        touch ${requeued}/marks
        touch ${young}/marks/closed`);
      const dated = [String(old), "1700000000", name];
      const all = new Map([
        [closed, dated],
        [voided, dated],
        [refused, [String(old + 100), "1700000000", name]],
        [untried, dated],
        [dateless, [String(old), "-", "-"]],
      ]);
      expect(await listed()).toEqual([...all].map(([token, rest]) => [token, ...rest]));
      expect(await listed({ after: voided })).toEqual(
        [...all].filter(([token]) => token! > voided!).map(([token, rest]) => [token, ...rest]),
      );
      expect(await listed({ cluster: "elsewhere" })).toEqual([
        [dateless, String(old), "-", "-"],
        [other, String(old), "1700000000", "elsewhere"],
      ]);

      await kit.sh(`cd ${directory}; rm -rf -- * .gone.x
        i=0; while [ $i -lt 300 ]; do
          token=it-00000000-0000-4000-8000-$(printf %012d $i)-1
          mkdir -p $token/marks; touch $token/marks/closed; i=$((i + 1))
        done
        find . -exec touch -d @${old} {} +`);
      const nth = (index: number) => `it-00000000-0000-4000-8000-${String(index).padStart(12, "0")}-1`;
      const first = await listed();
      expect(first).toHaveLength(257);
      expect(first.at(-1)).toEqual(["next", nth(255)]);
      const second = await listed({ after: nth(255) as Token });
      expect(second.map(([token]) => token)).toEqual(
        Array.from({ length: 44 }, (_, index) => nth(256 + index)),
      );

      await kit.sh(`rm -rf ${workDirectory}; mkdir -p ${directory}; chmod 300 ${directory}`);
      expect(await listed()).toEqual([
        ["failed", Buffer.from(`cannot read ${directory}`).toString("base64")],
      ]);
      await kit.sh(`chmod 700 ${directory}; rm -rf ${workDirectory}`);
    });

    test("a text that was cut anywhere runs nothing at all", async () => {
      const job = kit.job(kit.place(), { arguments: ["--hold"] });
      const { text } = put([job]);
      const cuts = [10, 0.3, 0.6, 0.9].map((at) => Math.floor(at < 1 ? text.length * at : at));
      for (const length of [...cuts, text.length - 3, text.length - 20]) {
        const { stdout } = await kit.session.run({
          command: `env -i PATH=/usr/bin:/bin HOME=/home/alice ${shell} -s`,
          stdin: text.slice(0, length),
          timeLimitMs: 20_000,
          signal: kit.call.signal,
        });
        expect(stdout).toBe("");
      }
      expect(await kit.sh(`ls -d ${job.directory} 2>/dev/null || echo none`)).toBe("none\n");
    });
  });
});

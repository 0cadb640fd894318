import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { ClusterPoller, DatedPlace } from "../../../src/backends/slurm/backend.ts";
import { startPoller } from "../../../src/backends/slurm/poll/poller.ts";
import { mostExamined } from "../../../src/backends/slurm/wrapper/list-script.ts";
import { visitLogin } from "../../../src/controllers/cleanup/visit.ts";
import { chooseDirectories } from "../../../src/core/cleanup/choice.ts";
import { after, instant } from "../../../src/core/instant.ts";
import type { Token } from "../../../src/core/slurm/token.ts";
import { eventually } from "../../lab/eventually.ts";
import { queueOf } from "../../unit/controllers/cleanup/scripted-login.ts";
import { install, Kit } from "./kit.ts";

const { clusters } = inject("lab");
const day = 86_400_000;
const retentionSeconds = 10 * 86_400;

describe.each(["c1", "c2"] as const)("on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  /** A directory of tokens that no other test has. */
  const someDirectory = () => {
    const workDirectory = `/home/alice/bw-${randomUUID()}`;
    return { workDirectory, directory: `${workDirectory}/${install}` };
  };
  /** As if its attempt had been opened, and its last mark made, twenty days ago. */
  const place = (workDirectory: string): DatedPlace => ({
    ...kit.place({ workDirectory }),
    deadline: after(instant(Date.now()), -13 * day),
  });
  const age = async (directory: string) => kit.sh(`find ${directory} -exec touch -d '-20 days' {} +`);
  const names = async (directory: string) => (await kit.sh(`ls ${directory}`)).trim().split("\n");

  /** What one page lists, and what becomes of it. */
  async function clean(directory: string, cursor?: Token) {
    const page = await kit.login.listOver(
      { directory, cluster: clusters[name].clusterName, retentionSeconds, after: cursor },
      kit.call,
    );
    const { forget } = chooseDirectories(page, {
      install,
      cluster: clusters[name].clusterName,
      retentionMs: retentionSeconds * 1000,
      isAlone: true,
      isLive: () => false,
      isNeeded: () => false,
      isInQueue: () => false,
    });
    const places = forget.map((chosen) => ({
      ...chosen,
      directory: `${directory}/${chosen.token}`,
      cluster: name,
    }));
    return { page, answers: await kit.login.forget(places, kit.call) };
  }

  test("a put keeps deadline and cluster beside the marks, and so does a fence that comes before it", async () => {
    const { workDirectory } = someDirectory();
    const [sent, voided, closed, void2] = Array.from({ length: 4 }, () => kit.place({ workDirectory }));
    const mark = async ({ directory }: DatedPlace) => kit.sh(`cat ${directory}/marks/attempt`);
    const written = ({ deadline }: DatedPlace) =>
      `${Math.floor(deadline / 1000)} ${clusters[name].clusterName}\n`;
    await kit.accepted(kit.job(sent!, { arguments: ["--hold"] }));
    await kit.login.void(voided!, kit.call);
    await kit.login.close(closed!, kit.call);
    await kit.login.void({ ...void2!, deadline: instant(5000) }, kit.call);
    await kit.login.close(void2!, kit.call);
    expect(await Promise.all([sent!, voided!, closed!].map(mark))).toEqual(
      [sent!, voided!, closed!].map(written),
    );
    // What a token stands for never changes.
    expect(await mark(void2!)).toBe(`5 ${clusters[name].clusterName}\n`);
    await kit.login.close(sent!, kit.call);
    await kit.login.cancel(sent!, kit.call);
    expect(await mark(sent!)).toBe(written(sent!));
    await kit.sh(`rm -rf ${workDirectory}`);
  });

  test("the old and closed goes whole; the young, the open and what is not ours stays", async () => {
    const { workDirectory, directory } = someDirectory();
    const soon = () => kit.place({ workDirectory });
    const [done, refused, open, young] = [soon(), soon(), soon(), soon()];
    const voided = place(workDirectory);
    await Promise.all([
      kit.accepted(kit.job(done, { text: '#!/bin/sh\necho 42 > "$JOB_OUTPUT_DIR/result"\n' })),
      kit.login.put(kit.job(refused, { arguments: ["--partition=nowhere"] }), kit.call),
      kit.accepted(kit.job(open, { arguments: ["--hold"] })),
      kit.accepted(kit.job(young)),
      kit.login.void(voided, kit.call),
    ]);
    await Promise.all([kit.ended(done), kit.ended(young)]);
    await Promise.all([done, young].map(async (ended) => kit.login.close(ended, kit.call)));
    await kit.sh(
      `mkdir -p ${directory}/results ${directory}/it-notes/marks; touch ${directory}/it-notes/marks/closed`,
    );
    await age(directory);
    // The attempts are as old as the marks.
    await kit.sh(
      `cd ${directory}; for at in it-*-1; do echo "${Math.floor((Date.now() - 13 * day) / 1000)} ${clusters[name].clusterName}" > $at/marks/attempt; done`,
    );
    await kit.login.close(young, kit.call);
    await kit.sh(`touch ${young.directory}/marks/closed`);
    const { answers } = await clean(directory);
    expect([...answers.keys()].sort()).toEqual([done.token, refused.token, voided.token].sort());
    expect([...answers.values()]).toEqual([{ is: "forgotten" }, { is: "forgotten" }, { is: "forgotten" }]);
    expect((await names(directory)).filter((file) => !file.startsWith("lock."))).toEqual(
      ["it-notes", open.token, "results", young.token].sort(),
    );
    expect(await kit.sh(`ls -A ${directory} | grep '^[.]' || true`)).toBe("");
    await kit.login.cancel(open, kit.call);
    await kit.sh(`rm -rf ${workDirectory}`);
  });

  test("an old directory of before the deadline was kept goes as well", async () => {
    const { workDirectory, directory } = someDirectory();
    const former = kit.place({ workDirectory });
    await kit.login.close(former, kit.call);
    await kit.sh(`rm ${former.directory}/marks/attempt`);
    await age(directory);
    const { page, answers } = await clean(directory);
    expect(page.directories).toMatchObject([{ token: former.token, attempt: undefined }]);
    expect([...answers]).toEqual([[former.token, { is: "forgotten" }]]);
    await kit.sh(`rm -rf ${workDirectory}`);
  });

  test("300 directories go in two pages, and a file that cannot be written does not stop them", async () => {
    const { workDirectory, directory } = someDirectory();
    await kit.sh(`mkdir -p ${directory} && cd ${directory} && for i in $(seq 300); do
      token=${install}-00000000-0000-4000-8000-$(printf %012d $i)-1
      mkdir -p $token/marks $token/work/deep; touch $token/marks/closed; echo x >$token/work/deep/file; chmod 500 $token/work/deep
    done`);
    await age(directory);
    const first = await clean(directory);
    expect([first.answers.size, first.page.next]).toEqual([256, first.page.directories.at(-1)?.token]);
    const second = await clean(directory, first.page.next);
    expect([second.answers.size, second.page.next]).toEqual([44, undefined]);
    expect(await kit.sh(`ls -A ${directory} | grep -v '^lock[.]' || true`)).toBe("");
    await kit.sh(`rm -rf ${workDirectory}`);
  });

  test("thousands of young ones do not hide an old one behind them: an empty page says where it goes on", async () => {
    const { workDirectory, directory } = someDirectory();
    const nth = (index: number) => `${install}-00000000-0000-4000-8000-${String(index).padStart(12, "0")}-1`;
    await kit.sh(
      `mkdir -p ${directory} && cd ${directory} && seq -f '${install}-00000000-0000-4000-8000-%012.0f-1/marks' ${mostExamined + 1} | xargs mkdir -p`,
    );
    const last = nth(mostExamined + 1);
    await age(`${directory}/${last}`);
    const first = await clean(directory);
    expect([first.page.directories, first.page.next]).toEqual([[], nth(mostExamined)]);
    const second = await clean(directory, first.page.next);
    expect([[...second.answers.keys()], second.page.next]).toEqual([[last], undefined]);
    await kit.sh(`rm -rf ${workDirectory}`);
  });

  test("where nothing was ever sent the list is empty, and leaves nothing behind", async () => {
    const { workDirectory, directory } = someDirectory();
    expect((await clean(directory)).page.directories).toEqual([]);
    expect(await kit.sh(`ls -d ${workDirectory} 2>/dev/null || echo none`)).toBe("none\n");
  });

  test("a job that runs although it is closed and nobody's keeps its directory, also where the observer does not see it", async () => {
    const { workDirectory, directory } = someDirectory();
    const orphan = kit.place({ workDirectory });
    await kit.accepted(kit.job(orphan, { text: "#!/bin/sh\nsleep 300\n" }));
    await eventually(async () => (await kit.marks(orphan)).owner.is === "job", { within: 30_000 });
    await kit.login.close(orphan, kit.call);
    await kit.sh(`rm ${orphan.directory}/marks/attempt`);
    await age(directory);
    const { clusterName } = clusters[name];
    await using poller = startPoller({
      commands: kit.session,
      whose: "Everyone",
      install,
      polling: { intervalSeconds: 1, floorSeconds: 1 },
    });
    const blind = { begunAfter: async () => Promise.resolve(queueOf()) };
    const visit = async (asked: Pick<ClusterPoller, "begunAfter">) => {
      const told: string[] = [];
      await visitLogin(
        {
          login: kit.login,
          poller: asked,
          directory,
          after: undefined,
          until: new AbortController().signal,
          needed: async () => Promise.resolve(() => false),
          standing: () => ({
            install,
            cluster: clusterName,
            retentionMs: retentionSeconds * 1000,
            isAlone: true,
            isLive: () => false,
          }),
          tell: (outcome) => told.push(outcome),
        },
        kit.call,
      );
      return told;
    };
    expect([await visit(poller), await visit(blind)]).toEqual([["InQueue"], ["InQueue"]]);
    await kit.login.cancel(orphan, kit.call);
    await eventually(async () => (await kit.marks(orphan)).exits.length > 0, { within: 30_000 });
    await eventually(async () => (await kit.login.find(orphan, kit.call)).length === 0, { within: 30_000 });
    // Its end is a mark, and a young one.
    expect(await visit(blind)).toEqual([]);
    await age(directory);
    expect(await visit(blind)).toEqual(["Removed"]);
    await kit.sh(`rm -rf ${workDirectory}`);
  });

  test("a job that sbatch answered for with an id and a failure is not over", async () => {
    const { workDirectory } = someDirectory();
    const odd = place(workDirectory);
    await kit.sh(
      `mkdir -p ${odd.directory}/marks && cd ${odd.directory}/marks && touch try && echo 1 >code && echo 17 >id`,
    );
    expect((await kit.login.forget([odd], kit.call)).get(odd.token)).toMatchObject({
      is: "kept",
      why: "NotClosed",
    });
    await kit.sh(`rm -rf ${workDirectory}`);
  });
});

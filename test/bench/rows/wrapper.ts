import { Kit } from "../../integration/dispatch/kit.ts";
import { loopOf } from "../floor.ts";
import { type Row, type Setting, sized } from "../row.ts";
import { atLeast, type Measure, told } from "../table.ts";

const rounds = 4;
const jobsEach = 256;
/** As many batches as the operator runs at once. */
const loops = 3;

export const wrapper: Row = {
  name: "wrapper",
  title: "What exactly-once costs the login",
  how: "The same held jobs, handed over by plain loops of sbatch (three remote commands at once, of one script, nothing staged) and by `put`: staged, journalled under the lock, up to three batches at once, as the operator does it. The two take turns in one run; no API server is involved.",
  whyShort:
    "what a batch costs beside its sbatch calls (a shell, the lock, unpacking the jobs' directories) is shared by the jobs in it.",
  run: async (setting) => measureWrapper(setting),
};

async function measureWrapper(setting: Setting): Promise<readonly Measure[]> {
  await using kit = await Kit.open(setting.lab.clusters.c1);
  const count = sized(setting, jobsEach, 32);
  const [plain, put, again]: [number[], number[], number[]] = [[], [], []];
  // The first one makes the directory of the install, and a script for the loops.
  const first = kit.job(kit.place(), { arguments: ["--hold"] });
  await kit.accepted(first);
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await seconds(async () => plainLoops(kit, first.directory, count)));
    const jobs = Array.from({ length: count }, () => kit.job(kit.place(), { arguments: ["--hold"] }));
    const all = async (): Promise<void> => {
      await Promise.all(jobs.map(async (job) => kit.accepted(job)));
    };
    put.push(await seconds(all));
    again.push(await seconds(all));
    await kit.sh("scancel -u alice --state=PENDING");
  }
  const rate = (times: readonly number[]): number =>
    (count * rounds) / times.reduce((sum, time) => sum + time, 0);
  return [
    atLeast("put, in terms of plain sbatch", rate(put) / rate(plain), 0.9, "x plain"),
    told("plain sbatch, three loops at once", rate(plain), "jobs/s"),
    told("put, three batches at once", rate(put), "jobs/s"),
    told("put asked again, known ids", rate(again), "jobs/s"),
  ];
}

async function plainLoops(kit: Kit, directory: string, count: number): Promise<void> {
  const each = Math.ceil(count / loops);
  const script = `cd ${directory}/work; ${loopOf("--hold ../batch.sh", each)} >/dev/null`;
  await Promise.all(Array.from({ length: loops }, async () => kit.sh(script)));
}

async function seconds(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

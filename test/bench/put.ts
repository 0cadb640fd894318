/**
 * What exactly-once costs: the same held jobs, handed over by a plain loop of sbatch in one remote command, and by `put`.
 * Run: `npx node test/bench/put.ts [jobs] [cluster]`, with the lab up. Prints jobs per second and the ratio, same machine, same run.
 */
import { readLab } from "../lab/lab.ts";
import { Kit } from "../integration/dispatch/kit.ts";

const [count = "200", cluster = "c1"] = process.argv.slice(2);
const jobs = Number(count);
const { clusters } = await readLab();
await using kit = await Kit.open(clusters[cluster === "c2" ? "c2" : "c1"]);

async function rate(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (jobs * 1000) / (performance.now() - start);
}

const staged = () => Array.from({ length: jobs }, () => kit.job(kit.place(), { arguments: ["--hold"] }));

/** The same script from one directory: no staging, no journal, no lock. */
async function plainLoop(groups: number): Promise<number> {
  const [job] = staged();
  if (job === undefined) return 0;
  await kit.accepted(job);
  const each = Math.ceil(jobs / groups);
  const loop = `cd ${job.directory}/work; i=0; while [ $i -lt ${each} ]; do sbatch --parsable --hold ../batch.sh >/dev/null || exit; i=$((i+1)); done`;
  return rate(async () => {
    await Promise.all(Array.from({ length: groups }, async () => kit.sh(loop)));
  });
}

/** All of one shard go as one batch at a time; four shards let up to three batches run at once. */
async function puts(): Promise<{ first: number; again: number }> {
  const batch = staged();
  const all = async (): Promise<void> => {
    await Promise.all(batch.map(async (job) => kit.accepted(job)));
  };
  return { first: await rate(all), again: await rate(all) };
}

const show = (what: string, perSecond: number, of: number): void => {
  console.log(`${what.padEnd(44)} ${perSecond.toFixed(0).padStart(5)} /s  ${(perSecond / of).toFixed(2)}`);
};

await kit.accepted(kit.job(kit.place(), { arguments: ["--hold"] }));
const [one, three] = [await plainLoop(1), await plainLoop(3)];
const { first, again } = await puts();
console.log(`${jobs} held jobs on ${cluster}; last column: in terms of one plain loop`);
show("plain sbatch loop, one", one, one);
show("plain sbatch loops, three at once", three, one);
show("put: staged, journalled, exactly once", first, one);
show("put asked again: known ids", again, one);
await kit.sh("scancel -u alice --state=PENDING");

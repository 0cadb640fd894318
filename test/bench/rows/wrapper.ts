import type { StagedJob } from "../../../src/backends/slurm/backend.ts";
import { packArchive } from "../../../src/backends/slurm/wrapper/archive.ts";
import { stagedEntries } from "../../../src/backends/slurm/wrapper/put-script.ts";
import { Kit } from "../../integration/dispatch/kit.ts";
import { loopOf } from "../floor.ts";
import { processorOf } from "../processor.ts";
import { type Row, type Setting, sized } from "../row.ts";
import { atLeast, type Measure, told } from "../table.ts";

const rounds = 4;
const jobsEach = 1024;
/** As many batches as the operator runs at once. */
const loops = 3;
const stagedAtOnce = 128;

export const wrapper: Row = {
  name: "wrapper",
  title: "What exactly-once costs the login",
  how: "The same held jobs, handed over by plain loops of sbatch (three remote commands at once, of one script), by `put` of jobs whose directories were unpacked before (the wrapper alone: deadline, marks and ids under the lock, up to three batches at once, as the operator does it), and by `put` with all that it does, the directories too. The three take turns in one run; no API server is involved.",
  whyShort:
    "the wrapper makes two files for each job, which is most of what it adds: on this machine's file system a new file costs about 0.15 ms, where a whole sbatch with its share of slurmctld costs about 5.",
  run: async (setting) => measureWrapper(setting),
};

interface Turn {
  seconds: number;
  /** Of the cluster's and the login's processors. */
  processor: number;
}

async function measureWrapper(setting: Setting): Promise<readonly Measure[]> {
  await using kit = await Kit.open(setting.lab.clusters.c1);
  const count = sized(setting, jobsEach, 32);
  const turns = { plain: noTime(), alone: noTime(), whole: noTime(), again: noTime() };
  const timed = async (turn: Turn, run: () => Promise<void>): Promise<void> => {
    const [began, processor] = [performance.now(), await processorOf(setting.lab)];
    await run();
    turn.seconds += (performance.now() - began) / 1000;
    turn.processor += (await processorOf(setting.lab)).cluster - processor.cluster;
  };
  // The first one makes the directory of the install, and a script for the loops.
  const first = kit.job(kit.place(), { arguments: ["--hold"] });
  await kit.accepted(first);
  for (let round = 0; round < rounds; round += 1) {
    await timed(turns.plain, async () => plainLoops(kit, first.directory, count));
    await clear(kit);
    const [staged, whole] = [heldJobs(kit, count), heldJobs(kit, count)];
    await stage(kit, staged);
    await timed(turns.alone, async () => putAll(kit, staged));
    await clear(kit);
    await timed(turns.whole, async () => putAll(kit, whole));
    await timed(turns.again, async () => putAll(kit, whole));
    await clear(kit);
  }
  const rate = ({ seconds }: Turn): number => (count * rounds) / seconds;
  const each = ({ processor }: Turn): number => (processor * 1000) / (count * rounds);
  return [
    atLeast(
      "the wrapper alone, in terms of plain sbatch",
      rate(turns.alone) / rate(turns.plain),
      0.9,
      "x plain",
    ),
    told("plain sbatch, three loops at once", rate(turns.plain), "jobs/s"),
    told("put of staged jobs, three batches at once", rate(turns.alone), "jobs/s"),
    told("put with the jobs' directories", rate(turns.whole), "jobs/s"),
    told("put asked again, known ids", rate(turns.again), "jobs/s"),
    told("processor time: plain sbatch", each(turns.plain), "ms a job"),
    told("processor time: put of staged jobs", each(turns.alone), "ms a job"),
    told("processor time: put with the jobs' directories", each(turns.whole), "ms a job"),
  ];
}

const noTime = (): Turn => ({ seconds: 0, processor: 0 });

const heldJobs = (kit: Kit, count: number): readonly StagedJob[] =>
  Array.from({ length: count }, () => kit.job(kit.place(), { arguments: ["--hold"] }));

async function putAll(kit: Kit, jobs: readonly StagedJob[]): Promise<void> {
  await Promise.all(jobs.map(async (job) => kit.accepted(job)));
}

/** As `put` would, before it is timed: it leaves a directory alone that is there. */
async function stage(kit: Kit, jobs: readonly StagedJob[]): Promise<void> {
  for (let start = 0; start < jobs.length; start += stagedAtOnce) {
    const some = jobs.slice(start, start + stagedAtOnce);
    const lines =
      packArchive(some.flatMap(stagedEntries))
        .toString("base64")
        .match(/.{1,1000}/gu) ?? [];
    const directory = some[0]?.directory ?? "";
    await kit.sh(`base64 -d <<'A' | tar -xmzf - -C "$(dirname ${directory})"\n${lines.join("\n")}\nA\n`);
  }
}

async function plainLoops(kit: Kit, directory: string, count: number): Promise<void> {
  const each = Math.ceil(count / loops);
  const script = `cd ${directory}/work; ${loopOf("--hold ../batch.sh", each)} >/dev/null`;
  await Promise.all(Array.from({ length: loops }, async () => kit.sh(script)));
}

/** A queue that is long makes slurmctld slower, for whoever comes last. */
const clear = async (kit: Kit): Promise<string> => kit.sh("scancel -u alice --state=PENDING");

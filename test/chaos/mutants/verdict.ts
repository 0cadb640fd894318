import { eventually } from "../../lab/eventually.ts";
import { judge } from "../judgement.ts";
import { readMarks } from "../marks.ts";
import { reported } from "../oracle.ts";
import { liveJobs, slurmRecords } from "../slurm-records.ts";
import type { Course } from "./mutant.ts";
import { on, type Play } from "./play.ts";

/** What Slurm has yet to do when the last end is told: jobs that are turned away end, records are written. */
const quietWithin = 30_000;

/**
 * What the oracle says of a play that is over: the marks of the scripts and Slurm itself against what was told.
 * @param harm a complaint that no waiting heals
 */
export async function verdictOf(play: Play, course: Course, harm?: RegExp): Promise<readonly string[]> {
  if (play.complaints.length > 0) return play.complaints;
  let complaints: readonly string[] = [];
  await eventually(
    async () => {
      complaints = await look(play, course);
      return complaints.length === 0 || (harm !== undefined && complaints.some((each) => harm.test(each)));
    },
    { within: quietWithin, every: 1000 },
  ).catch(() => undefined);
  return complaints;
}

async function look(
  { scene, sent, told }: Play,
  { shakes, isOfStranger }: Course,
): Promise<readonly string[]> {
  const live = await liveJobs(scene, on);
  const marks = await readMarks(scene, on);
  const late = told
    .filter(({ sent: { run }, starts }) => (marks.get(run)?.length ?? 0) > starts)
    .map(({ sent: { name } }) => `${name}: its script was started after its end was told`);
  const judged = judge(sent, {
    cluster: on,
    objects: await reported(scene),
    marks,
    records: isOfStranger === true ? new Map() : await slurmRecords(scene, on),
    keepsRecords: isOfStranger !== true && scene.lab.clusters[on].accounting,
    isShaken: shakes,
  });
  return [...live.map((row) => `a job lives that nobody waits for: ${row}`), ...late, ...judged];
}

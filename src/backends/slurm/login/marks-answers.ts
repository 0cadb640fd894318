import { instant } from "../../../core/instant.ts";
import type { ExitMark, Marks, Owner } from "../../../core/slurm/marks.ts";
import { decodeBytes } from "../wrapper/frames.ts";
import { readOutputs } from "./outputs.ts";

type Frames = readonly (readonly string[])[];

/** All tasks of an array together. */
const mostOutputs = 1024;

/** What the frames of one token say; undefined when its journal was not read to the end. */
export function readMarks(frames: Frames): Marks | undefined {
  const fence = frames.find(([word]) => word === "fence");
  if (fence === undefined) return undefined;
  const exits = frames.filter(([word]) => word === "exit").map(([, ...words]) => readExit(words));
  const outputs: Marks["outputs"][number][] = [];
  const cut: string[] = [];
  for (const [word, task, data] of frames) {
    if (word === "cut") cut.push(`${taskWord(task)}more bytes than are kept`);
    if (word !== "outputs" && word !== "captured") continue;
    const read = readOutputs(decodeBytes(data), word === "outputs" ? "\n" : "\0");
    cut.push(...read.cut.map((text) => taskWord(task) + text));
    for (const output of read.outputs) outputs.push({ ...output, taskIndex: taskIndex(task) });
  }
  if (outputs.length > mostOutputs) cut.push(`more than ${mostOutputs} outputs of all tasks`);
  return {
    owner: readOwner(fence[1]),
    closed: fence[2] === "yes",
    tried: fence[3] === "yes",
    exits: exits.filter((exit) => exit !== undefined),
    outputs: lastOfEach(outputs).slice(0, mostOutputs),
    ...(cut.length > 0 ? { outputsCut: cut.slice(0, 16).join("; ") } : {}),
  };
}

function readOwner(word: string | undefined): Owner {
  if (word === "void") return { is: "void" };
  return word !== undefined && isNumber(word) ? { is: "job", jobId: Number(word) } : { is: "none" };
}

/** `exited|turned-away CODE JOB TASK RESTART SECONDS NOTE`; a line of another form is no mark. */
function readExit(words: readonly string[]): ExitMark | undefined {
  const [word, code = "", job = "", task, restart = "", seconds = "", note] = words;
  if (![code, job, restart, seconds].every(isNumber)) return undefined;
  const mark = {
    jobId: Number(job),
    taskIndex: taskIndex(task),
    restart: Number(restart),
    at: instant(Number(seconds) * 1000),
  };
  if (word === "turned-away") return { ...mark, end: { is: "turnedAway" } };
  if (word !== "exited") return undefined;
  return {
    ...mark,
    end: { is: "exited", code: Number(code), ...(note === "terminated" ? { terminated: true } : {}) },
  };
}

/** A script may use both ways for one name: what it said last in the order read wins, at the place of the first. */
function lastOfEach(outputs: Marks["outputs"]): Marks["outputs"] {
  const byName = new Map<string, Marks["outputs"][number]>();
  for (const output of outputs) byName.set(`${output.taskIndex ?? ""} ${output.name}`, output);
  return [...byName.values()];
}

const taskIndex = (word: string | undefined): number | undefined =>
  word !== undefined && isNumber(word) ? Number(word) : undefined;

const taskWord = (word: string | undefined): string =>
  word === undefined || word === "-" ? "" : `task ${word}: `;

const isNumber = (text: string): boolean => /^\d{1,12}$/u.test(text);

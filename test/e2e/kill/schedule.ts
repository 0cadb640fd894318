import type { ClusterName } from "../../lab/lab.ts";

/** One submission of the test: what it does, and so how it must end. */
export interface Run {
  readonly name: string;
  readonly cluster: ClusterName;
  /** Indexes of an array; undefined for a single job. */
  readonly tasks: readonly number[] | undefined;
  /** Index of the task that ends with 3, `all` for a single job that does; undefined when all goes well. */
  readonly fails: number | "all" | undefined;
  /** Once more, as spec.retry asks: what fails fails again. Of an array only that task is run again. */
  readonly isRetried: boolean;
  readonly seconds: number;
}

/** The life of one operator process. */
export interface Round {
  /** Created so long after the process was started, whether it is ready by then or not. */
  readonly creates: readonly Run[];
  readonly createAfterMs: number;
  /** The process is killed so long after it was ready. */
  readonly killAfterMs: number;
}

const createWithinMs = 3000;
const killWithinMs = 2500;
/** Of all submissions, the part that is created at once at the start: batches are full then. */
const firstPart = 0.2;

/** A random course of events; the same seed gives the same one. */
export function drawRounds(options: {
  readonly seed: number;
  readonly kills: number;
  readonly submissions: number;
  /** What names begin with. */
  readonly prefix: string;
}): readonly Round[] {
  const { kills, submissions, prefix } = options;
  const random = seededRandom(options.seed);
  const first = Math.ceil(submissions * firstPart);
  const roundOf = (index: number): number =>
    index < first ? 0 : Math.floor(((index - first) * kills) / (submissions - first));
  const runs = Array.from({ length: submissions }, (_, index) => drawRun(`${prefix}-${index}`, random));
  return Array.from({ length: kills }, (_, round) => ({
    creates: runs.filter((_run, index) => roundOf(index) === round),
    createAfterMs: Math.floor(random() * createWithinMs),
    killAfterMs: Math.floor(random() * killWithinMs),
  }));
}

function drawRun(name: string, random: () => number): Run {
  const cluster = random() < 0.5 ? "c1" : "c2";
  const tasks = random() < 0.1 ? [0, 1, 2] : undefined;
  const isBad = random() < 0.2;
  const victim = tasks === undefined ? "all" : Math.floor(random() * tasks.length);
  const seconds = Math.floor(random() * 4);
  const isRetried = isBad && random() < 0.5;
  return { name, cluster, tasks, fails: isBad ? victim : undefined, isRetried, seconds };
}

/** Mulberry32: small, and enough to draw a schedule. @returns numbers from 0 to below 1 */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

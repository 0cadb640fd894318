import type { OverPage } from "../../../core/cleanup/over.ts";
import type { FenceAnswer, ForgetAnswer, PutAnswer } from "../../../core/slurm/dispatch-answer.ts";
import { maskEnd } from "../../../core/secrets/mask.ts";
import type { LogEnd } from "../../../core/submission/facts.ts";
import type { Marks } from "../../../core/slurm/marks.ts";
import type { Token } from "../../../core/slurm/token.ts";
import type { WorkDirectoryCheck } from "../../../core/slurm/work-directory.ts";
import type { DatedPlace, OverQuestion, Place, StagedJob } from "../backend.ts";
import { cleanShell } from "../session/clean-shell.ts";
import type { Session } from "../session/session.ts";
import { SlurmCommandFailed, SlurmUnreachable } from "../session/unreachable.ts";
import { checkScript } from "../wrapper/check-script.ts";
import { fenceScript, type FenceBatch } from "../wrapper/fence-script.ts";
import { forgetScript } from "../wrapper/forget-script.ts";
import { decodeBytes, decodeText, isWhole, readFrames } from "../wrapper/frames.ts";
import { jobsScript } from "../wrapper/jobs-script.ts";
import { listScript } from "../wrapper/list-script.ts";
import { marksScript } from "../wrapper/marks-script.ts";
import { putScript, watchdogSeconds, type PutLimits } from "../wrapper/put-script.ts";
import type { Script } from "../wrapper/script.ts";
import { tailScript } from "../wrapper/tail-script.ts";
import { readFenceAnswers, readForgetAnswers } from "./fence-answers.ts";
import type { BatchKey } from "./lanes.ts";
import { readListAnswers } from "./list-answers.ts";
import { readMarks } from "./marks-answers.ts";
import { readPutAnswers } from "./put-answers.ts";

export interface JournalOptions {
  readonly session: Session;
  readonly binDirectory?: string;
  readonly limits: PutLimits;
}

type Frames = readonly (readonly string[])[];

/** For what only reads or writes a few files, and for squeue and scancel. */
const shortSeconds = 60;
/** A lock that is busy is a lock. */
const checkSeconds = 1;
/** For some thousand directories of a busy file system: about four looks into each. */
const listSeconds = 180;
/** By so much our own limit is longer than the watchdog's on the far side, which should be the one to end a command. */
const slackSeconds = 30;
const mostTailBytes = 1024 * 1024;
/** By so many bytes more is read than is shown: a secret that begins before what is shown is recognised. */
const longestSecret = 16_384;

/** Runs the wrapper's verbs for whole batches. */
export class Journal {
  readonly #session: Session;
  readonly #binDirectory: string | undefined;
  readonly #limits: PutLimits;

  constructor(options: JournalOptions) {
    this.#session = options.session;
    this.#binDirectory = options.binDirectory;
    this.#limits = options.limits;
  }

  async put(at: BatchKey, jobs: readonly StagedJob[], signal: AbortSignal): Promise<readonly PutAnswer[]> {
    const limits = this.#limits;
    const text = putScript({ ...at, jobs, limits });
    const { frames, missing } = await this.#attempt(text, {
      seconds: watchdogSeconds(limits),
      ends: "shell",
      signal,
    });
    return readPutAnswers(jobs, frames, missing);
  }

  async fence(
    at: BatchKey,
    fences: FenceBatch["fences"],
    signal: AbortSignal,
  ): Promise<readonly FenceAnswer[]> {
    const { lockSeconds } = this.#limits;
    const { frames, missing } = await this.#attempt(fenceScript({ ...at, fences, lockSeconds }), {
      seconds: lockSeconds + shortSeconds,
      ends: "everything",
      signal,
    });
    const tokens = fences.map(({ place }) => place.token);
    return readFenceAnswers(tokens, frames, missing);
  }

  async forget(
    at: BatchKey,
    places: readonly DatedPlace[],
    signal: AbortSignal,
  ): Promise<readonly ForgetAnswer[]> {
    const { lockSeconds } = this.#limits;
    // Removing directories takes long on a busy file system; what is left is out of sight and swept another time.
    const seconds = lockSeconds + 5 * shortSeconds;
    const { frames, missing } = await this.#attempt(forgetScript({ ...at, places, lockSeconds }), {
      seconds,
      ends: "everything",
      signal,
    });
    const tokens = places.map((place) => place.token);
    return readForgetAnswers(tokens, frames, missing);
  }

  async listOver(question: OverQuestion, signal: AbortSignal): Promise<OverPage> {
    return readListAnswers(await this.#read(listScript(question), listSeconds, signal));
  }

  /** @returns what came of it, for each token */
  async signalJobs(
    at: BatchKey,
    tokens: readonly Token[],
    signal: AbortSignal,
  ): Promise<readonly Signalled[]> {
    const verb = at.verb === "journal" || at.verb === "look" ? "cancel" : at.verb;
    const frames = await this.#read(jobsScript(at.install, tokens, verb), shortSeconds, signal);
    const failed = frames.find(([word]) => word === "failed");
    if (failed !== undefined) throw new SlurmCommandFailed(decodeText(failed[2]), Number(failed[1]));
    const byToken = Map.groupBy(frames, ([, token]) => token ?? "");
    return tokens.map((token) => signalled(byToken.get(token) ?? []));
  }

  async look(places: readonly Place[], signal: AbortSignal): Promise<readonly Marks[]> {
    const frames = await this.#read(marksScript(places), shortSeconds, signal);
    const byToken = Map.groupBy(frames, ([token]) => token ?? "");
    return places.map((place) => {
      const marks = readMarks((byToken.get(place.token) ?? []).map(([, ...words]) => words));
      if (marks === undefined) throw new SlurmCommandFailed(`no answer about ${place.token}`, undefined);
      return marks;
    });
  }

  async tail(
    file: { path: string; bytes: number; secrets: readonly string[] },
    signal: AbortSignal,
  ): Promise<LogEnd | undefined> {
    const mostBytes = Math.min(Math.max(Math.floor(file.bytes), 0), mostTailBytes);
    const script = tailScript(file.path, mostBytes + longestSecret);
    const [answer] = await this.#read(script, shortSeconds, signal);
    if (answer?.[0] !== "tail") return undefined;
    const content = decodeBytes(answer[2]);
    const isCut = content.length >= mostBytes + longestSecret;
    const text = content.subarray(isCut ? firstCharacter(content) : 0).toString("utf8");
    return { text: maskEnd({ text, isCut, mostBytes }, file.secrets), size: Number(answer[1]) };
  }

  async checkDirectory(install: string, signal: AbortSignal): Promise<WorkDirectoryCheck> {
    const [answer] = await this.#read(checkScript(install, checkSeconds), shortSeconds, signal);
    const [word, why = "", text] = answer ?? [];
    if (word === "fit") return { is: "fit" };
    if (why === "NotWritable" || why === "NoLocks" || why === "NoLinks")
      return { is: "unfit", why, text: decodeText(text) };
    throw new SlurmCommandFailed(`no answer about ${install}`, undefined);
  }

  /** What changes nothing, or may be asked again without thought: only a whole answer counts. */
  async #read(script: Script, seconds: number, signal: AbortSignal): Promise<Frames> {
    const result = await this.#run(script, { seconds, ends: "everything", signal });
    const frames = readFrames(result.stdout, script.nonce);
    if (isWhole(frames)) return frames.slice(0, -1);
    throw new SlurmCommandFailed(`the login's shell did not finish: ${describe(result)}`, result.code);
  }

  /** What may have had an effect: the answers that came count, and `missing` says why the others did not. */
  async #attempt(script: Script, run: Run): Promise<{ frames: Frames; missing: string }> {
    try {
      const result = await this.#run(script, run);
      return { frames: readFrames(result.stdout, script.nonce), missing: `no answer: ${describe(result)}` };
    } catch (error) {
      if (!(error instanceof SlurmUnreachable) || !error.mayHaveRun) throw error;
      return { frames: readFrames(error.received, script.nonce), missing: error.message };
    }
  }

  async #run(script: Script, run: Run): Promise<Result> {
    const command = cleanShell({
      binDirectory: this.#binDirectory,
      limitSeconds: run.seconds,
      ends: run.ends,
    });
    const timeLimitMs = (run.seconds + slackSeconds) * 1000;
    return this.#session.run({ command, stdin: script.text, timeLimitMs, signal: run.signal });
  }
}

/** What came of a signal to the jobs of one token. */
export interface Signalled {
  readonly ids: readonly number[];
  /** Slurm's words about those that it would not do it to. */
  readonly refusal: string | undefined;
}

function signalled(frames: Frames): Signalled {
  const refused = frames.find(([word]) => word === "refused");
  return {
    ids: frames.filter(([word]) => word === "signalled").map(([, , id]) => Number(id)),
    refusal: refused === undefined ? undefined : decodeText(refused[3]).replace(/\s+/gu, " ").trim(),
  };
}

interface Run {
  readonly seconds: number;
  readonly ends: "everything" | "shell";
  readonly signal: AbortSignal;
}

type Result = Awaited<ReturnType<Session["run"]>>;

/** The first bytes of a file's end may be the rest of a character. */
function firstCharacter(content: Buffer): number {
  const start = content.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return start < 0 ? content.length : start;
}

function describe(result: Result): string {
  const end =
    result.signal === undefined ? `exit code ${result.code ?? "unknown"}` : `signal ${result.signal}`;
  const text = result.stderr.trim().slice(-500);
  return text === "" ? end : `${end}: ${text}`;
}

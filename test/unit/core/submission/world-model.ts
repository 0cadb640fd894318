import type { JobSubmission } from "../../../../src/api/v1alpha1/job-submission.ts";
import { after, instant, type Instant } from "../../../../src/core/instant.ts";
import { openAttempt } from "../../../../src/core/submission/attempts.ts";
import { ModelMarks } from "./world-model-marks.ts";
import { ModelSlurm } from "./world-model-slurm.ts";
import { untruthOf } from "./world-model-truth.ts";
import { submission } from "./world.ts";

/**
 * A small world in which `decide` lives: one submission object, the marks of its tokens, a slurmctld that crashes back to its last saved
 * state, nodes that fail, and up to two operators. The same world as in the Promela model that the protocol was checked with before it was built;
 * here the real decision runs in it. Times only order things: each action takes a second.
 */
export interface Rules {
  /** Put leaves an exclusive mark before sbatch. */
  readonly triedMark: boolean;
  /** A job that is not the owner of its token ends in its launcher. */
  readonly fence: boolean;
  /** After `close` no run gets past its launcher. */
  readonly close: boolean;
  /** A job that is turned away says so; otherwise it ends with 0. */
  readonly turnedAwayMark: boolean;
  /** Writes count only on the version that was read. */
  readonly version: boolean;
  /** What is remembered is remembered of the token, not of the submission. */
  readonly memoryByToken: boolean;
  /** Looks that a quiet or missing job must last. */
  readonly quietTicks: number;
  readonly accounting: boolean;
  /** Somebody sets the operators' wall clock, and sets it right. */
  readonly clockSteps: boolean;
  /**
   * People set spec.suspend back and forth, and hold and release the job on the cluster. Then nothing old is read: a hold is not fenced, so an operator that
   * believes to lead may hold what another has released.
   */
  readonly suspends: boolean;
  readonly spec: Partial<JobSubmission["spec"]>;
}

export const allRules: Rules = {
  triedMark: true,
  fence: true,
  close: true,
  turnedAwayMark: true,
  version: true,
  memoryByToken: true,
  quietTicks: 3,
  accounting: true,
  clockSteps: true,
  suspends: false,
  spec: {},
};

/** One thing that may happen next. Faults come from a budget; `user` is what people do. */
export interface Action {
  readonly name: string;
  readonly kind: "progress" | "fault" | "user";
  readonly run: () => void;
}

/** How a run of the entrypoint ended in truth. */
export type End = "ok" | "failed" | "cancelled" | "nodeFailed" | "turnedAway";

/** What really happened to a token; no part of the world but the checks may read it. */
interface Truth {
  firstJob: number | undefined;
  alive: number;
  lastEnd: End | undefined;
}

export class Violation extends Error {
  override readonly name = "Violation";
}

export class World {
  readonly rules: Rules;
  readonly marks: ModelMarks;
  readonly slurm: ModelSlurm;
  readonly #truths = new Map<string, Truth>();
  #object: JobSubmission | undefined;
  /** What a stale cache may still show. */
  #before: JobSubmission | undefined;
  #version = 1;
  #seconds = 0;
  #isPublished = false;
  /** Varies what may turn out either way; set by whoever chooses actions. */
  coin = false;
  /** What would be sent has been changed by somebody. */
  isEdited = false;

  constructor(rules: Rules) {
    this.rules = rules;
    this.#object = submission({}, { metadata: { finalizers: [], resourceVersion: "1" }, spec: rules.spec });
    this.marks = new ModelMarks(this);
    this.slurm = new ModelSlurm(this);
  }

  /** By how much the operators' wall clock is off, in milliseconds. */
  wallOff = 0;

  /** By the clock that nobody sets. */
  get now(): Instant {
    return instant(Date.parse("2026-11-22T12:00:00Z") + this.#seconds * 1000);
  }

  /** What is stored is dated by it. */
  get wallTime(): Instant {
    return after(this.now, this.wallOff);
  }

  clockActions(): readonly Action[] {
    if (!this.rules.clockSteps) return [];
    const set = (hours: number): Action => ({
      name: `the operators' clock is set ${hours} hours off`,
      kind: "fault",
      run: () => void (this.wallOff = hours * 3_600_000),
    });
    return [-30, 0, 30].filter((hours) => hours * 3_600_000 !== this.wallOff).map(set);
  }

  advance(): void {
    this.#seconds += 1;
  }

  get object(): JobSubmission | undefined {
    return this.#object;
  }

  get staleObject(): JobSubmission | undefined {
    return this.rules.suspends ? undefined : this.#before;
  }

  setSuspend(suspend: boolean): void {
    const object = this.#object;
    if (object !== undefined) this.#store({ ...object, spec: { ...object.spec, suspend } });
  }

  /** That we hold is on record as long as we may do it or undo it. */
  checkHold(token: string): void {
    const open = this.#object === undefined ? undefined : openAttempt(this.#object.status);
    if (open?.token === token && open.held !== true)
      throw new Violation("H2: held or released a job although no hold of ours is on record");
  }

  /** After everything has gone on for a while. */
  checkSuspended(): void {
    const open = this.#object === undefined ? undefined : openAttempt(this.#object.status);
    if (open?.swept !== true && this.slurm.hasUnheld(open?.token))
      throw new Violation(`H1: a job may start although spec.suspend is true: ${JSON.stringify(open)}`);
  }

  /** @returns what is stored now, `gone`, or undefined for a conflict */
  write(seen: JobSubmission, next: JobSubmission): JobSubmission | "gone" | undefined {
    const current = this.#object;
    if (current === undefined) return "gone";
    const isStale = seen.metadata.resourceVersion !== current.metadata.resourceVersion;
    if (isStale && this.rules.version) return undefined;
    this.#checkWrite(current, next);
    const { deletionTimestamp } = current.metadata;
    this.#store({
      ...next,
      spec: current.spec,
      metadata: { ...next.metadata, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    });
    return this.#object ?? "gone";
  }

  userActions(): readonly Action[] {
    const object = this.#object;
    if (object === undefined) return [];
    const moves: Action[] = [];
    const add = (name: string, run: () => void) => moves.push({ name, kind: "user", run });
    if (object.spec.cancel !== true && object.status.finished !== "true")
      add("user cancels", () => this.#store({ ...object, spec: { ...object.spec, cancel: true } }));
    if (object.metadata.deletionTimestamp === undefined)
      add("user deletes", () =>
        this.#store({
          ...object,
          metadata: { ...object.metadata, deletionTimestamp: new Date(this.now).toISOString() },
        }),
      );
    const { retry } = object.spec;
    if (retry !== undefined && retry.limit > 0)
      add("user sets retry.limit to 0", () =>
        this.#store({ ...object, spec: { ...object.spec, retry: { ...retry, limit: 0 } } }),
      );
    if (this.rules.suspends) {
      const suspend = object.spec.suspend !== true;
      add(`user sets suspend to ${suspend}`, () => this.setSuspend(suspend));
      moves.push(...this.slurm.outsideActions());
    }
    if (!this.isEdited) add("user edits the script", () => void (this.isEdited = true));
    return moves;
  }

  truthOf(token: string): Truth {
    const truth = this.#truths.get(token) ?? { firstJob: undefined, alive: 0, lastEnd: undefined };
    this.#truths.set(token, truth);
    return truth;
  }

  /** A run has got past the fence: how the one before ended is the end no more. */
  launcherBegins(token: string): void {
    this.truthOf(token).lastEnd = undefined;
  }

  entrypointStarts(token: string, jobId: number): void {
    const truth = this.truthOf(token);
    if (truth.firstJob !== undefined && truth.firstJob !== jobId)
      throw new Violation(`S1: jobs ${truth.firstJob} and ${jobId} of one token both ran`);
    if (this.#isPublished) throw new Violation(`S3: job ${jobId} starts after the end was stored`);
    const open = this.#object === undefined ? undefined : openAttempt(this.#object.status);
    if (open !== undefined && open.token !== token)
      throw new Violation(`S2: job ${jobId} starts although attempt ${open.index} was opened`);
    truth.firstJob = jobId;
    truth.alive += 1;
  }

  entrypointEnds(token: string, end: End): void {
    const truth = this.truthOf(token);
    truth.alive -= 1;
    truth.lastEnd = end;
  }

  #store(next: JobSubmission): void {
    this.#before = this.#object;
    this.#version += 1;
    const { metadata } = next;
    if (metadata.deletionTimestamp !== undefined && metadata.finalizers.length === 0) {
      this.#checkNothingAlive("the object goes");
      this.#isPublished = true;
      this.#object = undefined;
      return;
    }
    this.#object = { ...next, metadata: { ...metadata, resourceVersion: String(this.#version) } };
  }

  #checkWrite(before: JobSubmission, next: JobSubmission): void {
    const opened = next.status.attempts?.at(-1);
    const last = before.status.attempts?.at(-1);
    if (opened !== undefined && opened.index !== last?.index) this.#checkNewAttempt(opened.index, before);
    const isEnd = (object: JobSubmission) =>
      object.status.phase !== "Created" && object.status.phase !== "Submitted";
    if (isEnd(before) && JSON.stringify(succeeded(before)) !== JSON.stringify(succeeded(next)))
      throw new Violation("S4: a final status was changed");
    if (isEnd(next) && !isEnd(before)) this.#checkEnd(next, before);
  }

  #checkNewAttempt(index: number, { spec, status }: JobSubmission): void {
    const { limit = 0 } = spec.retry ?? {};
    for (const [token, { alive, lastEnd }] of this.#truths)
      if (alive > 0 || lastEnd === "ok" || (lastEnd === "failed" && limit === 0))
        throw new Violation(
          `S2: attempt ${index} opens although ${token} ${alive > 0 ? "runs" : `has ended ${lastEnd}`}`,
        );
    this.#checkRetry(index, { limit, attempts: status.attempts ?? [] });
  }

  #checkRetry(
    index: number,
    { limit, attempts }: { limit: number; attempts: NonNullable<JobSubmission["status"]["attempts"]> },
  ): void {
    const failed = this.#failedRuns();
    if (failed > limit) throw new Violation(`R1: attempt ${index} opens after ${failed} runs that failed`);
    // What has run may be sent back to the queue and run again, unless its token is closed.
    for (const { token, ended } of attempts)
      if (ended === "Over" && this.rules.close && !this.marks.of(token).isClosed)
        throw new Violation(`R2: attempt ${index} opens although ${token} is not closed`);
  }

  #failedRuns(): number {
    return [...this.#truths.values()].filter(({ lastEnd }) => lastEnd === "failed").length;
  }

  #checkNothingAlive(when: string): void {
    for (const [token, { alive }] of this.#truths)
      if (alive > 0) throw new Violation(`S3: ${token} runs while ${when}`);
  }

  #checkEnd(next: JobSubmission, before: JobSubmission): void {
    this.#checkNothingAlive("the end is stored");
    this.#isPublished = true;
    const last = next.status.attempts?.at(-1);
    const reason = succeeded(next)?.reason;
    const isWanted = before.spec.cancel !== true && before.metadata.deletionTimestamp === undefined;
    const untruth = untruthOf({
      phase: next.status.phase,
      reason,
      isWanted,
      lastEnd: this.#endOfLastRun(next),
      hasRun: last !== undefined && this.truthOf(last.token).firstJob !== undefined,
      hasEverRun: [...this.#truths.values()].some(({ firstJob }) => firstJob !== undefined),
    });
    if (untruth !== undefined) throw new Violation(`S4: ${untruth}`);
    if (isWanted && reason === "JobFailed") this.#checkRetried(next);
  }

  #checkRetried({ spec, status: { attempts = [] } }: JobSubmission): void {
    // Nodes that fail use retries up as well.
    const runs = attempts.filter(({ end }) => end !== undefined).length;
    if (spec.retry !== undefined && attempts.at(-1)?.ended !== "Refused" && runs <= spec.retry.limit)
      throw new Violation(`R3: the end is stored after ${runs} runs`);
  }

  /** Where the last attempt came to nothing, and others ran before it, theirs is the end. */
  #endOfLastRun({ spec, status }: JobSubmission): End | undefined {
    const ran =
      spec.retry === undefined
        ? undefined
        : status.attempts?.findLast(({ end, ended }) => end !== undefined || ended === "Over");
    const token = (ran ?? status.attempts?.at(-1))?.token;
    return token === undefined ? undefined : this.truthOf(token).lastEnd;
  }
}

const succeeded = ({ status }: JobSubmission) => status.conditions?.find(({ type }) => type === "Succeeded");

import { openAttempt, tokenOfAttempt } from "../../../../src/core/submission/attempts.ts";
import type { JobSubmission } from "../../../../src/api/v1alpha1/job-submission.ts";
import { finalizers } from "../../../../src/api/group.ts";
import type { Instant } from "../../../../src/core/instant.ts";
import { ok, waiting } from "../../../../src/core/problem.ts";
import { isFinal } from "../../../../src/core/slurm/job-state-phase.ts";
import type { JobRow } from "../../../../src/core/slurm/job-row.ts";
import { decide } from "../../../../src/core/submission/decide.ts";
import type { Answers, Look, Memory } from "../../../../src/core/submission/facts.ts";
import { remember } from "../../../../src/core/submission/memory.ts";
import type { Observed } from "../../../../src/core/submission/observed.ts";
import type { Question, Step } from "../../../../src/core/submission/step.ts";
import type { PutCommand } from "./world-model-marks.ts";
import type { Action, World } from "./world-model.ts";
import { observed, prepared } from "./world.ts";

interface Snapshot {
  readonly begun: Instant;
  readonly tick: number;
  readonly rows: ReadonlyMap<string, readonly JobRow[]>;
}

/** One walk of a reconcile: what was read, and what was answered since. */
interface Walk {
  submission: JobSubmission;
  answers: Answers;
  asking: { readonly question: Question; readonly put: PutCommand | undefined } | undefined;
}

const unreachable = { unreachable: waiting("ClusterUnreachable", "no answer") } as const satisfies Answers;
const outage = {
  unavailable: unreachable.unreachable,
  unavailableMs: 3_600_000,
} as const satisfies Partial<Observed>;
const editedDigest = `sha256:${"e".repeat(64)}`;

/** The controller around `decide`, step by step as in src/controllers/submission, so that everything else can happen between two steps. */
export class ModelOperator {
  readonly #world: World;
  readonly #name: string;
  readonly #memory = new Map<string, Memory>();
  #walk: Walk | undefined;
  #snapshot: Snapshot | undefined;
  #pollBegun: Instant | undefined;
  #isOut = false;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
  }

  actions(): readonly Action[] {
    return [
      ...this.#pollActions(),
      ...this.#walkActions(),
      ...this.#outageActions(),
      ...this.#crashActions(),
    ];
  }

  #pollActions(): readonly Action[] {
    const begun = this.#pollBegun;
    if (begun === undefined)
      return [this.#progress("asks squeue", () => void (this.#pollBegun = this.#world.now))];
    return [
      this.#progress("hears squeue", () => {
        this.#pollBegun = undefined;
        this.#snapshot = { begun, tick: (this.#snapshot?.tick ?? 0) + 1, rows: this.#world.slurm.queue() };
      }),
      this.#fault("hears nothing from squeue", () => void (this.#pollBegun = undefined)),
    ];
  }

  /** Long enough to be told of. */
  #outageActions(): readonly Action[] {
    return this.#isOut
      ? [this.#progress("has the cluster back", () => void (this.#isOut = false))]
      : [this.#fault("is without the cluster for long", () => void (this.#isOut = true))];
  }

  #walkActions(): readonly Action[] {
    const { object, staleObject } = this.#world;
    const walk = this.#walk;
    if (walk?.asking !== undefined) return this.#answerActions(walk, walk.asking);
    if (walk !== undefined) return [this.#progress("decides", () => this.#step(walk))];
    return [
      ...(object === undefined ? [] : [this.#progress("reads", () => this.#begin(object))]),
      ...(staleObject === undefined
        ? []
        : [this.#fault("reads something old", () => this.#begin(staleObject))]),
    ];
  }

  #begin(submission: JobSubmission): void {
    this.#walk = { submission, answers: {}, asking: undefined };
  }

  #crashActions(): readonly Action[] {
    if (this.#walk === undefined && this.#memory.size === 0) return [];
    return [
      this.#fault("crashes", () => {
        this.#walk = undefined;
        this.#memory.clear();
        this.#snapshot = undefined;
        this.#pollBegun = undefined;
      }),
    ];
  }

  #step(walk: Walk): void {
    const step = decide(this.#observe(walk));
    switch (step.do) {
      case "wait":
        this.#tidy(walk.submission);
        this.#walk = undefined;
        return;
      case "ask":
        walk.asking = { question: step.question, put: this.#send(step.question, walk) };
        return;
      case "write":
      case "addFinalizer":
      case "removeFinalizer":
        this.#write(walk, step);
    }
  }

  #write(walk: Walk, step: Extract<Step, { do: "write" | "addFinalizer" | "removeFinalizer" }>): void {
    const { submission } = walk;
    const next = changed(submission, step);
    const stored = this.#world.write(submission, next);
    if (stored === undefined || stored === "gone") {
      this.#walk = undefined;
      return;
    }
    this.#noteAcceptance(submission, stored);
    if (step.do === "write") this.#tidy(stored);
    const isOver = step.do === "write" && step.next !== "again";
    this.#walk = isOver ? undefined : { submission: stored, answers: {}, asking: undefined };
  }

  #noteAcceptance(before: JobSubmission, stored: JobSubmission): void {
    const attempt = openAttempt(stored.status);
    if (attempt?.jobId === undefined || attempt.jobId === openAttempt(before.status)?.jobId) return;
    const page = this.#pageOf(attempt.token);
    this.#memory.set(page, { ...this.#memory.get(page), acceptedAt: this.#world.now });
  }

  #send(question: Question, { submission }: Walk): PutCommand | undefined {
    return question.ask === "put" ? this.#world.marks.put(tokenIn(submission)) : undefined;
  }

  #answerActions(walk: Walk, asking: NonNullable<Walk["asking"]>): readonly Action[] {
    const { question, put } = asking;
    const lost = this.#fault(`loses the answer to ${question.ask}`, () => {
      if (this.#world.coin && put === undefined && this.#isAnswerable(question)) this.#ask(question, walk);
      answer(walk, lostAnswer(question));
    });
    if (put !== undefined) {
      const said = put.answer;
      return said === undefined
        ? [lost]
        : [this.#progress("hears of its put", () => answer(walk, { put: said })), lost];
    }
    if (!this.#isAnswerable(question)) return [lost];
    const heard = this.#progress(`asks ${question.ask}`, () => {
      const answers = this.#ask(question, walk);
      if (answers.close?.is === "fenced")
        this.#remember(walk, { closed: { owner: answers.close.owner, at: this.#world.now } });
      answer(walk, answers);
    });
    return [heard, lost];
  }

  #isAnswerable(question: Question): boolean {
    if (question.ask === "void" || question.ask === "close") return this.#world.marks.isLockFree;
    return question.ask !== "look" || (this.#snapshot !== undefined && this.#snapshot.begun > question.after);
  }

  #ask(question: Question, walk: Walk): Answers {
    return question.ask === "usage" || question.ask === "log"
      ? leftBehind(question)
      : this.#askAbout(question, walk);
  }

  #askAbout(question: Exclude<Question, { ask: "usage" | "log" }>, { submission }: Walk): Answers {
    const { marks, slurm } = this.#world;
    const token = tokenIn(submission);
    switch (question.ask) {
      case "void":
      case "close":
        return { [question.ask]: marks.fence(token, question.ask) };
      case "cancel":
        slurm.cancel(token);
        return { cancelled: [] };
      case "hold":
        return this.#hold(token, question.held);
      case "own":
        return { own: liveIds(slurm.queue().get(token)) };
      case "look": {
        const look = this.#lookOf(token);
        return look === undefined ? unreachable : { look };
      }
      case "accounting":
        return { accounting: slurm.accounting(token), accountingOn: question.on };
      case "marks":
        return { marks: marks.read(token), marksOn: question.on };
      case "put":
        throw new Error("a put is answered when it is over");
      case "sweep":
        for (const attempt of question.attempts) slurm.cancel(attempt.token);
        return { swept: true };
    }
  }

  #hold(token: string, held: boolean): Answers {
    this.#world.slurm.hold(token, held);
    const answer = { at: this.#world.now, refusal: undefined };
    return held ? { hold: answer } : { release: answer };
  }

  #observe({ submission, answers }: Walk): Observed {
    const attempt = openAttempt(submission.status);
    const latest = attempt === undefined ? undefined : this.#lookOf(attempt.token);
    if (attempt !== undefined && latest !== undefined)
      this.#memory.set(
        this.#pageOf(attempt.token),
        remember(this.#memory.get(this.#pageOf(attempt.token)) ?? {}, attempt, latest),
      );
    const strays = (submission.status.attempts ?? []).filter(
      (other) =>
        other.ended === "DidNotRun" && (this.#lookOf(other.token)?.rows ?? []).some((row) => !isFinal(row)),
    );
    return observed({
      submission,
      answers,
      strays: this.#isOut ? [] : strays,
      latest: this.#isOut ? undefined : latest,
      ...(this.#isOut ? outage : {}),
      now: this.#world.wallTime,
      prepared: ok(this.#world.isEdited ? { ...prepared, scriptDigest: editedDigest } : prepared),
      memory: attempt === undefined ? {} : (this.#memory.get(this.#pageOf(attempt.token)) ?? {}),
      quietTicks: this.#world.rules.quietTicks,
    });
  }

  #lookOf(token: string): Look | undefined {
    const snapshot = this.#snapshot;
    return snapshot && { begun: snapshot.begun, tick: snapshot.tick, rows: snapshot.rows.get(token) ?? [] };
  }

  #remember({ submission }: Walk, change: Memory): void {
    const page = this.#pageOf(tokenIn(submission));
    this.#memory.set(page, { ...this.#memory.get(page), ...change });
  }

  #pageOf(token: string): string {
    return this.#world.rules.memoryByToken ? token : "the submission";
  }

  #tidy({ status }: JobSubmission): void {
    for (const { ended, token } of status.attempts ?? []) if (ended !== undefined) this.#memory.delete(token);
  }

  #progress(name: string, run: () => void): Action {
    return { name: `${this.#name} ${name}`, kind: "progress", run };
  }

  #fault(name: string, run: () => void): Action {
    return { name: `${this.#name} ${name}`, kind: "fault", run };
  }
}

const liveIds = (rows: readonly JobRow[] = []): readonly number[] =>
  rows.filter((row) => !isFinal(row)).map(({ jobId }) => jobId);

const answer = (walk: Walk, answers: Answers): void => {
  walk.answers = { ...walk.answers, ...answers };
  walk.asking = undefined;
};

/** What came of a command is unknown where it may have had an effect; where it had none, the cluster just did not answer. */
function lostAnswer({ ask }: Question): Answers {
  if (ask === "put" || ask === "void" || ask === "close") return { [ask]: { is: "unclear", text: "lost" } };
  return unreachable;
}

function tokenIn({ status }: JobSubmission): string {
  const attempt = openAttempt(status) ?? status.attempts?.at(-1);
  if (attempt === undefined) throw new Error("asked without an attempt");
  return tokenOfAttempt(attempt);
}

function changed(
  submission: JobSubmission,
  step: Extract<Step, { do: "write" | "addFinalizer" | "removeFinalizer" }>,
): JobSubmission {
  const { metadata } = submission;
  switch (step.do) {
    case "write":
      return { ...submission, status: step.status };
    case "addFinalizer":
      return {
        ...submission,
        metadata: { ...metadata, finalizers: [...metadata.finalizers, finalizers.job] },
      };
    case "removeFinalizer":
      return { ...submission, metadata: { ...metadata, finalizers: [] } };
  }
}

/** Of what a job leaves beside its end nothing is in this world. */
const leftBehind = (question: Extract<Question, { ask: "usage" | "log" }>): Answers =>
  question.ask === "usage" ? { usage: "none" } : { log: null, logPath: question.path };

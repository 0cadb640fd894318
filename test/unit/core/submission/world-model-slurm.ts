import { after, type Instant } from "../../../../src/core/instant.ts";
import type { JobRow } from "../../../../src/core/slurm/job-row.ts";
import { isToken } from "../../../../src/core/slurm/token.ts";
import { row } from "./world.ts";
import type { Action, End, World } from "./world-model.ts";
import { type Job, type Process, type Saved, states } from "./world-model-job.ts";
import type { PutCommand } from "./world-model-marks.ts";

/** What the protocol rests on: a node that has registered again has ended what slurmctld does not know. */
const orphanLooks = 3;

/** So many things may happen during a long run, and between two saves of slurmctld's state. */
const longRunMs = 40_000;
const saveEveryMs = 40_000;

/** slurmctld, slurmdbd and the nodes. Crashes go back to what was saved last; an id that was lost is given away again. */
export class ModelSlurm {
  readonly #world: World;
  readonly #jobs = new Map<number, Job>();
  readonly #purged = new Set<number>();
  readonly #accounts = new Map<string, JobRow>();
  #saved = new Map<number, Saved>();
  #savedAt: Instant;
  #requests: PutCommand[] = [];
  /** A process whose job slurmctld has forgotten, until its node registers. N looks outlast it. */
  #orphan: { process: Process; looks: number } | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#savedAt = world.now;
  }

  request(command: PutCommand): void {
    this.#requests.push(command);
  }

  /** One complete answer of squeue. */
  queue(): ReadonlyMap<string, readonly JobRow[]> {
    if (this.#orphan !== undefined && (this.#orphan.looks += 1) >= orphanLooks) this.#endOrphan();
    return Map.groupBy(
      [...this.#jobs.values()].map((job) => this.#rowOf(job)),
      ({ token }) => token,
    );
  }

  accounting(token: string): readonly JobRow[] | "none" {
    if (!this.#world.rules.accounting) return "none";
    const found = this.#accounts.get(token);
    return found === undefined ? [] : [found];
  }

  /** What squeue shows a login of its own live jobs. */
  live(token: string): readonly JobRow[] {
    return [...this.#jobs.values()]
      .filter((job) => job.token === token && job.state !== "ENDED")
      .map((job) => this.#rowOf(job));
  }

  /** Check of the row and scancel in one. @returns the ids that were signalled */
  cancel(token: string): readonly number[] {
    const live = [...this.#jobs.values()].filter((job) => job.token === token && job.state !== "ENDED");
    for (const job of live) {
      // Some launchers live to write how their script ended, others are killed.
      if (job.process?.stage === "entrypoint" && this.#world.coin) this.#leaveExit(job.process, 143, true);
      this.#kill(job.process, "cancelled");
      this.#finish(job, "cancelled");
    }
    return live.map(({ id }) => id);
  }

  /** What a login of ours tells Slurm. */
  hold(token: string, held: boolean): void {
    this.#world.checkHold(token);
    for (const job of this.#jobs.values())
      if (job.token === token && job.state === "PENDING") job.held = held;
  }

  /** People at the cluster. */
  outsideActions(): readonly Action[] {
    return [...this.#jobs.values()]
      .filter(({ state }) => state === "PENDING")
      .map((job) => ({
        name: `user ${job.held ? "releases" : "holds"} job ${job.id} on the cluster`,
        kind: "user",
        run: () => void (job.held = !job.held),
      }));
  }

  hasUnheld(token: string | undefined): boolean {
    return [...this.#jobs.values()].some(
      (job) => job.token === token && job.state === "PENDING" && !job.held,
    );
  }

  actions(): readonly Action[] {
    return [
      ...this.#requestActions(),
      ...[...this.#jobs.values()].flatMap((job) => this.#jobActions(job)),
      ...this.#processActions(this.#orphan?.process),
      ...this.#controllerActions(),
    ];
  }

  #requestActions(): Action[] {
    return this.#requests.flatMap((command): Action[] => {
      const without = () => void (this.#requests = this.#requests.filter((other) => other !== command));
      return [
        {
          name: "slurmctld accepts",
          kind: "progress",
          run: () => {
            without();
            this.#accept(command);
          },
        },
        {
          name: "slurmctld refuses",
          kind: "fault",
          run: () => {
            without();
            this.#world.marks.hear(command, { is: "refusal" });
          },
        },
      ];
    });
  }

  #accept(command: PutCommand): void {
    let id = 1;
    while (this.#jobs.has(id) || this.#purged.has(id)) id += 1;
    const job: Job = {
      token: command.token,
      id,
      state: "PENDING",
      end: undefined,
      restarts: 0,
      held: false,
      process: undefined,
    };
    this.#jobs.set(id, job);
    this.#account(job);
    this.#world.marks.hear(command, { is: "id", id });
  }

  #jobActions(job: Job): readonly Action[] {
    const actions: Action[] = [...this.#processActions(job.process)];
    const add = (name: string, kind: Action["kind"], run: () => void) => actions.push({ name, kind, run });
    // A job that was sent back to the queue does not start beside its orphan.
    if (job.state === "PENDING" && !job.held && this.#orphan?.process.jobId !== job.id)
      add(`job ${job.id} starts`, "progress", () => {
        job.state = "RUNNING";
        job.end = undefined;
        job.process = {
          token: job.token,
          jobId: job.id,
          restarts: job.restarts,
          stage: "launcher",
          endsAfter: this.#world.now,
        };
        this.#account(job);
      });
    if (job.state === "RUNNING" && job.process === undefined && job.end !== undefined) {
      const { end } = job;
      add(`slurmctld sees job ${job.id} end`, "progress", () => this.#finish(job, end));
    }
    if (job.state === "RUNNING" && job.process !== undefined)
      add(`the node of job ${job.id} fails`, "fault", () => {
        this.#kill(job.process, "nodeFailed");
        job.process = undefined;
        if (this.#world.coin) this.#requeue(job);
        else this.#finish(job, "nodeFailed");
      });
    const saved = this.#saved.get(job.id);
    if (job.state === "ENDED" && saved?.state === "ENDED")
      add(`job ${job.id} is purged`, "progress", () => {
        this.#jobs.delete(job.id);
        this.#purged.add(job.id);
      });
    return actions;
  }

  #processActions(process: Process | undefined): readonly Action[] {
    if (process === undefined || process.endsAfter > this.#world.now) return [];
    return [
      {
        name: `${process.stage} of job ${process.jobId} goes on`,
        kind: "progress",
        run: () => this.#goOn(process),
      },
    ];
  }

  #goOn(process: Process): void {
    const marks = this.#world.marks.of(process.token);
    const { fence } = this.#world.rules;
    switch (process.stage) {
      case "launcher":
        if (marks.owner.is === "none") marks.owner = { is: "job", jobId: process.jobId };
        if (fence && (marks.owner.is !== "job" || marks.owner.jobId !== process.jobId))
          this.#turnAway(process);
        else process.stage = "owner";
        return;
      case "owner":
        if (marks.isClosed) return this.#turnAway(process);
        process.stage = "starting";
        this.#world.launcherBegins(process.token);
        marks.exit = undefined;
        return;
      case "starting":
        process.stage = "entrypoint";
        if (this.#world.coin) process.endsAfter = after(this.#world.now, longRunMs);
        return this.#world.entrypointStarts(process.token, process.jobId);
      case "entrypoint": {
        const isGood = this.#world.coin;
        this.#leaveExit(process, isGood ? 0 : 3, false);
        this.#world.entrypointEnds(process.token, isGood ? "ok" : "failed");
        return this.#leave(process, isGood ? "ok" : "failed");
      }
    }
  }

  #turnAway(process: Process): void {
    if (!this.#world.rules.turnedAwayMark) return this.#leave(process, "ok");
    const marks = this.#world.marks.of(process.token);
    const { jobId, restarts } = process;
    if (marks.exit === undefined || marks.exit.jobId !== jobId)
      marks.turnedAway.push({
        jobId,
        taskIndex: undefined,
        end: { is: "turnedAway" },
        restart: restarts,
        at: this.#world.now,
      });
    this.#leave(process, "turnedAway");
  }

  #leaveExit({ token, jobId, restarts }: Process, code: number, terminated: boolean): void {
    this.#world.marks.of(token).exit = {
      jobId,
      taskIndex: undefined,
      end: { is: "exited", code, ...(terminated ? { terminated } : {}) },
      restart: restarts,
      at: this.#world.now,
    };
  }

  #leave(process: Process, end: End): void {
    if (this.#orphan?.process === process) {
      this.#orphan = undefined;
      return;
    }
    const job = this.#jobs.get(process.jobId);
    if (job?.process !== process) return;
    job.process = undefined;
    job.end = end;
  }

  #kill(process: Process | undefined, end: End): void {
    if (process?.stage === "entrypoint") this.#world.entrypointEnds(process.token, end);
  }

  #finish(job: Job, end: End): void {
    job.process = undefined;
    job.state = "ENDED";
    job.end = end;
    this.#account(job);
  }

  #requeue(job: Job): void {
    job.state = "PENDING";
    job.end = undefined;
    job.restarts += 1;
    this.#account(job);
  }

  #account(job: Job): void {
    this.#accounts.set(job.token, this.#rowOf(job));
  }

  #rowOf(job: Job): JobRow {
    if (!isToken(job.token)) throw new Error(`not a token: ${job.token}`);
    const base = { token: job.token, jobId: job.id, restarts: job.restarts, priority: job.held ? 0 : 1 };
    if (job.state !== "ENDED" || job.end === undefined)
      return row({ ...base, state: job.state === "PENDING" ? "PENDING" : "RUNNING" });
    const { state, code, signal } = states[job.end];
    return row({ ...base, state, exit: { code, signal } });
  }

  #controllerActions(): readonly Action[] {
    const actions: Action[] = [];
    const add = (name: string, kind: Action["kind"], run: () => void) => actions.push({ name, kind, run });
    const isChanged = [...this.#jobs.values()].some((job) => this.#saved.get(job.id)?.state !== job.state);
    if (isChanged && this.#world.now - this.#savedAt >= saveEveryMs)
      add("slurmctld saves its state", "progress", () => this.#save());
    if (this.#orphan === undefined && (isChanged || this.#requests.length > 0))
      add("slurmctld crashes", "fault", () => this.#crash());
    return actions;
  }

  #save(): void {
    this.#savedAt = this.#world.now;
    this.#saved = new Map(
      [...this.#jobs.values()].map(({ id, state, end, restarts, held }) => [
        id,
        { state, end, restarts, held },
      ]),
    );
  }

  #crash(): void {
    for (const job of this.#jobs.values()) this.#revert(job);
    this.#requests = [];
    this.#world.marks.hearNothing();
  }

  #revert(job: Job): void {
    const saved = this.#saved.get(job.id);
    if (saved !== undefined) job.held = saved.held;
    if (saved?.state === job.state && saved.restarts === job.restarts) return;
    if (job.process !== undefined && saved?.state !== "RUNNING") {
      this.#endOrphan();
      this.#orphan = { process: job.process, looks: 0 };
      job.process = undefined;
    }
    if (saved === undefined) {
      this.#jobs.delete(job.id);
      return;
    }
    job.restarts = saved.restarts;
    job.end = saved.end;
    job.state = saved.state;
    // It ended, or was sent back, after the last save: its node does not have it, so it is sent back again.
    if (saved.state === "RUNNING" && job.process === undefined) this.#requeue(job);
  }

  #endOrphan(): void {
    this.#kill(this.#orphan?.process, "nodeFailed");
    this.#orphan = undefined;
  }
}

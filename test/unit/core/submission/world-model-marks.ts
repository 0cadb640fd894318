import type { FenceAnswer, PutAnswer } from "../../../../src/core/slurm/dispatch-answer.ts";
import type { ExitMark, Marks, Owner } from "../../../../src/core/slurm/marks.ts";
import type { Action, World } from "./world-model.ts";

/** What lies in a token's directory. */
export interface TokenMarks {
  tried: boolean;
  id: number | undefined;
  refused: boolean;
  isVoid: boolean;
  isClosed: boolean;
  owner: Owner;
  exit: ExitMark | undefined;
  turnedAway: ExitMark[];
}

/** A put that is on its way, waits for the lock or runs; its operator may be dead long since. */
export interface PutCommand {
  readonly token: string;
  state: "waiting" | "running" | "answered";
  answer: PutAnswer | undefined;
}

/** The one sbatch under the lock. It may outlive the shell that started it. */
interface RunningSbatch {
  readonly command: PutCommand;
  came: { is: "nothing" } | { is: "id"; id: number } | { is: "refusal" };
  hasShell: boolean;
}

const refusal = {
  code: 1,
  text: "sbatch: error: Batch job submission failed: Invalid partition name specified",
};
const mostPuts = 6;

/** The wrapper: puts under a lock, void, close, look. */
export class ModelMarks {
  readonly #world: World;
  readonly #marks = new Map<string, TokenMarks>();
  readonly #puts: PutCommand[] = [];
  #sbatch: RunningSbatch | undefined;
  #begun = 0;

  constructor(world: World) {
    this.#world = world;
  }

  of(token: string): TokenMarks {
    const marks = this.#marks.get(token) ?? {
      tried: false,
      id: undefined,
      refused: false,
      isVoid: false,
      isClosed: false,
      owner: { is: "none" },
      exit: undefined,
      turnedAway: [],
    };
    this.#marks.set(token, marks);
    return marks;
  }

  get isLockFree(): boolean {
    return this.#sbatch === undefined;
  }

  put(token: string): PutCommand {
    const command: PutCommand = { token, state: "waiting", answer: undefined };
    this.#puts.push(command);
    return command;
  }

  /** Demands the lock. */
  fence(token: string, verb: "void" | "close"): FenceAnswer {
    const marks = this.of(token);
    marks.isVoid = true;
    if (verb === "close" && this.#world.rules.close) marks.isClosed = true;
    if (marks.owner.is === "none") marks.owner = { is: "void" };
    return { is: "fenced", owner: marks.owner };
  }

  read(token: string): Marks {
    const { owner, isClosed, tried, exit, turnedAway } = this.of(token);
    return {
      owner,
      closed: isClosed,
      tried,
      exits: [...(exit === undefined ? [] : [exit]), ...turnedAway],
      outputs: [],
    };
  }

  /** slurmctld answers whoever still waits for it. */
  hear(command: PutCommand, came: RunningSbatch["came"]): void {
    if (this.#sbatch?.command === command) this.#sbatch.came = came;
  }

  /** slurmctld died: nobody hears anything. */
  hearNothing(): void {
    if (this.#sbatch?.came.is === "nothing")
      this.#end({ is: "answered", code: 1, text: "Unable to contact slurm controller" });
  }

  actions(): readonly Action[] {
    const actions: Action[] = [];
    const add = (name: string, kind: Action["kind"], run: () => void) => actions.push({ name, kind, run });
    const waiting = this.#puts.filter(({ state }) => state === "waiting");
    for (const command of waiting) {
      if (this.isLockFree) add("put begins", "progress", () => this.#begin(command));
      add("put is lost on its way", "fault", () => this.#answer(command, { is: "unclear", text: "lost" }));
    }
    const sbatch = this.#sbatch;
    if (sbatch === undefined) return actions;
    if (sbatch.came.is !== "nothing") add("sbatch ends", "progress", () => this.#endSbatch(sbatch));
    add("sbatch is killed", "fault", () => this.#end({ is: "unclear", text: "killed" }));
    if (sbatch.hasShell)
      add("the shell of put is killed", "fault", () => {
        sbatch.hasShell = false;
        this.#answer(sbatch.command, { is: "unclear", text: "killed" });
      });
    return actions;
  }

  #begin(command: PutCommand): void {
    const marks = this.of(command.token);
    if (marks.refused) return this.#answer(command, { is: "answered", ...refusal });
    if (marks.id !== undefined)
      return this.#answer(command, { is: "accepted", jobId: marks.id, known: true, text: "" });
    if (marks.isVoid) return this.#answer(command, { is: "voided" });
    if (marks.tried && this.#world.rules.triedMark) return this.#answer(command, { is: "look" });
    marks.tried = true;
    this.#begun += 1;
    // A wrong world may send for ever; that is found at the second one.
    if (this.#begun > mostPuts) return this.#answer(command, { is: "unclear", text: "too many" });
    command.state = "running";
    this.#sbatch = { command, came: { is: "nothing" }, hasShell: true };
    this.#world.slurm.request(command);
  }

  #endSbatch({ command, came, hasShell }: RunningSbatch): void {
    const marks = this.of(command.token);
    if (came.is === "id") {
      // sbatch itself writes its answer into the journal.
      marks.id = came.id;
      return this.#end({ is: "accepted", jobId: came.id, known: false, text: "" });
    }
    if (hasShell) marks.refused = true;
    return this.#end({ is: "answered", ...refusal });
  }

  #end(answer: PutAnswer): void {
    const sbatch = this.#sbatch;
    this.#sbatch = undefined;
    if (sbatch?.hasShell === true) this.#answer(sbatch.command, answer);
  }

  #answer(command: PutCommand, answer: PutAnswer): void {
    command.answer = answer;
    command.state = "answered";
    this.#puts.splice(0, this.#puts.length, ...this.#puts.filter((other) => other !== command));
  }
}

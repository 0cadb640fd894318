import { eventually } from "../lab/eventually.ts";
import type { Lab } from "../lab/lab.ts";
import { type OperatorSetting, type RunningOperator, startOperator } from "../lab/operator.ts";

/** An operator that cannot reach the API server ends and is started again, as a kubelet would; the longest outage is a minute. */
export async function startPatiently(
  lab: Lab,
  flags: readonly string[],
  setting: OperatorSetting,
): Promise<RunningOperator> {
  return eventually(async () => startOperator(lab, flags, setting), { within: 180_000, every: 1000 });
}

/** Holds the operator of a scene: faults end it, and the round has it up again. One caller at a time starts or ends it. */
export class OperatorHand implements AsyncDisposable {
  readonly #lab: Lab;
  readonly #setting: OperatorSetting;
  readonly #flags: readonly string[];
  #running: RunningOperator | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #logs = "";

  constructor(lab: Lab, setting: OperatorSetting, flags: readonly string[] = []) {
    this.#lab = lab;
    this.#setting = setting;
    this.#flags = flags;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Starts it if it does not run, and returns when it is ready. */
  async ensureUp(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#inTurn(async () => {
      this.#running ??= await startPatiently(this.#lab, this.#flags, { ...this.#setting, environment });
    });
  }

  /** Ends it so. @returns false where it did not run */
  async end(signal: NodeJS.Signals): Promise<boolean> {
    return this.#inTurn(async () => {
      const running = this.#running;
      if (running === undefined) return false;
      await running.kill(signal);
      this.#logs += await running.logs();
      this.#running = undefined;
      await running[Symbol.asyncDispose]();
      return true;
    });
  }

  /** What all that ran so far have written. */
  async logs(): Promise<string> {
    return this.#logs + ((await this.#running?.logs()) ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGTERM");
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

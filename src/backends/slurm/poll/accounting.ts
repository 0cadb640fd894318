import type { Token } from "../../../core/slurm/token.ts";
import { findSameJob, type JobRow } from "../../../core/slurm/job-row.ts";
import { readAccounting } from "./accounting-answer.ts";
import { accountingCommands, type SoughtJob } from "./accounting-question.ts";
import { readsAccounting } from "./accounting-storage.ts";
import { ask, type RemoteCall } from "./ask.ts";
import { pollFailure } from "./failure.ts";
import { untilAborted } from "./until-aborted.ts";
import type { RowsByToken } from "./queue-answer.ts";

export interface AccountingOptions extends RemoteCall {
  readonly install: string;
  /** How far the cluster's clock is ahead of ours, in milliseconds. */
  readonly clockAhead: () => number;
  readonly asked: (query: { readonly isGood: boolean }) => void;
}

/** Jobs of one remote command: bounds its answer (an array has a row a task). */
const jobsPerCommand = 1_000;
/** A row is about 300 bytes and a submit line. */
const mostOutput = 64 * 1024 * 1024;

/**
 * Asks accounting. Callers that come while a question is under way share the next one.
 */
export class Accounting {
  readonly #options: AccountingOptions;
  #next: { readonly jobs: SoughtJob[]; readonly answer: Promise<RowsByToken | undefined> } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isKept: boolean | undefined;

  constructor(options: AccountingOptions) {
    this.#options = options;
  }

  /**
   * Newest rows of these jobs; undefined where the cluster keeps no accounts.
   *
   * @throws PollFailure when sacct fails: unknown is not absent
   */
  async find(jobs: readonly SoughtJob[], signal: AbortSignal): Promise<RowsByToken | undefined> {
    const answer = await untilAborted(this.#join(jobs), signal);
    if (answer === undefined) return undefined;
    const sought = new Map<Token, readonly JobRow[]>();
    for (const { token } of jobs) {
      const rows = answer.get(token);
      if (rows !== undefined) sought.set(token, rows);
    }
    return sought;
  }

  #join(jobs: readonly SoughtJob[]): Promise<RowsByToken | undefined> {
    if (this.#next !== undefined) {
      this.#next.jobs.push(...jobs);
      return this.#next.answer;
    }
    const shared = [...jobs];
    const answer = this.#last.then(async () => {
      this.#next = undefined;
      return this.#ask(shared);
    });
    this.#next = { jobs: shared, answer };
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #ask(jobs: readonly SoughtJob[]): Promise<RowsByToken | undefined> {
    try {
      // Only "kept" is remembered: a site that turns accounting on should not have to restart us.
      this.#isKept = this.#isKept === true ? true : await readsAccounting(this.#options);
      if (!this.#isKept) return undefined;
      const answers: RowsByToken[] = [];
      for (let from = 0; from < jobs.length; from += jobsPerCommand) {
        answers.push(...(await this.#askSome(jobs.slice(from, from + jobsPerCommand))));
      }
      this.#options.asked({ isGood: true });
      return mergeRows(answers);
    } catch (error) {
      this.#isKept = undefined;
      this.#options.asked({ isGood: false });
      throw pollFailure(error);
    }
  }

  async #askSome(jobs: readonly SoughtJob[]): Promise<readonly RowsByToken[]> {
    const { clockAhead, install } = this.#options;
    const { nonce, outputs } = await ask(this.#options, {
      commands: (word) => accountingCommands(jobs, { nonce: word, clockAhead: clockAhead() }),
      maxOutputBytes: mostOutput,
    });
    return outputs.map((output) => readAccounting(output, { nonce, install }));
  }
}

/** One job may be in several answers (by its id, and among all jobs of its user); each answer has its runs counted. */
function mergeRows(answers: readonly RowsByToken[]): RowsByToken {
  const merged = new Map<Token, readonly JobRow[]>();
  for (const answer of answers) {
    for (const [token, rows] of answer) {
      const others = (merged.get(token) ?? []).filter((other) => findSameJob(rows, other) === undefined);
      merged.set(token, [...others, ...rows]);
    }
  }
  return merged;
}

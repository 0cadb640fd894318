import type { DatedPlace, OverQuestion, Snapshot } from "../../../../src/backends/slurm/backend.ts";
import type { OverPage } from "../../../../src/core/cleanup/over.ts";
import { after, instant } from "../../../../src/core/instant.ts";
import type { ForgetAnswer } from "../../../../src/core/slurm/dispatch-answer.ts";
import { type Token, tokenOf } from "../../../../src/core/slurm/token.ts";

const day = 86_400_000;
const pageSize = 256;

/** Directories that a login would list: all over, and a hundred days old. */
export class ScriptedLogin {
  readonly questions: OverQuestion[] = [];
  readonly forgetSizes: number[] = [];
  readonly tokens: Token[];
  /** What keeps one, by token. */
  readonly kept = new Map<Token, ForgetAnswer>();
  readonly running = new Set<Token>();
  clockAheadMs = 0;
  failure: Error | undefined;
  /** What happens elsewhere while a command is on its way. */
  beforeForget: () => void = () => undefined;

  constructor(count: number) {
    this.tokens = Array.from({ length: count }, (_, index) =>
      tokenOf({ install: "it", uid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`, index: 1 }),
    );
  }

  listOver(question: OverQuestion): Promise<OverPage> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.questions.push(question);
    const now = instant(Date.now() + this.clockAheadMs);
    const rest = this.tokens.filter((token) => question.after === undefined || token > question.after);
    const page = rest.slice(0, pageSize);
    return Promise.resolve({
      now,
      directories: page.map((token) => ({
        token,
        lastMarkAt: after(now, -100 * day),
        attempt: { deadline: after(now, -94 * day), cluster: question.cluster },
      })),
      next: rest.length > pageSize ? page.at(-1) : undefined,
    });
  }

  find(place: DatedPlace): Promise<readonly number[]> {
    return Promise.resolve(this.running.has(place.token) ? [7] : []);
  }

  forget(places: readonly DatedPlace[]): Promise<ReadonlyMap<Token, ForgetAnswer>> {
    this.forgetSizes.push(places.length);
    this.beforeForget();
    const answers = places.map(({ token }) => [token, this.kept.get(token) ?? gone] as const);
    for (const [token, answer] of answers)
      if (answer.is === "forgotten") this.tokens.splice(this.tokens.indexOf(token), 1);
    return Promise.resolve(new Map(answers));
  }
}

const gone: ForgetAnswer = { is: "forgotten" };

/** A queue that shows these tokens and no others. */
export const queueOf = (...tokens: readonly Token[]): Snapshot => ({
  begun: instant(Date.now()),
  tick: 1,
  rows: new Map(tokens.map((token) => [token, []])),
  unreadable: new Set(),
});

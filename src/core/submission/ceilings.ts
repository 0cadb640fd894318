import { type Instant, after } from "../instant.ts";
import { type Problem, waiting } from "../problem.ts";
import { reasons } from "./reasons.ts";

interface Ceiling {
  /** So many of ours were there when Slurm took no more. */
  most: number;
  /** By how many it is raised next, to find out whether the limit is still where it was. */
  step: number;
  raisedAt: Instant;
}

const raiseMs = 30_000;
/** Raised so far without a refusal, there is no limit any more. */
const highestStep = 1024;

/**
 * What a site's own limit on submitted jobs was found to be. Thousands of submissions then wait here, and not each for itself with a refusal now and then.
 * Slurm tells no number, and other jobs of the user count, too; so a ceiling is raised, doubling, until Slurm refuses again.
 */
export class Ceilings {
  readonly #ceilings = new Map<string, Ceiling>();

  /** Slurm refused one more beside `count` of ours. */
  reached(login: { cluster: string; user: string }, count: number, now: Instant): void {
    this.#ceilings.set(keyOf(login), { most: count, step: 1, raisedAt: now });
  }

  /** Why one more beside `count` of ours would be refused, as far as is known. @param now by the clock that nobody sets */
  check(login: { cluster: string; user: string }, count: number, now: Instant): Problem | undefined {
    const ceiling = this.#ceilings.get(keyOf(login));
    // Of ours nobody is there whose end could be waited for: then each tries for itself, at growing distances.
    if (ceiling === undefined || count === 0) return undefined;
    if (now >= after(ceiling.raisedAt, raiseMs)) {
      ceiling.most = ceiling.most + ceiling.step;
      ceiling.step *= 2;
      ceiling.raisedAt = now;
    }
    if (ceiling.step > highestStep) this.#ceilings.delete(keyOf(login));
    if (count < ceiling.most) return undefined;
    return waiting(
      reasons.SubmitLimitReached,
      `Slurm takes no more jobs for now: it refused one of ${login.user} on cluster "${login.cluster}" when ${ceiling.most} of ours were there (MaxSubmitJobs of the account or QOS, or the like); sent as soon as one of them ends`,
    );
  }
}

const keyOf = ({ cluster, user }: { cluster: string; user: string }): string => `${cluster} ${user}`;

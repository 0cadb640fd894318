import { final, type Problem, waiting } from "../problem.ts";
import { cut } from "../status/conditions.ts";
import { clusterReasons } from "./reasons.ts";

/** One login that cannot look at the queue, and why. */
export interface LoginFailure {
  readonly user: string;
  readonly problem: Problem;
}

/** A condition names this many of them and counts the rest. */
const mostNamed = 5;
const longestWhy = 500;

/** `alice: why; bob: why; and 3 more`. Bounded, however many logins there are and whatever they say. */
export function nameFailures(failures: readonly LoginFailure[]): string {
  const named = failures
    .slice(0, mostNamed)
    .map(({ user, problem }) => `${user}: ${cut(problem.message, longestWhy)}`);
  const others = failures.length - named.length;
  return [...named, ...(others === 0 ? [] : [`and ${others} more`])].join("; ");
}

/** What ails a cluster on which every login failed that was tried; the first one's reason stands for all. */
export function nobodyAnswered(failures: readonly LoginFailure[]): Problem {
  const [first, ...others] = failures;
  if (first === undefined)
    return final(
      clusterReasons.NoLogin,
      "the spec names no login to ask as: set spec.observer, or add the tenants' logins to spec.tenants",
    );
  if (others.length === 0) return first.problem;
  return waiting(first.problem.reason, `no login is answered: ${nameFailures(failures)}`);
}

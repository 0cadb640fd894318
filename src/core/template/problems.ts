import type { Problem } from "../problem.ts";

/**
 * All that stands in the way as one problem, a line each. It is final as soon as one part is: waiting would not help then.
 * The reason is that of the first part that decides.
 */
export function joinProblems(first: Problem, ...rest: readonly Problem[]): Problem {
  const all = [first, ...rest];
  const deciding = all.find(({ policy }) => policy === "final") ?? first;
  return { ...deciding, message: all.map(({ message }) => message).join("\n") };
}

/** Nothing for an empty list. */
export function joinAny(problems: readonly Problem[]): Problem | undefined {
  const [first, ...rest] = problems;
  return first === undefined ? undefined : joinProblems(first, ...rest);
}

import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { final, type Problem } from "../problem.ts";
import { mayDepend } from "./dependencies.ts";
import { isDeleting } from "./observed.ts";
import { isOver } from "./release.ts";
import { reasons } from "./reasons.ts";

/** Dependencies beyond this many are not followed: what waits in a longer circle goes on to wait, and says for whom. */
const mostFollowed = 1000;
const longestCycle = 100;
/** Of a way that is told: its first and its last members are enough to find it. */
const mostTold = 9;

/** The shortest way along `dependsOn` from a submission back to itself: `[a, b]` for a -> b -> a. */
export function findCycle(
  own: string,
  dependsOn: (name: string) => readonly string[],
): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [own];
  for (const name of queue) {
    for (const next of dependsOn(name)) {
      if (next === own) return wayTo(name, cameFrom);
      if (cameFrom.has(next) || queue.length >= mostFollowed) continue;
      cameFrom.set(next, name);
      queue.push(next);
    }
  }
  return undefined;
}

function wayTo(name: string, cameFrom: ReadonlyMap<string, string>): readonly string[] | undefined {
  const way = [name];
  for (let before = cameFrom.get(name); before !== undefined; before = cameFrom.get(before))
    way.unshift(before);
  return way.length > longestCycle ? undefined : way;
}

/**
 * Refuses the submission that closed a circle, as if it had not been taken at its creation; the others then go by its end. Nothing as long as one
 * of them may still be sent or end by itself.
 * @param members as just read, each dependent on the next and the last on the first, which is the one to judge
 */
export function checkCycle(members: readonly JobSubmission[]): Problem | undefined {
  const [own] = members;
  if (own === undefined) return undefined;
  const isClosed = members.every(
    (member, index) => isWaiting(member) && dependsOn(member, members[index + 1] ?? own),
  );
  if (!isClosed || members.some((other) => isAfter(other, own))) return undefined;
  const { name } = own.metadata;
  const way = tellWay([...members.map(({ metadata }) => metadata.name), name]);
  return final(
    reasons.DependencyNeverSatisfied,
    `spec.dependsOn: ${way} is a circle, in which each would wait for the next for ever; create "${name}" again without that dependency`,
  );
}

function tellWay(names: readonly string[]): string {
  const left = names.length - mostTold;
  const told = left <= 0 ? names : [...names.slice(0, 5), `(${left} more)`, ...names.slice(-4)];
  return told.join(" -> ");
}

const isWaiting = (submission: JobSubmission): boolean =>
  !isDeleting(submission) &&
  submission.spec.cancel !== true &&
  !isOver(submission.status) &&
  mayDepend(submission.status);

const dependsOn = ({ spec }: JobSubmission, { metadata }: JobSubmission): boolean =>
  (spec.dependsOn ?? []).some(({ name }) => name === metadata.name);

/** Times of creation are whole seconds; the name decides between equals, so that all members agree on the last one. */
function isAfter({ metadata: a }: JobSubmission, { metadata: b }: JobSubmission): boolean {
  return a.creationTimestamp === b.creationTimestamp
    ? a.name > b.name
    : a.creationTimestamp > b.creationTimestamp;
}

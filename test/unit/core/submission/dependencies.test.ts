import { describe, expect, test } from "vitest";
import type { Dependency } from "../../../../src/api/v1alpha1/job-submission.ts";
import { attempt } from "./world.ts";
import {
  checkDependencies,
  mayDepend,
  type SeenDependency,
} from "../../../../src/core/submission/dependencies.ts";

type Seen = NonNullable<SeenDependency["status"]>;

const retry = { count: 1, since: "2026-11-22T12:00:00Z", nextAt: "2026-11-22T12:01:00Z" };
const stages = {
  "not sent": { phase: "Created" },
  pending: { phase: "Submitted", state: "PENDING" },
  running: { phase: "Submitted", state: "RUNNING", startedAt: "2026-11-22T12:00:00Z" },
  "failed, and to be run again": { phase: "Created", state: "FAILED", retry },
  "sent again": { phase: "Created", retry },
  done: { phase: "Done", state: "COMPLETED", startedAt: "2026-11-22T12:00:00Z" },
  failed: { phase: "Aborted", state: "FAILED", startedAt: "2026-11-22T12:00:00Z" },
  "failed after retries": { phase: "Aborted", state: "FAILED", retry },
  "cancelled in the queue": { phase: "Aborted", state: "CANCELLED" },
  refused: { phase: "Rejected" },
} as const satisfies Record<string, Seen>;

const of = (when: Dependency["when"], status: Seen | undefined): SeenDependency => ({
  dependency: { name: "first", ...(when === undefined ? {} : { when }) },
  status,
});
const verdict = (when: Dependency["when"], status: Seen | undefined): string => {
  const problem = checkDependencies("second", [of(when, status)]);
  return problem === undefined ? "met" : `${problem.policy} ${problem.reason}`;
};
const open = "waiting DependencyOpen";
const never = "final DependencyNeverSatisfied";

describe.each([
  ["not sent", open, open, open, open],
  ["pending", open, open, open, open],
  ["running", open, open, open, "met"],
  ["failed, and to be run again", open, open, open, "met"],
  ["sent again", open, open, open, "met"],
  ["done", "met", "met", never, "met"],
  ["failed", never, "met", "met", "met"],
  ["failed after retries", never, "met", "met", "met"],
  ["cancelled in the queue", never, "met", "met", never],
  ["refused", never, "met", "met", never],
] as const)("one that is %s", (stage, ...verdicts) => {
  test.each([
    ["Succeeded", verdicts[0]],
    ["Finished", verdicts[1]],
    ["Failed", verdicts[2]],
    ["Started", verdicts[3]],
    [undefined, verdicts[0]],
  ] as const)("when %s: %s", (when, expected) => {
    expect(verdict(when, stages[stage])).toBe(expected);
  });
});

test("what was let through once depends on nothing any more, also where its first attempt came to nothing", () => {
  expect(mayDepend({})).toBe(true);
  expect(mayDepend({ attempts: [attempt()] })).toBe(false);
  expect(mayDepend({ attempts: [attempt({ ended: "DidNotRun" })] })).toBe(false);
});

test("one that is archived takes no new dependents, whatever has become of it", () => {
  const seen = { ...of("Finished", stages.done), isArchived: true };
  expect(checkDependencies("second", [seen])).toEqual({
    policy: "waiting",
    reason: "DependencyArchived",
    message:
      'spec.dependsOn: submission "first" is archived, and nothing new depends on it; set its spec.archived to false, or create this submission without it',
  });
});

test("one that is not there may still come", () => {
  expect(verdict("Finished", undefined)).toBe("waiting DependencyNotFound");
});

test("one that can never come true outranks those that may, and is named", () => {
  const problem = checkDependencies("second", [of("Finished", stages.running), of("Failed", stages.done)]);
  expect(problem).toEqual({
    policy: "final",
    reason: "DependencyNeverSatisfied",
    message:
      'spec.dependsOn: "first" ended Done (COMPLETED), so it can no longer have failed; run it again under another name and submit this one anew',
  });
});

test("itself is refused", () => {
  expect(checkDependencies("first", [of("Finished", undefined)])).toMatchObject({
    policy: "final",
    message: 'spec.dependsOn: "first" names itself, so it would wait for ever; create it without that',
  });
});

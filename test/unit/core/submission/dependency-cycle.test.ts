import { expect, test } from "vitest";
import type { JobSubmission } from "../../../../src/api/v1alpha1/job-submission.ts";
import { checkCycle, findCycle } from "../../../../src/core/submission/dependency-cycle.ts";
import { attempt, submission } from "./world.ts";

const follow = (graph: Readonly<Record<string, readonly string[]>>) => (name: string) => graph[name] ?? [];

test.each([
  ["two that wait for each other", { a: ["b"], b: ["a"] }, ["a", "b"]],
  ["the shortest of two circles", { a: ["b", "d"], b: ["c"], c: ["a"], d: ["a"] }, ["a", "d"]],
  ["a circle of three", { a: ["x", "b"], b: ["c"], c: ["y", "a"] }, ["a", "b", "c"]],
  ["a circle of others", { a: ["b"], b: ["c"], c: ["b"] }, undefined],
  ["a diamond", { a: ["b", "c"], b: ["d"], c: ["d"], d: [] }, undefined],
  ["a dependency that is not there", { a: ["b"] }, undefined],
])("%s", (_, graph, way) => {
  expect(findCycle("a", follow(graph))).toEqual(way);
});

test("a walk that would not end is given up", () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
  const chain = (count: number) => (name: string) => [`s${(Number(name.slice(1)) + 1) % count}`];
  expect(findCycle("s0", chain(100))).toEqual(names(100));
  expect(findCycle("s0", chain(101))).toBeUndefined();
  let asked = 0;
  const endless = (name: string) => {
    asked += 1;
    return [`${name}l`, `${name}r`];
  };
  expect(findCycle("a", endless)).toBeUndefined();
  expect(asked).toBe(1000);
});

interface Change {
  readonly seconds?: number;
  readonly status?: JobSubmission["status"];
  readonly spec?: Partial<JobSubmission["spec"]>;
  readonly metadata?: Partial<JobSubmission["metadata"]>;
}

const member = (name: string, needs: string, { seconds = 0, status, spec, metadata }: Change = {}) =>
  submission(status, {
    spec: { dependsOn: [{ name: needs }], ...spec },
    metadata: { name, creationTimestamp: `2026-11-22T11:58:0${seconds}Z`, ...metadata },
  });

const refusal = (name: string, way: string) => ({
  policy: "final",
  reason: "DependencyNeverSatisfied",
  message: `spec.dependsOn: ${way} is a circle, in which each would wait for the next for ever; create "${name}" again without that dependency`,
});

test("whoever closed the circle is refused, and the others go by its end", () => {
  const [a, b] = [member("a", "b", { seconds: 1 }), member("b", "a")];
  expect(checkCycle([a, b])).toEqual(refusal("a", "a -> b -> a"));
  expect(checkCycle([b, a])).toBeUndefined();
});

test("of a long one the first and the last are named", () => {
  const names = Array.from({ length: 12 }, (_, n) => `s${n}`);
  const all = names.map((name, n) => member(name, names[(n + 1) % 12]!, n === 0 ? { seconds: 1 } : {}));
  expect(checkCycle(all)?.message).toContain(
    "s0 -> s1 -> s2 -> s3 -> s4 -> (4 more) -> s9 -> s10 -> s11 -> s0 is a circle",
  );
});

test("of three made in the same second exactly one is refused", () => {
  const [a, b, c] = [member("a", "b"), member("b", "c"), member("c", "a")];
  expect(checkCycle([a, b, c])).toBeUndefined();
  expect(checkCycle([b, c, a])).toBeUndefined();
  expect(checkCycle([c, a, b])).toEqual(refusal("c", "c -> a -> b -> c"));
});

test.each<[string, JobSubmission]>([
  ["is sent", member("b", "a", { status: { attempts: [attempt()] } })],
  [
    "had an attempt that came to nothing",
    member("b", "a", { status: { attempts: [attempt({ ended: "DidNotRun" })] } }),
  ],
  ["is over", member("b", "a", { status: { phase: "Done" } })],
  ["is being cancelled", member("b", "a", { spec: { cancel: true } })],
  ["is being deleted", member("b", "a", { metadata: { deletionTimestamp: "2026-11-22T11:59:00Z" } })],
  ["was created again with other dependencies", member("b", "c")],
])("no circle is complete in which one %s", (_, b) => {
  expect(checkCycle([member("a", "b", { seconds: 1 }), b])).toBeUndefined();
});

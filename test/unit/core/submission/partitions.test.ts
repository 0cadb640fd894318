import { expect, test } from "vitest";
import { advisePartition, type Partition } from "../../../../src/core/submission/partitions.ts";

const partition = (name: string, change: Partial<Partition> = {}): Partition => ({
  name,
  state: "UP",
  isDefault: false,
  ...change,
});

const refusals = [
  "invalid partition specified: nowhere; Batch job submission failed: Invalid partition name specified",
  "Batch job submission failed: Invalid partition name specified",
];

test.each(refusals)("an unknown partition is answered with those that there are: %s", (refusal) => {
  const known = [
    partition("debug"),
    partition("old", { state: "INACTIVE" }),
    partition("main", { isDefault: true }),
  ];
  expect(advisePartition(refusal, known)).toBe("; the cluster has: main (default), debug, old (INACTIVE)");
});

test("of many partitions the first ten are named, the default among them", () => {
  const known = Array.from({ length: 12 }, (_, index) => partition(`p${index}`, { isDefault: index === 11 }));
  expect(advisePartition(refusals[1] ?? "", known)).toBe(
    "; the cluster has: p11 (default), p0, p1, p2, p3, p4, p5, p6, p7, p8 and 2 more",
  );
});

test.each([
  [
    "another refusal",
    "Batch job submission failed: Invalid account or account/partition combination specified",
  ],
  ["a partition that is there and too small", "Requested node configuration is not available"],
])("%s says nothing of partitions", (_, refusal) => {
  expect(advisePartition(refusal, [partition("main")])).toBe("");
});

test("without knowledge of the cluster nothing is added", () => {
  expect(advisePartition(refusals[0] ?? "", [])).toBe("");
});

import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { shardCount, shardOf } from "../../../../../src/backends/slurm/wrapper/script.ts";

test("a token always has the same shard, and tokens spread over all", () => {
  const tokens = Array.from({ length: 400 }, () => `it-${randomUUID()}-1`);
  const shards = tokens.map(shardOf);
  expect(tokens.map(shardOf)).toEqual(shards);
  const counts = Array.from({ length: shardCount }, (_, shard) => shards.filter((of) => of === shard).length);
  expect(Math.min(...counts)).toBeGreaterThan(400 / shardCount / 2);
  // Two releases of the operator must take the same lock for one token.
  expect(shardOf("it-00000000-0000-4000-8000-000000000001-1")).toBe(1);
});

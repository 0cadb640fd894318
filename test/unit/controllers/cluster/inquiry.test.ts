import { expect, test } from "vitest";
import { PollFailure } from "../../../../src/backends/slurm/poll/failure.ts";
import type { PollHealth } from "../../../../src/backends/slurm/poll/poll-health.ts";
import { inTurn } from "../../../../src/controllers/cluster/inquiry.ts";
import { instant } from "../../../../src/core/instant.ts";
import { answered } from "./poll-healths.ts";

const logins = ["alice", "bob", "carol", "dave"].map((user) => ({
  user,
  credentialsSecretRef: { name: user },
}));
const refused: PollHealth = {
  lastGood: undefined,
  failing: { since: instant(0), failures: 3, error: new PollFailure("Unreachable", "refused") },
};
const order = (known: Parameters<typeof inTurn>[1]): string[] =>
  inTurn(logins, known).map(({ user }) => user);

test("logins of which nothing is known are asked in the order of the tenants", () => {
  expect(order({ healths: [], hanging: new Set() })).toEqual(["alice", "bob", "carol", "dave"]);
});

test("a login whose looks are answered is asked before those of which nothing is known", () => {
  const healths = [
    ["dave", answered],
    ["alice", refused],
    ["carol", answered],
  ] as const;
  expect(order({ healths, hanging: new Set() })).toEqual(["carol", "dave", "alice", "bob"]);
});

test("who hung the last time is asked last, so that everybody's turn comes", () => {
  expect(order({ healths: [], hanging: new Set(["alice", "bob"]) })).toEqual([
    "carol",
    "dave",
    "alice",
    "bob",
  ]);
});

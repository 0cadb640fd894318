import { expect, test } from "vitest";

import { installOf, placeOf } from "../../../../../src/backends/slurm/login/place.ts";
import { tokenOf } from "../../../../../src/core/slurm/token.ts";

const token = tokenOf({ install: "it", uid: "00000000-0000-4000-8000-000000000001", index: 1 });

test("%u in workDirectory is the login's user", () => {
  const place = placeOf({ workDirectory: "/scratch/%u/jobs/", install: "it", user: "alice", token });
  expect(place).toEqual({ token, directory: `/scratch/alice/jobs/it/${token}` });
  expect(installOf(place)).toBe("/scratch/alice/jobs/it");
});

test("a directory that is not the token's own is a mistake", () => {
  expect(() => placeOf({ workDirectory: "jobs", install: "it", user: "alice", token })).toThrow(
    "absolute path",
  );
  expect(() => installOf({ token, directory: "/scratch/elsewhere" })).toThrow("cannot be /scratch/elsewhere");
});

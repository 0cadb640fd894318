import { expect, test } from "vitest";
import { detailsOf } from "../../../../src/core/submission/details.ts";
import { pictureOf } from "../../../../src/core/submission/picture.ts";

const nothing = {
  rows: [],
  accounting: [],
  exits: [],
  cancelled: false,
  turnedAwayCode: 113,
  tasks: undefined,
  reported: undefined,
};

test("a job that is missing keeps its state as long as that may come right", () => {
  const picture = pictureOf({ ...nothing, waitsOver: false });
  expect(detailsOf(picture, { state: "RUNNING" }).state).toBe("RUNNING");
});

test("a job that is lost is in no state: the one that was last seen is over", () => {
  const picture = pictureOf({ ...nothing, waitsOver: true });
  expect(detailsOf(picture, { state: "RUNNING" }).state).toBeUndefined();
});

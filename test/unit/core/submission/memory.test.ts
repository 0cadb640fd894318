import { expect, test } from "vitest";
import { remember } from "../../../../src/core/submission/memory.ts";
import { instant } from "../../../../src/core/instant.ts";
import { attempt, look, now, row } from "./world.ts";

const sent = attempt({ jobId: "7" });

test("looks without the job are counted from the first, and a look with it ends the count", () => {
  const first = remember({}, sent, look([], { begun: 1000, tick: 4 }));
  expect(first).toEqual({ missingSince: 4, missingFrom: now + 1000 });
  expect(remember(first, sent, look([], { begun: 2000, tick: 5 }))).toEqual(first);
  expect(remember(first, sent, look([row()], { begun: 3000, tick: 6 }))).toEqual({});
});

test("another poller counts from one: so does the memory", () => {
  const first = remember({}, sent, look([], { begun: 1000, tick: 500 }));
  expect(remember(first, sent, look([], { begun: 2000, tick: 1 }))).toEqual({
    missingSince: 1,
    missingFrom: now + 2000,
  });
});

test("quiet begins only behind the close", () => {
  const closed = { owner: { is: "job", jobId: 7 }, at: instant(now + 1000) } as const;
  const ended = [row({ state: "COMPLETED" })];
  expect(remember({ closed }, sent, look(ended, { begun: 500, tick: 4 }))).toEqual({ closed });
  expect(remember({ closed }, sent, look(ended, { begun: 1500, tick: 5 }))).toEqual({
    closed,
    quietSince: 5,
    quietFrom: now + 1500,
  });
});

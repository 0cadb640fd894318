import { expect, test } from "vitest";
import { eventually } from "../../lab/eventually.ts";

test("eventually returns the first value that is there, whatever came before", async () => {
  const looks = [undefined, null, false, new Error("not yet"), 0];
  const look = (): unknown => {
    const seen = looks.shift();
    if (seen instanceof Error) throw seen;
    return seen;
  };
  expect(await eventually(look, { within: 5_000, every: 1 })).toBe(0);
});

test("eventually fails with what it saw last", async () => {
  await expect(eventually(() => false, { within: 20, every: 1 })).rejects.toThrow(
    "not within 20 ms; the last look returned false",
  );
  const refused = new Error("refused");
  await expect(
    eventually(
      () => {
        throw refused;
      },
      { within: 20, every: 1 },
    ),
  ).rejects.toMatchObject({
    message: expect.stringContaining("the last look threw Error: refused"),
    cause: refused,
  });
});

test("eventually ends when it is told to", async () => {
  const stopped = AbortSignal.abort(new Error("the test is over"));
  await expect(eventually(() => false, { within: 60_000, signal: stopped })).rejects.toThrow(
    "the test is over",
  );
});

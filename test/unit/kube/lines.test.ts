import fc from "fast-check";
import { expect, test } from "vitest";
import { splitLines } from "../../../src/kube/lines.ts";

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) yield bytes.subarray(places[i - 1], places[i]);
}

async function linesOf(bytes: Buffer, cuts: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(inPieces(bytes, cuts))) lines.push(line);
  return lines;
}

test("lines come out whole wherever the stream was cut, within characters too", async () => {
  const line = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replaceAll("\n", "ü"));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      expect(await linesOf(bytes, cuts)).toEqual(lines);
    }),
  );
});

test("an unfinished last line and empty lines are dropped", async () => {
  expect(await linesOf(Buffer.from('{"a":1}\n\n{"b":'), [3])).toEqual(['{"a":1}']);
});

import { expect, test } from "vitest";
import { RenderedBook } from "../../../../src/controllers/submission/rendered-book.ts";
import type { RenderedScript } from "../../../../src/core/jobscript/rendered-script.ts";

const script = (text: string): RenderedScript => ({
  entrypoint: { name: "run.sh", text },
  supportFiles: [],
  parameters: [],
  outputs: [],
  environment: { modules: [], variables: [] },
  resources: {},
  digest: `sha256:${"a".repeat(64)}`,
});

test("what is not used goes first when there is no room", () => {
  const book = new RenderedBook(3 * 6000);
  const [a, b, c, d] = ["a", "b", "c", "d"].map((letter) => script(letter.repeat(800)));
  book.set("a", a!);
  book.set("b", b!);
  book.set("c", c!);
  expect(book.get("a")).toBe(a);
  book.set("d", d!);
  expect(["a", "b", "c", "d"].map((key) => book.get(key)?.entrypoint.text[0])).toEqual([
    "a",
    undefined,
    "c",
    "d",
  ]);
});

test("one that is larger than all the room is not kept, and takes nobody's room for good", () => {
  const book = new RenderedBook(10_000);
  book.set("large", script("x".repeat(20_000)));
  book.set("small", script("y"));
  expect([book.get("large"), book.get("small")?.entrypoint.text]).toEqual([undefined, "y"]);
});

test("the same key again replaces, and counts once", () => {
  const book = new RenderedBook(10_000);
  book.set("other", script("o"));
  for (let turn = 0; turn < 10; turn += 1) book.set("same", script("s"));
  expect(book.get("other")?.entrypoint.text).toBe("o");
});

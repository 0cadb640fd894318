import { expect, test } from "vitest";
import { rulesOfCode, rulesOfModel, rulesOfPage } from "../../model/rules.ts";
import { read } from "../../model/spin.ts";
import { table } from "../../model/table.ts";

const sorted = (names: Iterable<string>): string[] => [...names].sort();

test("the code keeps the rules that docs/dispatch.md names, under the same numbers", () => {
  expect(Object.fromEntries(rulesOfCode())).toEqual(Object.fromEntries(rulesOfPage()));
});

test("the model keeps the rules that docs/dispatch.md names", () => {
  expect(sorted(rulesOfModel().keys())).toEqual(sorted(rulesOfPage().keys()));
});

test("for each rule the model is asked what happens without it", () => {
  const taken = table.flatMap(({ without }) => (without === undefined ? [] : [without]));
  expect(sorted(taken)).toEqual(sorted(rulesOfModel().keys()));
});

test("a search that did not look at all states proves nothing", () => {
  const cut =
    "Warning: Search not completed\nState-vector 164 byte, depth reached 9, errors: 0\n  100 states, stored\n";
  expect(() => read(cut)).toThrow("did not come to its end");
  expect(() => read("pan: out of memory\n")).toThrow("did not come to its end");
});

test("a search tells which property breaks", () => {
  const report =
    "pan:1: assertion violated  !(shut[sbt]) (at depth 38)\nWarning: Search not completed\nState-vector 164 byte, depth reached 38, errors: 1\n      480 states, stored\n";
  expect(read(report)).toEqual({
    broken: "assertion violated  !(shut[sbt]) (at depth 38)",
    states: 480,
  });
});

import { expect, test } from "vitest";
import { mutantNames } from "../../../chaos/mutants/names.ts";
import { mutantsOfRules } from "../../../chaos/mutants/of-rules.ts";
import { rulesOfModel } from "../../../model/rules.ts";

test("each rule of the model has mutants on real parts, or a reason why it has none", () => {
  expect(Object.keys(mutantsOfRules).toSorted()).toEqual([...rulesOfModel().keys()].toSorted());
  const named = Object.values(mutantsOfRules).flatMap((mutants) =>
    typeof mutants === "string" ? [] : mutants,
  );
  expect(named.filter((name) => !mutantNames.includes(name))).toEqual([]);
});

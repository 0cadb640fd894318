import { describe, expect, it } from "vitest";
import { ownScriptName } from "../../../../src/controllers/submission/script-object.ts";

const uid = "dc40ad3c-758d-48d1-8c7c-841f9d3388ff";

describe("the name of a submission's own script", () => {
  it.each([
    {
      title: "is the submission's, with the beginning of its UID",
      name: "silicon-scf",
      is: "silicon-scf-dc40ad3c",
    },
    { title: "is cut to what a label takes", name: "a".repeat(63), is: `${"a".repeat(54)}-dc40ad3c` },
    { title: "is not cut behind a dot", name: `${"a".repeat(53)}.bbbb`, is: `${"a".repeat(53)}-dc40ad3c` },
  ])("$title", ({ name, is }) => {
    expect(ownScriptName({ name, uid })).toBe(is);
  });
});

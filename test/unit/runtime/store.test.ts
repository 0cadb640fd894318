import fc from "fast-check";
import { expect, test } from "vitest";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import { Store } from "../../../src/runtime/store.ts";

const [a, b] = ["a", "b"].map((name) => keyOf({ namespace: "n", name })) as [Key, Key];

interface Script {
  readonly template: string;
  readonly secrets: readonly string[];
}

function scripts(): Store<Script, "template" | "secret"> {
  return new Store({
    indexes: { template: (script: Script) => [script.template], secret: (script: Script) => script.secrets },
  });
}

test("a change says what was and what is, and a known version is no change", () => {
  const store = scripts();
  const before = { template: "t", secrets: [] };
  const after = { template: "t", secrets: ["s"] };
  expect(store.put(a, "1", before)).toEqual({ is: "added", key: a, after: before, initial: false });
  expect(store.put(a, "1", before)).toBeUndefined();
  expect(store.put(a, "2", after)).toEqual({ is: "updated", key: a, before, after });
  expect(store.remove(a)).toEqual({ is: "deleted", key: a, before: after });
  expect(store.remove(a)).toBeUndefined();
});

test("a list reveals what is gone, and a list that was broken off takes nothing away", () => {
  const store = scripts();
  const script = { template: "t", secrets: [] };
  store.put(a, "1", script);
  store.put(b, "2", script);
  store.beginList();
  store.put(b, "2", script);
  store.beginList();
  expect(store.put(a, "3", script)).toMatchObject({ is: "updated", key: a });
  expect(store.endList()).toEqual([{ is: "deleted", key: b, before: script }]);
  expect([...store.keys()]).toEqual([a]);
});

test("only what appears during a list is initial", () => {
  const store = scripts();
  const script = { template: "t", secrets: [] };
  store.beginList();
  expect(store.put(a, "1", script)).toMatchObject({ initial: true });
  store.endList();
  expect(store.put(b, "2", script)).toMatchObject({ initial: false });
});

test("indexes hold exactly what the projections say, whatever happens", () => {
  const value = fc.record({
    template: fc.constantFrom("t", "u"),
    secrets: fc.uniqueArray(fc.constantFrom("x", "y", "z")),
  });
  const steps = fc.array(fc.tuple(fc.constantFrom(a, b), fc.option(value)), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (changes) => {
      const store = scripts();
      for (const [number, [key, script]] of changes.entries()) {
        if (script === null) store.remove(key);
        else store.put(key, String(number), script);
      }
      const all = [...store.entries()];
      for (const secret of ["x", "y", "z"]) {
        const expected = all.filter(([, script]) => script.secrets.includes(secret)).map(([key]) => key);
        expect(store.lookUp("secret", secret).toSorted()).toEqual(expected.toSorted());
      }
      const template = all.filter(([, script]) => script.template === "t").map(([key]) => key);
      expect(store.lookUp("template", "t").toSorted()).toEqual(template.toSorted());
    }),
  );
});

test("what the store hands out cannot be changed", () => {
  const store = scripts();
  store.put(a, "1", { template: "t", secrets: ["s"] });
  const script = store.get(a) as unknown as { secrets: string[] };
  expect(() => script.secrets.push("more")).toThrow(TypeError);
});

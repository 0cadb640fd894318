import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Rules by name, with their numbers; of the model, which knows no numbers, undefined. */
export type Rules = ReadonlyMap<string, number | undefined>;

/** Each rule of the model has a switch `NO_<RULE>`, and a comment at the place that keeps it. */
export function rulesOfModel(): Rules {
  const text = filesIn(join(import.meta.dirname), ".pml").join("\n");
  const switches = new Set([...text.matchAll(/\bNO_([A-Z_]+)\b/gu)].map(([, name]) => name!));
  const told = [...switches].filter((name) => new RegExp(`/\\* [^*]*\\b${name}\\b`, "u").test(text));
  return new Map(told.map((name) => [name, undefined]));
}

/** `**4. The fence ...` and at the end of the rule `(`FENCE`, `CLEAR_EXIT`)`. */
export function rulesOfPage(): Rules {
  const page = readFileSync(join(root, "docs/dispatch.md"), "utf8");
  return numbered(
    [...page.matchAll(/^\*\*(\d+)\. (?:(?!^\*\*\d).)*?^_Names: (.*?)_$/gmsu)].map(([, number, names]) => [
      Number(number),
      [...names!.matchAll(/`([A-Z_]+)`/gu)].map(([, name]) => name!),
    ]),
  );
}

/** `Rule 4 (FENCE)`, or with several names, in comments of the code. */
export function rulesOfCode(): Rules {
  const text = filesIn(join(root, "src"), ".ts").join("\n");
  return numbered(
    [...text.matchAll(/\brules? (\d+) \(([A-Z_]+(?:, [A-Z_]+)*)\)/giu)].map(([, number, names]) => [
      Number(number),
      names!.split(", "),
    ]),
  );
}

function numbered(found: readonly (readonly [number, readonly string[]])[]): Rules {
  const rules = new Map<string, number>();
  for (const [number, names] of found)
    for (const name of names) {
      if ((rules.get(name) ?? number) !== number)
        throw new Error(`${name} is rule ${rules.get(name)} in one place and rule ${number} in another`);
      rules.set(name, number);
    }
  return rules;
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

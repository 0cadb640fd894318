import { RE2JS } from "re2js";
import { not, ok, final, type Outcome } from "../problem.ts";
import { templateReasons } from "./reasons.ts";

/** Says whether the whole text matches. */
export type Matcher = (text: string) => boolean;

/**
 * Compiles a parameter's pattern. RE2 matches in time linear in the text whatever the pattern is, so that no author of a
 * template can hang the operator for everybody (`(a+)+$` takes a backtracking engine centuries).
 */
export function compilePattern(pattern: string): Outcome<Matcher> {
  try {
    const compiled = RE2JS.compile(pattern);
    return ok((text) => compiled.testExact(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return not(final(templateReasons.invalidParameters, why.replace(/^error parsing regexp: /u, "")));
  }
}

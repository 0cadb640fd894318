import type { ResolvedParameter } from "../template/resolve-parameters.ts";
import { templateReasons } from "../template/reasons.ts";
import { findDirectiveBreach } from "./directive-guard.ts";
import { runTemplate } from "./engine.ts";
import { explainFailure, type TextContext, type TextFailure } from "./failure.ts";
import { positionAt } from "./position.ts";
import { createScope } from "./scope.ts";
import { TracedOutput } from "./traced-output.ts";

export interface RenderInput {
  /** Name of the file, for messages; .py makes them propose the filter for Python. */
  readonly file: string;
  readonly text: string;
  readonly parameters: readonly ResolvedParameter[];
}

export type Rendered =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly failure: TextFailure };

/**
 * Renders a text with LiquidJS. Pure, and bounded in steps and memory. A value reaches the text unquoted only if it has no
 * character that shells give a meaning to, and #SBATCH lines only as `directive-guard.ts` allows, whatever the template does.
 */
export function render({ file, text, parameters }: RenderInput): Rendered {
  const context: TextContext = { file, text, names: parameters.map(({ name }) => name) };
  const output = new TracedOutput();
  try {
    runTemplate(context, createScope(parameters), output);
  } catch (error) {
    return { ok: false, failure: explainFailure(error, context) };
  }
  const breach = findDirectiveBreach(output.buffer, output.traced);
  if (breach === undefined) return { ok: true, text: output.buffer };
  const failure: TextFailure = {
    reason: templateReasons.unsafeDirective,
    // The place in the rendered text: one expression can stand in many places of it, through loops.
    position: positionAt(file, output.buffer, breach.offset),
    sentence: `(of the rendered text) ${breach.sentence}`,
  };
  return { ok: false, failure };
}

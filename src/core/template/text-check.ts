import { engine, parseTemplate } from "../render/engine.ts";
import { explainFailure, explainUnknown, type TextFailure } from "../render/failure.ts";
import { templateReasons } from "./reasons.ts";
import { shorten } from "./violation.ts";

/** Beyond this, one more finding helps nobody. */
const mostUnknown = 20;

/**
 * LiquidJS counts lines from the start of the text for each name that it finds, so its analysis takes names times length
 * steps: a template of 200 kB made of names alone would stop the operator for a minute. This much takes less than a second.
 */
const mostSteps = 30_000_000;

export interface TemplateText {
  readonly file: string;
  readonly text: string;
  /** The parameters that the text may use. */
  readonly names: readonly string[];
}

/**
 * What can be said of a text without values: whether it is Liquid, with filters and tags that exist, and which names it uses
 * that neither the parameters nor the text itself give. A syntax error hides what comes after it. In a text that is both long
 * and full of names, unknown ones are found only when it is rendered.
 */
export function checkText(context: TemplateText): TextFailure[] {
  try {
    const templates = parseTemplate(context);
    if (countNames(context.text) * context.text.length > mostSteps) return [];
    const { globals } = engine.analyzeSync(templates);
    return Object.entries(globals)
      .filter(([name]) => !context.names.includes(name) && !isLoopWord(name))
      .slice(0, mostUnknown)
      .flatMap(([name, uses]) => uses.slice(0, 1).map(({ location }) => ({ name, location })))
      .map(({ name, location }) => ({
        reason: templateReasons.invalidTemplateText,
        position: { file: context.file, line: location.row, column: location.col },
        sentence: explainUnknown(shorten(name), context.names),
      }));
  } catch (error) {
    return [explainFailure(error, context)];
  }
}

/** `{% for i in list offset:continue %}`: LiquidJS's analysis takes the word for a variable. */
const isLoopWord = (name: string): boolean => name === "continue";

/** Words within `{{ }}` and `{% %}`: at least as many as there are names. */
function countNames(text: string): number {
  let count = 0;
  const opening = /\{([{%])/gu;
  for (let open = opening.exec(text); open !== null; open = opening.exec(text)) {
    const end = text.indexOf(open[1] === "{" ? "}}" : "%}", opening.lastIndex);
    if (end < 0) break;
    count += text.slice(opening.lastIndex, end).match(/[\p{L}_][\p{L}\p{N}_-]*/gu)?.length ?? 0;
    opening.lastIndex = end;
  }
  return count;
}

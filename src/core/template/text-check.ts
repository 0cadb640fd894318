import { engine } from "../render/engine.ts";
import { explainFailure, explainUnknown, type TextFailure } from "../render/failure.ts";
import { templateReasons } from "./reasons.ts";

export interface TemplateText {
  readonly file: string;
  readonly text: string;
  /** The parameters that the text may use. */
  readonly names: readonly string[];
}

/**
 * What can be said of a text without values: whether it is Liquid, with filters and tags that exist, and which names it uses
 * that neither the parameters nor the text itself give. A syntax error hides what comes after it.
 */
export function checkText(context: TemplateText): TextFailure[] {
  try {
    const { globals } = engine.analyzeSync(engine.parse(context.text, context.file));
    return Object.entries(globals)
      .filter(([name]) => !context.names.includes(name) && !isLoopWord(name))
      .flatMap(([name, uses]) => uses.slice(0, 1).map(({ location }) => ({ name, location })))
      .map(({ name, location }) => ({
        reason: templateReasons.invalidTemplateText,
        position: { file: context.file, line: location.row, column: location.col },
        sentence: explainUnknown(name, context.names),
      }));
  } catch (error) {
    return [explainFailure(error, context)];
  }
}

/** `{% for i in list offset:continue %}`: LiquidJS's analysis takes the word for a variable. */
const isLoopWord = (name: string): boolean => name === "continue";

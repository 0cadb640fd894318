import {
  AssignTag,
  BreakTag,
  CaptureTag,
  CaseTag,
  CommentTag,
  Context,
  ContinueTag,
  EchoTag,
  filters as allFilters,
  ForTag,
  IfTag,
  InlineCommentTag,
  Liquid,
  LiquidTag,
  RawTag,
  type Template,
  toValueSync,
  UnlessTag,
} from "liquidjs";
import { placePlain, placingFilters } from "./placement.ts";
import { TracedOutput } from "./traced-output.ts";

/** Collects under the same limit as the output itself; the library's own collector has none. */
class BoundedCaptureTag extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const output = new TracedOutput();
    yield this.liquid.renderer.renderTemplates(this.templates, context, output);
    // The capture is an ordinary string from here on: what is special in it needs a filter again.
    Object.assign(context.bottom(), { [this.variable]: output.buffer });
  }
}

/**
 * The tags of Liquid that we take. Left out are include, render, layout and block (there are no files to include), tablerow
 * (HTML), and cycle, increment and decrement: those write values past `outputEscape`, and increment writes into the parameters.
 * Of what is left, only HTML and raw write strings, both parts of the template's text; output and echo write Placements.
 */
const tags = {
  assign: AssignTag,
  break: BreakTag,
  capture: BoundedCaptureTag,
  case: CaseTag,
  comment: CommentTag,
  continue: ContinueTag,
  echo: EchoTag,
  for: ForTag,
  if: IfTag,
  liquid: LiquidTag,
  raw: RawTag,
  unless: UnlessTag,
  "#": InlineCommentTag,
};

/**
 * The filters of LiquidJS that we take: what the same values always turn into the same text. Left out are the clock (`date`),
 * chance (`sample`), evaluated expressions (`where_exp`), HTML, URLs, hashes and base64. Nothing rests on this list but that
 * rendering twice gives the same digest: what may be placed is decided on the finished text.
 */
const takenFilters = [
  "abs at_least at_most ceil divided_by floor minus modulo plus round times to_integer",
  "append capitalize downcase lstrip prepend remove remove_first remove_last replace replace_first replace_last",
  "rstrip split squish strip strip_newlines truncate truncatewords upcase",
  "compact concat first join last pop push reverse shift size slice sort sum uniq unshift",
  "default",
].flatMap((line) => line.split(" "));

function createEngine(): Liquid {
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    dynamicPartials: false,
    templates: {},
    globals: {},
    parseLimit: 1_048_576,
    // Characters and list entries that filters and ranges make in one render, all added up.
    memoryLimit: 4_194_304,
  });
  // Set here because its type promises a string, while what LiquidJS does is to hand the result to the emitter as it is.
  Object.assign(engine.options, { outputEscape: placePlain });
  for (const name of Object.keys(engine.tags)) Reflect.deleteProperty(engine.tags, name);
  for (const [name, tag] of Object.entries(tags)) engine.registerTag(name, tag);
  const taken = Object.entries(allFilters).filter(([name]) => takenFilters.includes(name));
  for (const name of Object.keys(engine.filters)) engine.unregisterFilter(name);
  for (const [name, filter] of taken) engine.registerFilter(name, filter);
  for (const [name, handler] of Object.entries(placingFilters)) {
    // `raw` tells LiquidJS not to send the result through outputEscape.
    engine.registerFilter(name, { raw: true, handler });
  }
  return engine;
}

/** LiquidJS takes tokens off the front of a list, each time moving the rest: the time to parse grows with their square. */
const mostExpressions = 5_000;

export class TooManyExpressionsError extends Error {
  constructor(count: number) {
    super(`it has ${String(count)} tags and outputs, above ${String(mostExpressions)}; use loops, or fewer`);
  }
}

/** @throws LiquidError, TooManyExpressionsError */
export function parseTemplate({ text, file }: { text: string; file: string }): Template[] {
  const count = text.match(/\{[{%]/gu)?.length ?? 0;
  if (count > mostExpressions) throw new TooManyExpressionsError(count);
  return engine.parse(text, file);
}

const mostSteps = 50_000;

/** Stands in for LiquidJS's limit of milliseconds: a loaded machine must not refuse a template that another one renders. */
class StepLimit {
  #steps = 0;

  /** LiquidJS asks before each piece of a template. @throws Error beyond the limit */
  check(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new Error("template render limit exceeded");
  }
}

/** Renders into `output`. @throws LiquidError, TooManyExpressionsError */
export function runTemplate(
  source: { text: string; file: string },
  scope: object,
  output: TracedOutput,
): void {
  const templates = parseTemplate(source);
  const context = new Context({ ...scope }, engine.options, { sync: true }, { liquid: engine });
  Object.assign(context, { renderLimit: new StepLimit() });
  toValueSync(engine.renderer.renderTemplates(templates, context, output));
}

/** Keeps no state from one render to the next. */
export const engine: Liquid = createEngine();

export const knownFilters: readonly string[] = [...Object.keys(placingFilters), ...takenFilters].sort();
export const knownTags: readonly string[] = Object.keys(tags).sort();

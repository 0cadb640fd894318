import { LiquidError } from "liquidjs";
import { suggestName } from "../template/spelling.ts";
import { templateReasons } from "../template/reasons.ts";
import { showValue } from "../template/violation.ts";
import { engine, knownFilters, knownTags, TooManyExpressionsError } from "./engine.ts";
import { UnquotedError } from "./placement.ts";
import { formatPosition, lineAt, type Position } from "./position.ts";

export type TemplateReason = (typeof templateReasons)[keyof typeof templateReasons];

/** What is wrong with a text, and where. */
export interface TextFailure {
  readonly reason: TemplateReason;
  readonly position: Position;
  readonly sentence: string;
}

export const describeFailure = ({ position, sentence }: TextFailure): string =>
  `${formatPosition(position)}: ${sentence}`;

/** What of the text's surroundings makes a message better. */
export interface TextContext {
  readonly file: string;
  readonly text: string;
  /** Names that the text may use. */
  readonly names: readonly string[];
}

/** Says in our words what LiquidJS threw. @throws what it was given, when that is no error of a template */
export function explainFailure(error: unknown, context: TextContext): TextFailure {
  if (error instanceof RangeError) return failWhole(context, tooDeep);
  if (error instanceof TooManyExpressionsError) return failWhole(context, error.message);
  if (!LiquidError.is(error)) throw error;
  const [line = 1, column = 1] = error.token.getPosition();
  const position = { file: context.file, line, column };
  const cause = error.originalError ?? error;
  if (cause instanceof RangeError) return failWhole(context, tooDeep);
  if (cause instanceof UnquotedError) {
    const expression = error.token.getText();
    const sentence = explainUnquoted(cause.value, expression, { ...context, position });
    return { reason: templateReasons.unquotedValue, position, sentence };
  }
  const sentence = translate(plainMessage(cause, position), context.names);
  return { reason: templateReasons.invalidTemplateText, position, sentence };
}

/** LiquidJS calls itself for each level of a template, until the stack ends. */
const tooDeep = "tags stand too deep within each other; simplify the template";

const failWhole = ({ file }: TextContext, sentence: string): TextFailure => ({
  reason: templateReasons.invalidTemplateText,
  position: { file, line: 1, column: 1 },
  sentence,
});

/** An error of LiquidJS itself ends with the position, which ours begin with. */
function plainMessage({ message }: Error, { file, line, column }: Position): string {
  const end = `, file:${file}, line:${String(line)}, col:${String(column)}`;
  return shortenMessage(message.endsWith(end) ? message.slice(0, -end.length) : message);
}

/** LiquidJS quotes the tag that it speaks of, however long that is. */
const shortenMessage = (message: string): string =>
  message.length > longestMessage ? `${message.slice(0, longestMessage).toWellFormed()}...` : message;

const longestMessage = 300;

function translate(message: string, names: readonly string[]): string {
  const [, filter] = /^undefined filter: (.*)$/u.exec(message) ?? [];
  if (filter !== undefined)
    return `there is no filter ${JSON.stringify(filter)}; ${suggestName(filter, knownFilters)}`;
  const [, tag] = /^tag "(.*)" not found$/u.exec(message) ?? [];
  if (tag !== undefined) return `there is no tag ${JSON.stringify(tag)} here; ${suggestName(tag, knownTags)}`;
  const [, variable] = /^undefined variable: (.*)$/u.exec(message) ?? [];
  if (variable !== undefined) return explainUnknown(variable, names);
  if (/BigInt/u.test(message)) {
    return "arithmetic on an Integer beyond 2^53 would round it; place it as it is, or give the parameter a smaller maximum";
  }
  if (message.endsWith(" limit exceeded")) {
    return `${message}: the template loops too much or makes too much text; simplify it`;
  }
  return message;
}

export const explainUnknown = (variable: string, names: readonly string[]): string =>
  `there is no parameter or variable ${JSON.stringify(variable)}; ${suggestName(variable, names)}; declare it in spec.parameters or correct the name`;

interface Placed extends TextContext {
  readonly position: Position;
}

function explainUnquoted(value: string, expression: string, placed: Placed): string {
  const used = namesIn(expression).filter((name) => placed.names.includes(name));
  const subject =
    used.length === 0
      ? "this expression has"
      : `parameter ${used.map((name) => JSON.stringify(name)).join(", ")} has`;
  const filter = fittingFilter(placed);
  const written = shortenMessage(insertFilter(expression, filter));
  const other = Object.entries(filterUses)
    .filter(([name]) => name !== filter)
    .map(([name, use]) => `| ${name} (${use})`)
    .join(", ");
  return `${subject} the value ${showValue(value)} with characters that a shell would read as more than text; write ${written} (${filterUses[filter]}), or ${other}`;
}

/** `{{ x }}` becomes `{{ x | sh }}`; a line of a {% liquid %} tag has no end of its own. */
function insertFilter(expression: string, filter: string): string {
  const end = ["-}}", "-%}", "}}", "%}"].find((mark) => expression.endsWith(mark)) ?? "";
  const inner = expression.slice(0, expression.length - end.length).trimEnd();
  return `${inner} | ${filter}${end === "" ? "" : ` ${end}`}`;
}

const filterUses = {
  sh: "one word of a shell",
  dq: "inside double quotes",
  py: "a Python literal",
  sbatch: "one word of an #SBATCH line",
  raw: "as it is, at your own risk",
} as const;

/** The filter for the place: the line tells an #SBATCH line, the file's name a Python program. */
function fittingFilter({ position, file, text }: Placed): "sbatch" | "py" | "sh" {
  if (/^#(?:SBATCH|SLURM|PBS|BSUB)/u.test(lineAt(text, position.line))) return "sbatch";
  return file.endsWith(".py") ? "py" : "sh";
}

function namesIn(expression: string): string[] {
  try {
    // A line of a {% liquid %} tag has no delimiters of its own.
    return engine.globalVariablesSync(expression.startsWith("{") ? expression : `{% ${expression} %}`);
  } catch {
    return [];
  }
}

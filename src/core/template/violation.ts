import type { Parameter } from "../../api/v1alpha1/parameters.ts";
import { describeAllowed } from "./allowed-values.ts";

/** What is wrong with a value, as its message goes on behind it: `is above the maximum 200`. */
export type Violation = string;

/** The one form of all messages on values: parameter, value, rule, field and what to set there. */
export const describeViolation = (
  declared: Parameter,
  { text, broken, field }: { text: string; broken: Violation; field: string },
): string =>
  `parameter ${JSON.stringify(declared.name)}: ${showValue(text)} ${broken}; set ${field} to ${describeAllowed(declared)}`;

const longestShown = 60;

/** Never a whole file in a message. */
export const shorten = (text: string): string =>
  text.length > longestShown ? `${text.slice(0, longestShown).toWellFormed()}...` : text;

/** A value as messages show it: quoted, with control characters visible. */
export const showValue = (text: string): string => JSON.stringify(shorten(text));

/** What is wrong with a value, in the two halves of a sentence, so that whoever knows the field can put it between them. */
export interface Violation {
  /** `1200 is above the maximum 200` */
  readonly says: string;
  /** `at most 200`, to stand behind "set FIELD to" */
  readonly fix: string;
}

export const violation = (says: string, fix: string): Violation => ({ says, fix });

export const describeViolation = (name: string, { says, fix }: Violation, field: string): string =>
  `parameter ${JSON.stringify(name)}: ${says}; set ${field} to ${fix}`;

const longestShown = 60;

/** Never a whole file in a message. */
export const shorten = (text: string): string =>
  text.length > longestShown ? `${text.slice(0, longestShown).toWellFormed()}...` : text;

/** A value as messages show it: quoted, with control characters visible. */
export const showValue = (text: string): string => JSON.stringify(shorten(text));

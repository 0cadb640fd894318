/** Reasons that come out of checking and using a template. The same words stand in conditions and events. */
export const templateReasons = {
  /** A declaration in spec.parameters contradicts itself, or cannot be referred to. */
  invalidParameters: "InvalidParameters",
  /** The text is not Liquid, uses a filter, tag or variable that is not there, or fails while it renders. */
  invalidTemplateText: "InvalidTemplateText",
  /** The values given do not fit the parameters: unknown, missing, wrong type, out of range. */
  invalidParameterValues: "InvalidParameterValues",
  /** A value with characters special to a shell stands in the text without a filter that says how to quote it. */
  unquotedValue: "UnquotedValue",
  /** A value would write, or end, an #SBATCH line. */
  unsafeDirective: "UnsafeDirective",
} as const;

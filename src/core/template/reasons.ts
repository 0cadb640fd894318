/** Reasons that come out of checking and using a template. The same words stand in conditions and events. */
export const templateReasons = {
  /** Ready: scripts can be rendered from the template. */
  valid: "Valid",
  /** Waiting: a ConfigMap that the object refers to is not there. */
  configMapNotFound: "ConfigMapNotFound",
  /** Waiting: the ConfigMap is there, the key is not. */
  configMapKeyNotFound: "ConfigMapKeyNotFound",
  /** Files that contradict each other, or content that is not what it is used as (binary as text, bad base64). */
  invalidFiles: "InvalidFiles",
  /** A declaration in spec.parameters contradicts itself, or cannot be referred to. */
  invalidParameters: "InvalidParameters",
  /** Two variables of the job's environment have one name, or one has a name that is taken by Batchwright or Slurm. */
  invalidVariables: "InvalidVariables",
  /** The text is not Liquid, uses a filter, tag or variable that is not there, or fails while it renders. */
  invalidTemplateText: "InvalidTemplateText",
  /** sbatch, or Batchwright, would refuse every script of the template: a directive without Liquid is wrong. */
  invalidScript: "InvalidScript",
  /** The values given do not fit the parameters: unknown, missing, wrong type, out of range. */
  invalidParameterValues: "InvalidParameterValues",
  /** A value with characters special to a shell stands in the text without a filter that says how to quote it. */
  unquotedValue: "UnquotedValue",
  /** A value would write, or end, an #SBATCH line. */
  unsafeDirective: "UnsafeDirective",
} as const;

/** Reasons of a JobScript beside those of its template (`core/template/reasons.ts`). */
export const scriptReasons = {
  /** Ready: submissions can run it. */
  rendered: "Rendered",
  /** Waiting: there is no JobTemplate of that name. */
  templateNotFound: "TemplateNotFound",
  /** Waiting: the JobTemplate is there, and archived. */
  templateArchived: "TemplateArchived",
  /** Final until the template changes: it is there, and not valid in itself. */
  invalidTemplate: "InvalidTemplate",
  /** sbatch, slurmctld or Batchwright would refuse the script as it now is. */
  invalidScript: "InvalidScript",
  /** The files together are more than a ConfigMap holds. */
  tooLarge: "TooLarge",
  /** Waiting: the API server lets the operator create no ConfigMap, for a quota or for missing rights. */
  filesNotStored: "FilesNotStored",
  /** The ConfigMap of the rendered files is gone, and rendering again does not give the same. */
  filesLost: "FilesLost",
  /** The ConfigMap does not hold what was rendered: its digest differs. */
  filesChanged: "FilesChanged",
  /** Events only: sbatch reads something otherwise than it looks, and nobody is kept from using it. */
  warnings: "ScriptWarnings",
} as const;

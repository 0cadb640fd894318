import type { Finding } from "../../api/v1alpha1/finding.ts";
import type { ReadingWarning } from "../slurm/script/finding.ts";
import { cut } from "../status/conditions.ts";

/** The bounds of `status.warnings` in the API. */
const most = { warnings: 32, message: 1024 };

/** Warnings on a file as a status holds them. */
export const listWarnings = (file: string, warnings: readonly ReadingWarning[]): Finding[] =>
  warnings.slice(0, most.warnings).map(({ line, column, message }) => ({
    file,
    line,
    column,
    message: cut(message, most.message),
  }));

/** Stands behind a message that says that all is well. */
export function mentionWarnings(count: number): string {
  if (count === 0) return "";
  return `; ${count === 1 ? "1 warning" : `${String(count)} warnings`} in status.warnings`;
}

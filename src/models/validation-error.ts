import { z } from "zod";
import type { KindDefinition } from "../api/v1alpha1/definition.ts";

/** One field that is wrong, e.g. `spec.parameters[0].name`. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Thrown by `validate()`; every wrong field is in it. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";
  readonly problems: readonly FieldProblem[];

  constructor(kind: string, problems: readonly FieldProblem[]) {
    super(`${kind}: ${problems.map(({ field, message }) => `${field}: ${message}`).join("; ")}`);
    this.problems = problems;
  }
}

/** @throws ValidationError when `spec`, or a `status` that is there, does not fit its schema */
export function validateModel(object: unknown, { kind, spec, status }: KindDefinition): void {
  const checked = z.object({ spec, status: status.optional() }).safeParse(object);
  if (checked.success) return;
  const problems = checked.error.issues.map(({ path, message }) => ({
    field: z.core.toDotPath(path),
    message,
  }));
  throw new ValidationError(kind, problems);
}

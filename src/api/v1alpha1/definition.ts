import type { z } from "zod";

export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly description?: string;
  /** 0 always shown, 1 with `-o wide`. */
  readonly priority?: 0 | 1;
}

/** Everything that makes a kind: from this come the CRD, the reference page and the model class. */
export interface KindDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly description: string;
  /** Most characters of `metadata.name`, where the name becomes the value of a label (63). */
  readonly longestName?: number;
  readonly spec: z.ZodObject;
  readonly status: z.ZodObject;
  /** `status` of an object that no controller has seen yet. */
  readonly initialStatus: Readonly<Record<string, unknown>>;
  readonly columns: readonly PrinterColumn[];
  readonly selectableFields: readonly string[];
  /** A whole object for the reference page; a test applies it. */
  readonly example: Readonly<Record<string, unknown>>;
}

import { z } from "zod";

/** A rule that the API server enforces (CEL). The message names the field, the rule and the fix. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** Where the error points, as a JSON path below the object that carries the rule. */
  readonly fieldPath?: string;
}

/** Attaches rules for the API server; `npm run generate` copies them to the CRD. */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule[]): S {
  return schema.meta({ ...schema.meta(), "x-kubernetes-validations": rules });
}

/** A list whose entries are told apart by `key`, so that server-side apply merges them one by one. */
export function keyedList<K extends string, S extends z.ZodType<Readonly<Record<K, unknown>>>>(
  entry: S,
  key: K,
  most: number,
) {
  return z
    .array(entry)
    .max(most)
    .refine((entries) => new Set(entries.map((one) => one[key])).size === entries.length, {
      error: `two entries have the same ${key}; keep one of them`,
    })
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key] });
}

/** A list that is replaced as a whole. */
export function plainList<S extends z.ZodType>(entry: S, most: number) {
  return z.array(entry).max(most).meta({ "x-kubernetes-list-type": "atomic" });
}

/**
 * Text of at most `most` characters that `pattern`, if there is one, matches from ^ to $. Counted in code points as the
 * API server does, not in UTF-16 units: what it accepts must be readable for us.
 * Go reads the pattern too: no \s (other characters there), no look-around, no \u.
 */
export function text(most: number, pattern?: RegExp) {
  const bounded = z
    .string()
    .refine((value) => value.length <= most || Array.from(value).length <= most, {
      error: `Too long: expected string to have <=${most} characters`,
    })
    .meta({ maxLength: most });
  return pattern === undefined ? bounded : bounded.regex(pattern);
}

/** A name as Slurm takes it within a comma-separated list: nothing that ends a word in its configuration or on a command line. */
export const slurmName = text(255, /^[^\0- \x7f,"'\\#]+$/).min(1);

/** Text of one line: nothing that could end a line of a script or of a configuration. */
export const line = (most: number) => text(most, /^[^\r\n\0]*$/);

export const int32 = (least: number, most: number) => z.int32().min(least).max(most);

/** RFC 3339, as `metav1.Time`. */
export const time = z.iso.datetime({ offset: true });

/** Most characters of the value of a label. */
export const longestLabelValue = 63;

const subdomain = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

/** A name as Kubernetes takes it for objects (DNS-1123 subdomain). */
export const objectName = subdomain(253);
/** A name that links objects of ours by label, so it must fit into one. */
export const linkName = subdomain(longestLabelValue);
/** DNS-1123 label. */
export const labelName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
/** What a shell takes for the name of a variable. */
export const variableName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

import { z } from "zod";
import { output } from "../../api/v1alpha1/parameters.ts";
import { resources } from "../../api/v1alpha1/resources.ts";

const variable = z.object({ name: z.string(), value: z.string() });
export type Variable = z.infer<typeof variable>;

/** All of a rendered script but the files' content. */
export const scriptManifest = z.object({
  entrypoint: z.object({ name: z.string() }),
  supportFiles: z.array(
    z.object({
      path: z.string(),
      /** Permission bits, none of them for writing. */
      mode: z.int().min(0).max(0o777),
    }),
  ),
  environment: z.object({
    modules: z.array(z.string()),
    variables: z.array(variable),
    setup: z.string().optional(),
    interpreter: z.string().optional(),
  }),
  /** Parameters as variables of the environment, under their whole name (`PARAM_cutoff`). */
  parameters: z.array(variable),
  resources,
  outputs: z.array(output),
});
export type ScriptManifest = z.infer<typeof scriptManifest>;

export interface RenderedFile {
  readonly path: string;
  readonly mode: number;
  readonly base64: string;
}

/** Everything that a submission sends to a cluster or puts into a pod. It never changes: a change makes another one. */
export interface RenderedScript extends Omit<ScriptManifest, "entrypoint" | "supportFiles"> {
  readonly entrypoint: { readonly name: string; readonly text: string };
  /** Sorted by path. */
  readonly supportFiles: readonly RenderedFile[];
  /** `sha256:` and 64 hexadecimal digits, of all of the above. */
  readonly digest: string;
}

export type UnsignedScript = Omit<RenderedScript, "digest">;

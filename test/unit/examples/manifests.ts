import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

export const root = join(import.meta.dirname, "../../..");

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface Placed {
  /** File and, for a block of a page, the line it begins in. */
  readonly where: string;
  readonly manifest: Manifest;
}

/** Every object of a YAML text. @throws what is no YAML, or a document that is no Kubernetes object */
export function readManifests(where: string, text: string): Placed[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${where}: ${error.message}`);
    const read = manifestSchema.safeParse(document.toJS());
    if (!read.success) throw new Error(`${where}: no Kubernetes object: ${z.prettifyError(read.error)}`);
    return { where, manifest: read.data };
  });
}

export const readText = (path: string): string => readFileSync(join(root, path), "utf8");

/** The objects of all files below examples/. */
export const exampleManifests = (): Placed[] =>
  globSync("examples/**/*.yaml", { cwd: root })
    .sort()
    .flatMap((path) => readManifests(path, readText(path)));

/** Pages for people; docs/spec is generated from the schemas themselves. */
const pages = (): string[] => ["README.md", ...globSync("docs/*.md", { cwd: root }).sort()];

/**
 * The objects in the ```yaml blocks of the pages. A block that shows part of an object only is not one (it has no `kind:` at
 * the beginning of a line).
 */
export const pageManifests = (): Placed[] =>
  pages().flatMap((path) => {
    const text = readText(path);
    return [...text.matchAll(/^```yaml\n(.*?)^```$/gmsu)].flatMap((block) => {
      const [, yaml = ""] = block;
      const line = text.slice(0, block.index).split("\n").length + 1;
      return /^kind:/mu.test(yaml) ? readManifests(`${path}:${String(line)}`, yaml) : [];
    });
  });

/** The relative links of the pages that lead nowhere. */
export const deadLinks = (): string[] =>
  pages().flatMap((path) =>
    [...readText(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)]
      .map(([, target = ""]) => target)
      .filter((target) => globSync(join(path, "..", target), { cwd: root }).length === 0)
      .map((target) => `${path}: ${target}`),
  );

import type { Entrypoint, SupportFile } from "../../api/v1alpha1/files.ts";
import type { KeyReference, NamedValue } from "../../api/v1alpha1/values.ts";
import { final, not, ok, type Outcome, type Problem } from "../problem.ts";
import { type ConfigMaps, type Content, lookUpKey, lookUpText } from "./config-maps.ts";
import { joinAny } from "./problems.ts";
import { templateReasons } from "./reasons.ts";
import type { GivenValue } from "./resolve-parameters.ts";

/** The part that a template and a script written inline have in common. */
export interface ScriptSource {
  readonly entrypoint: Entrypoint;
  readonly supportFiles?: readonly SupportFile[] | undefined;
  readonly environment?: { readonly variables?: readonly NamedValue[] | undefined } | undefined;
}

export interface LoadedFile {
  readonly path: string;
  /** Permission bits, none of them for writing. */
  readonly mode: number;
  readonly isRendered: boolean;
  readonly content: Content;
}

/** A source with all that it refers to. */
export interface LoadedSource {
  readonly entrypoint: { readonly name: string; readonly text: string };
  readonly supportFiles: readonly LoadedFile[];
  readonly variables: readonly GivenValue[];
}

/** Names of the ConfigMaps that have to be read before the source can be loaded. */
export function referencedConfigMaps(source: ScriptSource, values: readonly NamedValue[] = []): string[] {
  const references: (KeyReference | undefined)[] = [
    source.entrypoint.configMapKeyRef,
    ...(source.supportFiles ?? []).map(({ configMapKeyRef }) => configMapKeyRef),
    ...[...(source.environment?.variables ?? []), ...values].map(
      ({ valueFrom }) => valueFrom?.configMapKeyRef,
    ),
  ];
  return [
    ...new Set(references.flatMap((reference) => (reference === undefined ? [] : [reference.name]))),
  ].sort();
}

/** Everything that is missing or wrong is told at once. */
export function loadSource(source: ScriptSource, maps: ConfigMaps): Outcome<LoadedSource> {
  const entrypoint = loadEntrypoint(source.entrypoint, maps);
  const files = (source.supportFiles ?? []).map((file) => loadFile(file, maps));
  const variables = loadValues(source.environment?.variables ?? [], maps, "spec.environment.variables");
  const problem = joinAny([...problemsOf([entrypoint, ...files, variables]), ...checkPaths(source)]);
  if (problem !== undefined) return not(problem);
  if (!entrypoint.ok || !variables.ok) throw new Error("an outcome without problem has a value");
  return ok({
    entrypoint: { name: source.entrypoint.name, text: entrypoint.value },
    supportFiles: files.flatMap((file) => (file.ok ? [file.value] : [])),
    variables: variables.value,
  });
}

/** The values of a list that may refer to ConfigMaps; `field` is the list, for messages. */
export function loadValues(
  values: readonly NamedValue[],
  maps: ConfigMaps,
  field: string,
): Outcome<GivenValue[]> {
  const loaded = values.map(({ name, value, valueFrom }): Outcome<GivenValue> => {
    if (valueFrom === undefined) return ok({ name, value: value ?? "" });
    const place = `${field}[${name}].valueFrom.configMapKeyRef`;
    const text = lookUpText(maps, valueFrom.configMapKeyRef, place);
    // Editors end a file with a line break that nobody means as part of a value.
    return text.ok ? ok({ name, value: text.value.replace(/\r?\n$/u, "") }) : text;
  });
  const problem = joinAny(problemsOf(loaded));
  return problem === undefined ? ok(loaded.flatMap((one) => (one.ok ? [one.value] : []))) : not(problem);
}

function loadEntrypoint({ text, configMapKeyRef }: Entrypoint, maps: ConfigMaps): Outcome<string> {
  if (configMapKeyRef === undefined) return ok(text ?? "");
  return lookUpText(maps, configMapKeyRef, "spec.entrypoint.configMapKeyRef");
}

const readBits = 0o444;
const writeBits = 0o222;

function loadFile(file: SupportFile, maps: ConfigMaps): Outcome<LoadedFile> {
  const content = loadContent(file, maps);
  if (!content.ok) return content;
  const isRendered = file.render === true;
  if (isRendered && content.value.is === "bytes") {
    const message = `spec.supportFiles[${file.path}]: it is binary and cannot be rendered; give it as text, or set render: false`;
    return not(final(templateReasons.invalidFiles, message));
  }
  return ok({
    path: file.path,
    mode: (file.mode ?? readBits) & ~writeBits,
    isRendered,
    content: content.value,
  });
}

function loadContent(
  { path, text, base64, configMapKeyRef }: SupportFile,
  maps: ConfigMaps,
): Outcome<Content> {
  const field = `spec.supportFiles[${path}]`;
  if (configMapKeyRef !== undefined) return lookUpKey(maps, configMapKeyRef, `${field}.configMapKeyRef`);
  if (base64 === undefined) return ok({ is: "text", text: text ?? "" });
  const bare = base64.replace(/\s/gu, "");
  if (bare.length % 4 === 0) return ok({ is: "bytes", base64: bare });
  const message = `${field}.base64: its length is no multiple of four, so something is missing; encode the file again (base64 FILE)`;
  return not(final(templateReasons.invalidFiles, message));
}

/** All files lie in one directory, the entrypoint among them; a path cannot be both a file and a directory of others. */
function checkPaths({ entrypoint, supportFiles = [] }: ScriptSource): Problem[] {
  const paths = supportFiles.map(({ path }) => path);
  const twice = paths.includes(entrypoint.name)
    ? [`${entrypoint.name} is the entrypoint's name too, and both lie in $JOB_TEMPLATE_DIR`]
    : [];
  const nested = [entrypoint.name, ...paths].flatMap((path) =>
    paths
      .filter((other) => other.startsWith(`${path}/`))
      .map((other) => `${path} is a file, and ${other} needs a directory of that name`),
  );
  return [...twice, ...nested].map((sentence) =>
    final(templateReasons.invalidFiles, `spec.supportFiles: ${sentence}; rename one of them`),
  );
}

const problemsOf = (outcomes: readonly Outcome<unknown>[]): Problem[] =>
  outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.problem]));

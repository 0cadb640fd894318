import type { KeyReference } from "../../api/v1alpha1/values.ts";
import { final, not, ok, waiting, type Outcome } from "../problem.ts";
import { templateReasons } from "./reasons.ts";

/** What one ConfigMap holds. `binaryData` is base64, as on the wire. */
export interface ConfigMapContent {
  readonly data: Readonly<Record<string, string>>;
  readonly binaryData: Readonly<Record<string, string>>;
}

/** By name, those of one namespace that exist. A name that is missing here was looked for and is not there. */
export type ConfigMaps = ReadonlyMap<string, ConfigMapContent>;

export type Content =
  { readonly is: "text"; readonly text: string } | { readonly is: "bytes"; readonly base64: string };

/** The content of a key, or waiting for it. `field` is what refers to it, for the message. */
export function lookUpKey(maps: ConfigMaps, { name, key }: KeyReference, field: string): Outcome<Content> {
  const map = maps.get(name);
  if (map === undefined) {
    const message = `${field}: there is no ConfigMap "${name}" in this namespace; create it, or correct the name`;
    return not(waiting(templateReasons.configMapNotFound, message));
  }
  const text = map.data[key];
  if (text !== undefined) return ok({ is: "text", text });
  const base64 = map.binaryData[key];
  if (base64 !== undefined) return ok({ is: "bytes", base64 });
  const keys = [...Object.keys(map.data), ...Object.keys(map.binaryData)].sort();
  const known = keys.length === 0 ? "it is empty" : `it has ${keys.slice(0, 20).join(", ")}`;
  const message = `${field}: ConfigMap "${name}" has no key "${key}" (${known}); add the key, or correct its name`;
  return not(waiting(templateReasons.configMapKeyNotFound, message));
}

/** The same for what has to be text. */
export function lookUpText(maps: ConfigMaps, reference: KeyReference, field: string): Outcome<string> {
  const content = lookUpKey(maps, reference, field);
  if (!content.ok) return content;
  if (content.value.is === "text") return ok(content.value.text);
  const message = `${field}: key "${reference.key}" of ConfigMap "${reference.name}" is binary data, and text is needed; put it under data, not binaryData`;
  return not(final(templateReasons.invalidFiles, message));
}

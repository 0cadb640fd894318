import { type Key, splitKey } from "./key.ts";

/** What the API server needs to know of a kind to serve it. `group` is "" for the core group. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export type Subresource = "status" | "scale" | "token";

export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** `plural.group`, as kubectl names it: for messages and metric labels. */
export function resourceName(resource: Resource): string {
  return resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** The path of a collection; of all namespaces when `namespace` is undefined. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const root = resource.group === "" ? "/api" : `/apis/${encodeURIComponent(resource.group)}`;
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  if (namespace !== undefined && !resource.namespaced) {
    throw new RangeError(
      `${resourceName(resource)} is cluster-scoped, but namespace "${namespace}" was given`,
    );
  }
  return `${root}/${encodeURIComponent(resource.version)}${scope}/${encodeURIComponent(resource.plural)}`;
}

/** @throws RangeError when the key's form does not fit the resource's scope: a programming error */
export function objectPath(resource: Resource, key: Key, subresource?: Subresource): string {
  const { namespace, name } = splitKey(key);
  if (resource.namespaced && namespace === undefined) {
    throw new RangeError(`${resourceName(resource)} is namespaced, but key "${key}" has no namespace`);
  }
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

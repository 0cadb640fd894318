declare const brand: unique symbol;

/**
 * Names one object of one resource: `namespace/name`, or `name` when the resource is cluster-scoped.
 * A plain string, so that it can be a key of maps and a log field as it is.
 */
export type Key = string & { readonly [brand]: "Key" };

/** The two halves of a key; `namespace` is undefined for a cluster-scoped object. */
export interface KeyParts {
  readonly namespace: string | undefined;
  readonly name: string;
}

// Names are DNS subdomains, or path segments for a few kinds of RBAC: neither holds a slash.
const form = /^(?:[^/\s]+\/)?[^/\s]+$/u;

export function isKey(text: string): text is Key {
  return form.test(text);
}

/** @throws RangeError when the parts make no key: a name from the API server always does */
export function keyOf(parts: { readonly namespace?: string | undefined; readonly name: string }): Key {
  const text = parts.namespace === undefined ? parts.name : `${parts.namespace}/${parts.name}`;
  if (!isKey(text) || (parts.namespace === undefined && text.includes("/"))) {
    throw new RangeError(`"${text}" is no object key: expected "name" or "namespace/name"`);
  }
  return text;
}

export function splitKey(key: Key): KeyParts {
  const slash = key.indexOf("/");
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

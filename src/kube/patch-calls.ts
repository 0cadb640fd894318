import type { Call, Caller } from "./caller.ts";
import { type Key, splitKey } from "./key.ts";
import type { Parser } from "./metadata.ts";
import { read } from "./object-calls.ts";
import type { Apply, JsonPatch, MergePatch } from "./request.ts";
import { apiVersionOf, objectPath, type Resource, resourceName, type Subresource } from "./resource.ts";

interface Target {
  readonly resource: Resource;
  readonly key: Key;
  readonly subresource?: Subresource;
}

export async function applyObject<T>(caller: Caller, request: Apply & Target, parser: Parser<T>): Promise<T> {
  const { resource, key, object, fieldManager, force } = request;
  const given = "metadata" in object && typeof object.metadata === "object" ? object.metadata : {};
  const { namespace, name } = splitKey(key);
  const call = patchCall(request, {
    limits: request,
    verb: "apply",
    contentType: "application/apply-patch+yaml",
    query: { fieldManager, force: force === true ? "true" : undefined },
    body: {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { ...given, name, ...(namespace === undefined ? {} : { namespace }) },
    },
    idempotence: "idempotent",
  });
  return read(parser, await caller.call(call), `apply ${call.target}`);
}

export async function mergePatchObject<T>(
  caller: Caller,
  request: MergePatch & Target,
  parser: Parser<T>,
): Promise<T> {
  const { merge, resourceVersion, fieldManager } = request;
  const given = "metadata" in merge && typeof merge.metadata === "object" ? merge.metadata : {};
  const body = resourceVersion === undefined ? merge : { ...merge, metadata: { ...given, resourceVersion } };
  const call = patchCall(request, {
    limits: request,
    verb: "patch",
    contentType: "application/merge-patch+json",
    query: { fieldManager },
    body,
    // Tried twice, a merge patch gives the same object; with a precondition the second try reports a Conflict, and its caller looks again.
    idempotence: "idempotent",
  });
  return read(parser, await caller.call(call), `patch ${call.target}`);
}

export async function jsonPatchObject<T>(
  caller: Caller,
  request: JsonPatch & Target,
  parser: Parser<T>,
): Promise<T> {
  const { operations, fieldManager } = request;
  const call = patchCall(request, {
    limits: request,
    verb: "patch",
    contentType: "application/json-patch+json",
    query: { fieldManager },
    body: operations,
    // `add` to a list, or `remove`, does something else the second time.
    idempotence: "once",
  });
  return read(parser, await caller.call(call), `patch ${call.target}`);
}

function patchCall(target: Target, call: Omit<Call, "method" | "path" | "target">): Call {
  const { resource, key, subresource } = target;
  const suffix = subresource === undefined ? "" : `/${subresource}`;
  return {
    ...call,
    method: "PATCH",
    path: objectPath(resource, key, subresource),
    target: `${resourceName(resource)}${suffix} ${key}`,
  };
}

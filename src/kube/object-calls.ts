import { z } from "zod";
import type { Caller, CallOptions } from "./caller.ts";
import { UnreadableError } from "./errors.ts";
import type { Key } from "./key.ts";
import type { Parser } from "./metadata.ts";
import type { Create, Delete, ListQuery, Page } from "./request.ts";
import { apiVersionOf, collectionPath, objectPath, type Resource, resourceName } from "./resource.ts";

const listTimeoutMs = 60_000;

const listBody = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    continue: z.string().optional(),
  }),
  items: z.array(z.unknown()).nullable(),
});

export async function getObject<T>(
  caller: Caller,
  request: { resource: Resource; key: Key; limits: CallOptions | undefined },
  parser: Parser<T>,
): Promise<T> {
  const { resource, key, limits } = request;
  const target = `${resourceName(resource)} ${key}`;
  const body = await caller.call({
    limits,
    verb: "get",
    method: "GET",
    path: objectPath(resource, key),
    target,
    query: {},
    idempotence: "idempotent",
  });
  return read(parser, body, `get ${target}`);
}

export async function listPage<T>(
  caller: Caller,
  request: ListQuery & { resource: Resource },
  parser: Parser<T>,
): Promise<Page<T>> {
  const { resource, limit } = request;
  const target = resourceName(resource);
  const body = await caller.call({
    limits: request,
    timeoutMs: listTimeoutMs,
    verb: "list",
    method: "GET",
    path: collectionPath(resource, request.namespace),
    target,
    query: {
      limit: limit === undefined ? undefined : String(limit),
      continue: request.continueToken,
      fieldSelector: request.fieldSelector,
      labelSelector: request.labelSelector,
      resourceVersion: request.resourceVersion,
    },
    idempotence: "idempotent",
  });
  const { metadata, items } = read(listBody, body, `list ${target}`);
  return {
    items: (items ?? []).map((item) => read(parser, item, `list ${target}`)),
    resourceVersion: metadata.resourceVersion,
    continueToken: metadata.continue === "" ? undefined : metadata.continue,
  };
}

export async function createObject<T>(
  caller: Caller,
  request: Create & { resource: Resource },
  parser: Parser<T>,
): Promise<T> {
  const { resource, namespace, object, fieldManager } = request;
  const target =
    namespace === undefined ? resourceName(resource) : `${resourceName(resource)} in ${namespace}`;
  const body = await caller.call({
    limits: request,
    verb: "create",
    method: "POST",
    path: collectionPath(resource, namespace),
    target,
    query: { fieldManager },
    body: { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object },
    idempotence: "once",
  });
  return read(parser, body, `create ${target}`);
}

export async function deleteObject(
  caller: Caller,
  request: Delete & { resource: Resource; key: Key },
): Promise<void> {
  const { resource, key, preconditions, propagation, gracePeriodSeconds } = request;
  await caller.call({
    limits: request,
    verb: "delete",
    method: "DELETE",
    path: objectPath(resource, key),
    target: `${resourceName(resource)} ${key}`,
    query: {},
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(preconditions === undefined ? {} : { preconditions }),
      ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    },
    // The precondition makes a second delete harmless; without one it could hit an object that was created in between.
    idempotence: preconditions === undefined ? "once" : "idempotent",
  });
}

/** What the caller's parser refuses is a fault of the answer, named with the call that brought it. */
export function read<T>(parser: Parser<T>, value: unknown, request: string): T {
  try {
    return parser.parse(value);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UnreadableError(`the object does not have the expected form: ${text}`, {
      request,
      cause: error,
    });
  }
}

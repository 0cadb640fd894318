import type { Logger } from "pino";
import { Caller, type CallOptions } from "./caller.ts";
import type { CredentialSource } from "./credentials.ts";
import { NotFoundError } from "./errors.ts";
import type { Key } from "./key.ts";
import type { Parser } from "./metadata.ts";
import { type KubeMetrics, noKubeMetrics } from "./metrics.ts";
import { createObject, deleteObject, getObject, listPage } from "./object-calls.ts";
import { applyObject, jsonPatchObject, mergePatchObject } from "./patch-calls.ts";
import type { Apply, Create, Delete, JsonPatch, ListQuery, MergePatch, Page } from "./request.ts";
import type { Resource } from "./resource.ts";
import { Transport } from "./transport.ts";
import { watchEvents, type WatchEvent, type WatchQuery } from "./watch.ts";

/**
 * One API server. Every call ends by its signal or time limit, throws only a `KubeFailure` (errors.ts), and returns what the caller's
 * parser made of the raw JSON: nothing is dropped, nothing becomes a Date, and no object is ever written back whole.
 *
 * A reconciler begins with `find` or `get` of its own object: an unqualified read is answered from etcd's quorum, so it always shows the
 * caller's own last write. A cache may be older; it serves for what wakes reconcilers and for looking up other objects.
 */
export interface KubeClient extends AsyncDisposable {
  /** Base address of the API server, as the credentials name it. */
  readonly server: string;
  /** By the API server's clock, as its last answer told it: milliseconds since the epoch. Undefined before the first, and where a proxy hides it. */
  serverTime(): number | undefined;
  /** @throws NotFoundError among the others */
  get<T>(resource: Resource, key: Key, parser: Parser<T>, options?: CallOptions): Promise<T>;
  /** As `get`; undefined when the object does not exist. A missing CRD is still an error. */
  find<T>(resource: Resource, key: Key, parser: Parser<T>, options?: CallOptions): Promise<T | undefined>;
  /** One page. `remaining` pages follow while `continueToken` is set. */
  list<T>(resource: Resource, query: ListQuery, parser: Parser<T>): Promise<Page<T>>;
  /** Sent once: after a failure that is `unclear`, look before creating again. @throws AlreadyExistsError among the others */
  create<T>(resource: Resource, request: Create, parser: Parser<T>): Promise<T>;
  /** Server-side apply; creates what is missing. apiVersion, kind, name and namespace are filled in. @throws ConflictError */
  apply<T>(resource: Resource, key: Key, request: Apply, parser: Parser<T>): Promise<T>;
  /** The same for `/status`. */
  applyStatus<T>(resource: Resource, key: Key, request: Apply, parser: Parser<T>): Promise<T>;
  /** JSON merge patch; with `resourceVersion` only if the object has not moved on. @throws ConflictError */
  mergePatch<T>(resource: Resource, key: Key, request: MergePatch, parser: Parser<T>): Promise<T>;
  /** The same for `/status`. */
  patchStatus<T>(resource: Resource, key: Key, request: MergePatch, parser: Parser<T>): Promise<T>;
  /** JSON patch; a `test` that does not hold is an InvalidError. */
  jsonPatch<T>(resource: Resource, key: Key, request: JsonPatch, parser: Parser<T>): Promise<T>;
  /** Returns when the server has accepted; finalizers and dependants may keep the object for a while. @throws NotFoundError */
  delete(resource: Resource, key: Key, request?: Delete): Promise<void>;
  /** One watch, until it ends; no reconnecting. */
  watch(resource: Resource, query: WatchQuery): AsyncIterable<WatchEvent>;
}

export interface KubeClientOptions {
  readonly source: CredentialSource;
  readonly logger: Logger;
  readonly metrics?: KubeMetrics;
  /** Milliseconds for which credentials are used before their files are looked at again. */
  readonly credentialsFreshMs?: number;
}

/** Loads the credentials and checks that they name a cluster; the first connection is made by the first call. @throws CredentialSourceError */
export function openKubeClient(options: KubeClientOptions): KubeClient {
  const { logger, metrics = noKubeMetrics } = options;
  const closing = new AbortController();
  const transport = new Transport({
    source: options.source,
    logger,
    metrics,
    freshMs: options.credentialsFreshMs,
  });
  const caller = new Caller({ transport, metrics, logger, closing: closing.signal });

  const client: KubeClient = {
    get server() {
      return transport.address;
    },
    serverTime: () => caller.serverTime,
    get: async (resource, key, parser, call) => getObject(caller, { resource, key, limits: call }, parser),
    find: async (resource, key, parser, call) => {
      try {
        return await client.get(resource, key, parser, call);
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    list: async (resource, query, parser) => listPage(caller, { resource, ...query }, parser),
    create: async (resource, request, parser) => createObject(caller, { resource, ...request }, parser),
    apply: async (resource, key, request, parser) =>
      applyObject(caller, { resource, key, ...request }, parser),
    applyStatus: async (resource, key, request, parser) =>
      applyObject(caller, { resource, key, ...request, subresource: "status" }, parser),
    mergePatch: async (resource, key, request, parser) =>
      mergePatchObject(caller, { resource, key, ...request }, parser),
    patchStatus: async (resource, key, request, parser) =>
      mergePatchObject(caller, { resource, key, ...request, subresource: "status" }, parser),
    jsonPatch: async (resource, key, request, parser) =>
      jsonPatchObject(caller, { resource, key, ...request }, parser),
    delete: async (resource, key, request) => deleteObject(caller, { resource, key, ...request }),
    watch: (resource, query) => watchEvents(caller, resource, query),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await transport[Symbol.asyncDispose]();
    },
  };
  return client;
}

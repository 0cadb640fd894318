import { z } from "zod";
import { connectionFailure } from "./connection-failure.ts";
import { Deadline } from "./deadline.ts";
import type { Call, Caller } from "./caller.ts";
import { AbortedError, KubeError, type KubeFailure, UnreadableError } from "./errors.ts";
import { splitLines } from "./lines.ts";
import { collectionPath, type Resource, resourceName } from "./resource.ts";
import { watchFailureOf } from "./status.ts";

export interface WatchQuery {
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Events after this version. Absent with `initialEvents`: the present state comes first, consistently read. */
  readonly resourceVersion?: string | undefined;
  /**
   * Asks for all present objects as ADDED events, ended by a bookmark (WatchList; server since 1.32, refused with 422 where it is off).
   * Source: kubernetes.io/docs/reference/using-api/api-concepts, streaming lists.
   */
  readonly initialEvents?: boolean;
  /** The server ends the watch after so many seconds. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Limit for the server to accept the watch; the stream itself is limited by `timeoutSeconds` and `signal`. */
  readonly openTimeoutMs?: number;
}

export type WatchEvent =
  | { readonly is: "added" | "modified" | "deleted"; readonly object: unknown }
  | { readonly is: "bookmark"; readonly resourceVersion: string; readonly endsInitialEvents: boolean }
  | { readonly is: "error"; readonly failure: KubeFailure };

const envelope = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]),
  object: z.unknown(),
});

const bookmark = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

const defaultOpenTimeoutMs = 30_000;
/** What a server that honours `timeoutSeconds` never needs: a stream that outlives its limit by this much is dead. */
const graceMs = 30_000;

/**
 * Events in order until the server ends the watch. Leaving the loop closes the connection.
 * @throws KubeFailure when the watch is refused, the connection breaks, or the signal fires
 */
export async function* watchEvents(
  caller: Caller,
  resource: Resource,
  query: WatchQuery,
): AsyncGenerator<WatchEvent, void, void> {
  const call = watchCall(resource, query);
  const request = `watch ${call.target}`;
  using deadline = new Deadline({
    timeoutMs: query.openTimeoutMs ?? defaultOpenTimeoutMs,
    signals: [query.signal, caller.closing],
  });
  const body = await caller.open(call, deadline);
  // A stream that is destroyed half-read reports that as an error; whoever destroyed it knows.
  body.on("error", () => undefined);
  deadline.restart(query.timeoutSeconds * 1000 + graceMs);
  try {
    for await (const line of splitLines(body)) yield parseEvent(line, request);
  } catch (error) {
    if (error instanceof KubeError) throw error;
    if (caller.closing.aborted) throw new AbortedError("the client is closed", { request });
    throw deadline.failure(request) ?? connectionFailure(request, error);
  } finally {
    body.destroy();
  }
}

function watchCall(resource: Resource, query: WatchQuery): Call {
  const initial = query.initialEvents === true;
  return {
    limits: undefined,
    verb: "watch",
    method: "GET",
    path: collectionPath(resource, query.namespace),
    target: resourceName(resource),
    query: {
      watch: "1",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(query.timeoutSeconds),
      fieldSelector: query.fieldSelector,
      labelSelector: query.labelSelector,
      resourceVersion: query.resourceVersion,
      sendInitialEvents: initial ? "true" : undefined,
      resourceVersionMatch: initial ? "NotOlderThan" : undefined,
    },
    idempotence: "idempotent",
  };
}

function parseEvent(line: string, request: string): WatchEvent {
  try {
    const event = envelope.parse(JSON.parse(line));
    switch (event.type) {
      case "ADDED":
        return { is: "added", object: event.object };
      case "MODIFIED":
        return { is: "modified", object: event.object };
      case "DELETED":
        return { is: "deleted", object: event.object };
      case "BOOKMARK": {
        const { resourceVersion, annotations } = bookmark.parse(event.object).metadata;
        const endsInitialEvents = annotations["k8s.io/initial-events-end"] === "true";
        return { is: "bookmark", resourceVersion, endsInitialEvents };
      }
      case "ERROR":
        return { is: "error", failure: watchFailureOf(request, event.object) };
    }
  } catch (error) {
    throw new UnreadableError(`the event is not readable: ${line.slice(0, 200)}`, { request, cause: error });
  }
}

import type { CallOptions } from "./caller.ts";
import type { Subresource } from "./resource.ts";

export interface ListQuery extends CallOptions {
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Objects a page; the whole collection when absent. */
  readonly limit?: number;
  readonly continueToken?: string | undefined;
  /** "0" is any state that a cache knows, maybe an old one; absent is the newest state. */
  readonly resourceVersion?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Of the whole collection at one moment: a watch goes on from here. */
  readonly resourceVersion: string;
  readonly continueToken: string | undefined;
}

export interface Create extends CallOptions {
  readonly namespace?: string | undefined;
  readonly object: object;
  readonly fieldManager?: string;
}

export interface Apply extends CallOptions {
  /** Only the fields that the manager owns. */
  readonly object: object;
  readonly fieldManager: string;
  /** Takes fields over from other managers; without it they are a ConflictError. */
  readonly force?: boolean;
  readonly subresource?: Subresource;
}

export interface MergePatch extends CallOptions {
  /** RFC 7386: null removes, lists are replaced whole. */
  readonly merge: object;
  /** The version that the patch was made for. */
  readonly resourceVersion?: string;
  readonly fieldManager?: string;
  readonly subresource?: Subresource;
}

/** RFC 6902, without the operations that nobody needs here. `path` is a JSON pointer. */
export type JsonPatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

export interface JsonPatch extends CallOptions {
  readonly operations: readonly JsonPatchOperation[];
  readonly fieldManager?: string;
  readonly subresource?: Subresource;
}

export interface Delete extends CallOptions {
  /** ConflictError unless the object is still this one. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagation?: "Foreground" | "Background" | "Orphan";
  readonly gracePeriodSeconds?: number;
}

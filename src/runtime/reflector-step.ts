import type { KubeFailure } from "../kube/errors.ts";
import type { Key } from "../kube/key.ts";

/**
 * The reflector as a state machine: one pure step from (state, input) to (state, commands for the store, what to do next).
 * All waiting, all requests and all randomness are outside, in reflector.ts.
 */
export type ReflectorState = Memory &
  (
    | { readonly is: "empty" }
    /** Between two pages of a list. */
    | { readonly is: "paging" }
    /** A watch list is sending the present objects. */
    | { readonly is: "streaming" }
    /** The state at `resourceVersion` is known and no watch is open. */
    | { readonly is: "listed"; readonly resourceVersion: string }
    | { readonly is: "watching"; readonly resourceVersion: string }
  );

/** How the present state is asked for. `whole`: in one piece, after the continue token of a paged list expired on the way. */
export type Strategy = "watchList" | "paged" | "whole";

interface Memory {
  readonly strategy: Strategy;
  /** Failures in a row; they decide the backoff. */
  readonly failures: number;
}

/** An object of which only the name and the version have been read. */
export interface Identified {
  readonly key: Key;
  readonly resourceVersion: string;
  readonly object: unknown;
}

export type ReflectorInput =
  | { readonly is: "begin" }
  | {
      readonly is: "page";
      readonly items: readonly Identified[];
      readonly resourceVersion: string;
      readonly continueToken: string | undefined;
    }
  | { readonly is: "put" | "remove"; readonly item: Identified }
  | { readonly is: "bookmark"; readonly resourceVersion: string; readonly endsInitialEvents: boolean }
  /** `livedMs`: how long the watch, or the list, had been open. */
  | { readonly is: "ended"; readonly livedMs: number }
  | { readonly is: "failed"; readonly failure: KubeFailure; readonly livedMs: number }
  /** Not even a bookmark for longer than the watchdog allows. */
  | { readonly is: "idle" };

export type StoreCommand =
  | { readonly is: "beginList" }
  | { readonly is: "put" | "remove"; readonly item: Identified }
  | { readonly is: "endList" };

export type Effect =
  | { readonly is: "list"; readonly paged: boolean; readonly continueToken: string | undefined }
  /** Without a version: with the present objects first. */
  | { readonly is: "watch"; readonly resourceVersion: string | undefined }
  /** The watch is open: read its next event. */
  | { readonly is: "read" }
  /** Back off, then `begin`. */
  | { readonly is: "wait"; readonly failures: number; readonly atLeastMs: number; readonly why: string };

export interface ReflectorOutput {
  readonly state: ReflectorState;
  readonly commands: readonly StoreCommand[];
  readonly effect: Effect;
}

/** A watch that lived so long was healthy: what fails next is a first failure (client-go resets its backoff after 2 min). */
const healthyMs = 120_000;
/** A watch that the server ends sooner, without an error, is a failure all the same (client-go: "very short watch"). */
const tooShortMs = 1_000;

export function step(state: ReflectorState, input: ReflectorInput): ReflectorOutput {
  switch (input.is) {
    case "begin":
      return begin(state);
    case "page":
      return takePage(state, input);
    case "put":
    case "remove":
      // A removal is also the way in which an object leaves the selection of a field or label selector.
      return readOn(advanced(state, input.item.resourceVersion), [input]);
    case "bookmark":
      return takeBookmark(state, input);
    case "ended":
      return input.livedMs < tooShortMs || state.is === "streaming"
        ? backOff(interrupted(state), input.livedMs, { why: "the watch ended at once", atLeastMs: 0 })
        : begin(healthy(interrupted(state), input.livedMs));
    case "failed":
      return takeFailure(state, input.failure, input.livedMs);
    case "idle":
      // A server that forgot us, or whose history was set back, shows nothing: only a new list tells.
      return backOff(emptied(state), 0, { why: "the watch fell silent", atLeastMs: 0 });
  }
}

function begin(state: ReflectorState): ReflectorOutput {
  if (state.is === "listed" || state.is === "watching") {
    const { resourceVersion } = state;
    return {
      state: { ...memory(state), is: "watching", resourceVersion },
      commands: [],
      effect: { is: "watch", resourceVersion },
    };
  }
  const commands: StoreCommand[] = [{ is: "beginList" }];
  if (state.strategy === "watchList") {
    return {
      state: { ...memory(state), is: "streaming" },
      commands,
      effect: { is: "watch", resourceVersion: undefined },
    };
  }
  const paged = state.strategy === "paged";
  return {
    state: { ...memory(state), is: "paging" },
    commands,
    effect: { is: "list", paged, continueToken: undefined },
  };
}

function takePage(state: ReflectorState, page: ReflectorInput & { is: "page" }): ReflectorOutput {
  const puts = page.items.map((item): StoreCommand => ({ is: "put", item }));
  if (page.continueToken !== undefined) {
    const effect: Effect = { is: "list", paged: true, continueToken: page.continueToken };
    return { state: { ...memory(state), is: "paging" }, commands: puts, effect };
  }
  const { resourceVersion } = page;
  return {
    state: {
      is: "watching",
      resourceVersion,
      failures: state.failures,
      strategy: state.strategy === "whole" ? "paged" : state.strategy,
    },
    commands: [...puts, { is: "endList" }],
    effect: { is: "watch", resourceVersion },
  };
}

function takeBookmark(state: ReflectorState, input: ReflectorInput & { is: "bookmark" }): ReflectorOutput {
  const { resourceVersion } = input;
  if (state.is !== "streaming") return readOn(advanced(state, resourceVersion), []);
  if (!input.endsInitialEvents) return readOn(state, []);
  return readOn({ ...memory(state), is: "watching", resourceVersion }, [{ is: "endList" }]);
}

/** While the present objects stream in, their versions are in no order: none of them is a place to go on from. */
function advanced(state: ReflectorState, resourceVersion: string): ReflectorState {
  return state.is === "watching" ? { ...state, resourceVersion } : state;
}

function takeFailure(state: ReflectorState, failure: KubeFailure, livedMs: number): ReflectorOutput {
  const why = failure.message;
  const atLeastMs = failure.retryAfterMs ?? 0;
  if (isTooOld(failure)) {
    const rested = healthy(emptied(state), livedMs);
    const anew: ReflectorState = state.is === "paging" ? { ...rested, strategy: "whole" } : rested;
    // The usual case, a watch that was away for too long, loses no time; a server that says so again and again is not stormed.
    return anew.failures === 0 ? begin({ ...anew, failures: 1 }) : backOff(anew, livedMs, { why, atLeastMs });
  }
  const isRefusedWatchList = failure.is === "Invalid" || failure.is === "Refused";
  if (state.is === "streaming" && isRefusedWatchList) return begin({ ...emptied(state), strategy: "paged" });
  return backOff(interrupted(state), livedMs, { why, atLeastMs });
}

/** 410, or a version from the future: the server's history was set back (a restored backup of etcd). */
function isTooOld(failure: KubeFailure): boolean {
  return (
    failure.is === "Expired" || failure.causes.some((cause) => cause.reason === "ResourceVersionTooLarge")
  );
}

function readOn(state: ReflectorState, commands: readonly StoreCommand[]): ReflectorOutput {
  return { state, commands, effect: { is: "read" } };
}

function backOff(
  state: ReflectorState,
  livedMs: number,
  wait: { readonly why: string; readonly atLeastMs: number },
): ReflectorOutput {
  const failures = healthy(state, livedMs).failures + 1;
  return { state: { ...state, failures }, commands: [], effect: { is: "wait", failures, ...wait } };
}

function healthy(state: ReflectorState, livedMs: number): ReflectorState {
  return livedMs >= healthyMs ? { ...state, failures: 0 } : state;
}

/** A watch that broke goes on from its last version; a list that broke starts over. */
function interrupted(state: ReflectorState): ReflectorState {
  return state.is === "watching" || state.is === "listed"
    ? { ...memory(state), is: "listed", resourceVersion: state.resourceVersion }
    : emptied(state);
}

function emptied(state: ReflectorState): ReflectorState {
  return { ...memory(state), is: "empty" };
}

function memory(state: ReflectorState): Memory {
  return { strategy: state.strategy, failures: state.failures };
}

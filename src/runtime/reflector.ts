import { asKubeFailure } from "../kube/errors.ts";
import type { KubeClient } from "../kube/client.ts";
import type { Key } from "../kube/key.ts";
import { identify, type KubeObject, kubeObject } from "../kube/metadata.ts";
import { type Resource, resourceName } from "../kube/resource.ts";
import { backoffDelay, reflectorBackoff } from "./backoff.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import { noMetrics, type ReflectorMetrics, type RuntimeMetrics } from "./metrics.ts";
import {
  type Effect,
  type Identified,
  type ReflectorInput,
  type ReflectorState,
  step,
  type StoreCommand,
} from "./reflector-step.ts";
import { type Change, type IndexFunction, type ReadonlyStore, Store } from "./store.ts";
import { WatchSession } from "./watch-session.ts";

export interface ReflectorOptions<P, I extends string> {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly resource: Resource;
  /** In logs and metrics. The resource's where nothing is said: a second reflector of one resource needs its own. */
  readonly name?: string;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** What to keep of an object. Small, and safe to hand to everybody. Throwing means: keep nothing, but tell the listeners. */
  readonly project: (object: KubeObject) => P;
  readonly indexes?: Readonly<Record<I, IndexFunction<P>>>;
  /** `watchList` streams the present objects and falls back to `paged` where the server does not offer it. */
  readonly initial?: "watchList" | "paged";
  readonly pageSize?: number;
  /** Longest silence of a watch, in milliseconds. The server sends a bookmark each minute. */
  readonly idleMs?: number;
  readonly clock?: Clock;
  readonly metrics?: RuntimeMetrics;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

export type Listener<P> = (change: Change<P>) => void;

const defaultPageSize = 500;
const defaultIdleMs = 150_000;
/** How long failures in a row are nothing to be warned of. */
const quietMs = 10_000;
/** Seconds that a watch is asked to last: random between the two, so that watches do not end together (client-go). */
const watchSeconds = { shortest: 300, spread: 300 };

/**
 * Keeps a store equal to what the API server has, and tells listeners of each change. Goes on through every failure until it is stopped.
 * Listeners only note keys: an exception in one is logged and goes no further.
 */
export class Reflector<P, I extends string = never> {
  readonly name: string;
  readonly #options: ReflectorOptions<P, I>;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #logger: Logger;
  readonly #metrics: ReflectorMetrics;
  readonly #store: Store<P, I>;
  readonly #listeners = new Set<Listener<P>>();
  readonly #synced = Promise.withResolvers<void>();
  readonly #unreadable = new Set<Key>();
  /** Of those, what the list that is under way has not shown yet. */
  #unlisted = new Set<Key>();
  #hasSynced = false;
  #lastSignAt: number;
  #failingSince = 0;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions<P, I>) {
    this.#options = options;
    this.name = options.name ?? resourceName(options.resource);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#logger = options.logger.child({ reflector: this.name });
    this.#store = new Store<P, I>(options.indexes === undefined ? {} : { indexes: options.indexes });
    this.#lastSignAt = this.#clock.now();
    this.#metrics = (options.metrics ?? noMetrics).reflector(this.name);
    this.#metrics.probe(() => (this.#clock.now() - this.#lastSignAt) / 1000);
  }

  get store(): ReadonlyStore<P, I> {
    return this.#store;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Objects that exist and are not in the store, because they could not be projected: with any, the store is not all there is. */
  get unreadable(): ReadonlySet<Key> {
    return this.#unreadable;
  }

  /** Resolves when the store first holds a whole state. Never rejects; the waiting has its own time limit. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** From now on each change; what is already in the store comes first, as initial additions. */
  subscribe(listener: Listener<P>): Disposable {
    this.#listeners.add(listener);
    for (const [key, after] of this.#store.entries()) {
      this.#tell(listener, { is: "added", key, after, initial: true });
    }
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** Runs until the signal fires; resolves when no request is open any more. Called again meanwhile, it is the same run. */
  async run(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#loop(signal).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #loop(signal: AbortSignal): Promise<void> {
    let state: ReflectorState = { is: "empty", strategy: this.#options.initial ?? "watchList", failures: 0 };
    let input: ReflectorInput = { is: "begin" };
    let watch: WatchSession | undefined;
    try {
      while (!signal.aborted) {
        const output = step(state, input);
        state = output.state;
        for (const command of output.commands) this.#carryOut(command);
        const { effect } = output;
        if (effect.is !== "read") {
          await watch?.[Symbol.asyncDispose]();
          watch = undefined;
        }
        if (signal.aborted) return;
        if (effect.is === "watch") watch = this.#openWatch(effect.resourceVersion, signal);
        input = watch === undefined ? await this.#perform(effect, signal) : await watch.next();
        if (!signal.aborted) this.#observe(input);
      }
    } finally {
      await watch?.[Symbol.asyncDispose]();
    }
  }

  async #perform(effect: Effect, signal: AbortSignal): Promise<ReflectorInput> {
    switch (effect.is) {
      case "list":
        return this.#list(effect, signal);
      case "wait": {
        const { failures, atLeastMs, why } = effect;
        const delayMs = Math.max(atLeastMs, backoffDelay(reflectorBackoff, failures, this.#random()));
        this.#logger[this.#levelOf(failures)](
          { why, failures, delayMs },
          "the watch is interrupted and will be tried again",
        );
        await sleep(this.#clock, delayMs, signal);
        return { is: "begin" };
      }
      case "watch":
      case "read":
        throw new Error(`"${effect.is}" needs an open watch`);
    }
  }

  async #list(effect: Effect & { is: "list" }, signal: AbortSignal): Promise<ReflectorInput> {
    const startedAt = this.#clock.now();
    try {
      const page = await this.#options.client.list(
        this.#options.resource,
        {
          ...this.#selection(),
          ...(effect.paged ? { limit: this.#options.pageSize ?? defaultPageSize } : {}),
          continueToken: effect.continueToken,
          signal,
          // One try: the step function has the backoff, and a second list beside it would only add load.
          tries: 1,
        },
        { parse: (item): Identified => ({ ...identify(item), object: item }) },
      );
      return { is: "page", ...page };
    } catch (error) {
      const failure = asKubeFailure(error, `list ${this.name}`);
      return { is: "failed", failure, livedMs: this.#clock.now() - startedAt };
    }
  }

  /** What passes by itself is no warning: an API server that starts, or that was just given our CRDs, refuses watches for a moment. */
  #levelOf(failures: number): "info" | "warn" {
    const now = this.#clock.now();
    if (failures === 1) this.#failingSince = now;
    return now - this.#failingSince < quietMs ? "info" : "warn";
  }

  #openWatch(resourceVersion: string | undefined, signal: AbortSignal): WatchSession {
    const timeoutSeconds = Math.ceil(watchSeconds.shortest + watchSeconds.spread * this.#random());
    return new WatchSession({
      clock: this.#clock,
      idleMs: this.#options.idleMs ?? defaultIdleMs,
      signal,
      unreadable: (error) =>
        this.#logger.error({ err: error }, "a watch event could not be read and is passed over"),
      open: (watchSignal) =>
        this.#options.client.watch(this.#options.resource, {
          ...this.#selection(),
          resourceVersion,
          initialEvents: resourceVersion === undefined,
          timeoutSeconds,
          signal: watchSignal,
        }),
    });
  }

  #selection() {
    const { namespace, fieldSelector, labelSelector } = this.#options;
    return { namespace, fieldSelector, labelSelector };
  }

  #carryOut(command: StoreCommand): void {
    switch (command.is) {
      case "beginList":
        this.#store.beginList();
        this.#unlisted = new Set(this.#unreadable);
        return;
      case "put":
        this.#put(command.item);
        return;
      case "remove":
        this.#unreadable.delete(command.item.key);
        this.#announce(this.#store.remove(command.item.key));
        return;
      case "endList":
        for (const change of this.#store.endList()) this.#announce(change);
        for (const key of this.#unlisted) this.#unreadable.delete(key);
        this.#hasSynced = true;
        this.#synced.resolve();
        this.#metrics.listed(this.#store.size);
    }
  }

  /** An object that cannot be projected leaves the store, and its key is announced: its reconciler reads the object itself and says what is wrong. */
  #put(item: Identified): void {
    this.#unlisted.delete(item.key);
    try {
      const projection = this.#options.project(kubeObject.parse(item.object));
      this.#unreadable.delete(item.key);
      this.#announce(this.#store.put(item.key, item.resourceVersion, projection));
    } catch (error) {
      this.#logger.error({ object: item.key, err: error }, "an object could not be read into the cache");
      const before = this.#store.get(item.key);
      this.#store.remove(item.key);
      this.#unreadable.add(item.key);
      this.#announce({ is: "unreadable", key: item.key, before });
    }
  }

  #announce(change: Change<P> | undefined): void {
    if (change === undefined) return;
    for (const listener of this.#listeners) this.#tell(listener, change);
  }

  #tell(listener: Listener<P>, change: Change<P>): void {
    try {
      listener(change);
    } catch (error) {
      this.#logger.error({ object: change.key, change: change.is, err: error }, "a listener failed");
    }
  }

  #observe(input: ReflectorInput): void {
    switch (input.is) {
      case "page":
      case "put":
      case "remove":
      case "bookmark":
        this.#lastSignAt = this.#clock.now();
        return;
      case "ended":
        this.#metrics.watchEnded("ended");
        return;
      case "idle":
        this.#metrics.watchEnded("idle");
        return;
      case "failed":
        this.#metrics.watchEnded(input.failure.is);
        return;
      case "begin":
        return;
    }
  }
}

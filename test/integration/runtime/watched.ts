import type { Key } from "../../../src/kube/key.ts";
import type { KubeObject } from "../../../src/kube/metadata.ts";
import { Reflector, type ReflectorOptions } from "../../../src/runtime/reflector.ts";
import { noMetrics } from "../../../src/runtime/metrics.ts";
import type { Change } from "../../../src/runtime/store.ts";
import { type Bench, configMaps, silent } from "../kube/bench.ts";

/** A running reflector of the bench's ConfigMaps that keeps the value under `v`, with all that it reported. */
export interface Watched extends AsyncDisposable {
  readonly reflector: Reflector<string>;
  readonly changes: readonly Change<string>[];
  /** Why watches and lists ended, in order. */
  readonly ends: readonly string[];
  /** Sizes of the store after each whole list. */
  readonly lists: readonly number[];
  readonly values: () => Record<string, string>;
  readonly stop: () => void;
  /** Resolves when the reflector has ended. */
  readonly ended: Promise<void>;
}

type Options = Partial<ReflectorOptions<string, never>>;

export function readValue(object: KubeObject): string {
  const { data } = object as { data?: { v?: string } };
  return data?.v ?? "";
}

/** Started, and whole. */
export async function watch(bench: Bench, options: Options = {}): Promise<Watched> {
  const watched = startWatch(bench, options);
  await watched.reflector.synced;
  return watched;
}

export function startWatch(bench: Bench, options: Options = {}): Watched {
  const ends: string[] = [];
  const lists: number[] = [];
  const reflector = new Reflector<string>({
    client: bench.client,
    logger: silent,
    resource: configMaps,
    namespace: bench.namespace,
    project: readValue,
    metrics: {
      ...noMetrics,
      reflector: () => ({
        listed: (objects) => lists.push(objects),
        watchEnded: (why) => ends.push(why),
        probe: () => undefined,
      }),
    },
    ...options,
  });
  const changes: Change<string>[] = [];
  reflector.subscribe((change) => changes.push(change));
  const stop = new AbortController();
  const ended = reflector.run(stop.signal);
  return {
    reflector,
    changes,
    ends,
    lists,
    values: () => valuesOf(reflector.store.entries()),
    stop: () => stop.abort(),
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

/** By name, without the ConfigMap that Kubernetes puts into every namespace. */
function valuesOf(entries: Iterable<readonly [Key, string]>): Record<string, string> {
  const named = [...entries].map(([key, value]) => [key.slice(key.indexOf("/") + 1), value] as const);
  return Object.fromEntries(named.filter(([name]) => name !== "kube-root-ca.crt"));
}

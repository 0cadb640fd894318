import type { Key } from "../kube/key.ts";
import type { Priority } from "./priority.ts";
import type { Reflector } from "./reflector.ts";
import type { Change } from "./store.ts";

/** Something whose changes wake keys of a controller. */
export interface Source {
  readonly name: string;
  hasSynced(): boolean;
  /** Called once, by the controller. */
  connect(wake: (key: Key, priority: Priority) => void): void;
  /** The keys that all present objects would wake, one after the other. */
  allKeys(): Iterable<Key>;
}

export interface SourceOptions<P, I extends string> {
  readonly reflector: Reflector<P, I>;
  /** The keys to wake; the object's own when absent. Called for the change only: it must not depend on what else it saw. */
  readonly keysFor?: (change: Change<P>) => Iterable<Key>;
  /** Changes that need nobody; all count when absent. */
  readonly ignore?: (change: Change<P>) => boolean;
}

/** Turns a reflector's changes into keys. One reflector may feed any number of controllers. */
export function sourceOf<P, I extends string>(options: SourceOptions<P, I>): Source {
  const { reflector, keysFor = ownKey, ignore = () => false } = options;
  let wakeKey: ((key: Key, priority: Priority) => void) | undefined;
  const take = (change: Change<P>): void => {
    if (wakeKey === undefined || ignore(change)) return;
    const priority = change.is === "added" && change.initial ? -100 : 0;
    for (const key of keysFor(change)) wakeKey(key, priority);
  };
  return {
    name: reflector.name,
    hasSynced: () => reflector.hasSynced,
    connect(wake) {
      wakeKey = wake;
      reflector.subscribe(take);
    },
    *allKeys() {
      for (const [key, after] of reflector.store.entries()) {
        const change: Change<P> = { is: "added", key, after, initial: true };
        if (!ignore(change)) yield* keysFor(change);
      }
    },
  };
}

function ownKey<P>(change: Change<P>): Iterable<Key> {
  return [change.key];
}

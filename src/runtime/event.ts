import { formatMicroTime } from "../kube/micro-time.ts";
import type { Resource } from "../kube/resource.ts";
import { cutNote } from "./event-note.ts";

/**
 * Written through core/v1, which stores the same objects as events.k8s.io/v1: only there may the old time stamps and the count be set, and by these
 * `kubectl describe` and `--sort-by=.lastTimestamp` sort. Source: ValidateEventCreate in pkg/apis/core/validation/events.go ("needs to be unset").
 */
export const eventResource: Resource = {
  group: "",
  version: "v1",
  plural: "events",
  kind: "Event",
  namespaced: true,
};

/** The object that an event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid: string;
}

/** One thing that happened. Never holds a secret: everybody who may read the namespace reads its events. */
export interface EventRecord {
  readonly regarding: ObjectReference;
  readonly type: "Normal" | "Warning";
  /** CamelCase, at most 128 characters; the same words as condition reasons. */
  readonly reason: string;
  /** What we were doing, CamelCase: Dispatching, Polling. */
  readonly action: string;
  /** For a person; cut at 1 kB. */
  readonly note: string;
  /** For our own log only: ids by which lines are found. Never a secret. */
  readonly facts?: Readonly<Record<string, string | number | undefined>>;
}

export interface Reporter {
  /** A qualified name: `batchwright.dev/operator`. */
  readonly controller: string;
  /** Which process, at most 128 characters. */
  readonly instance: string;
}

/** Two records with the same key are one event and its repetition. */
export function seriesKey(record: EventRecord): string {
  const { regarding, type, reason, action, note } = record;
  return JSON.stringify([regarding.uid, type, reason, action, note]);
}

/** Where the event of an object lives; of a cluster-scoped object in `default`, as everywhere in Kubernetes. */
export function eventNamespace(record: EventRecord): string {
  return record.regarding.namespace ?? "default";
}

export function eventBody(
  record: EventRecord,
  event: { name: string; at: Date; reporter: Reporter },
): object {
  const { controller, instance } = event.reporter;
  return {
    metadata: { name: event.name, namespace: eventNamespace(record) },
    eventTime: formatMicroTime(event.at),
    firstTimestamp: formatTime(event.at),
    lastTimestamp: formatTime(event.at),
    count: 1,
    reportingComponent: controller,
    reportingInstance: instance.slice(0, 128),
    source: { component: controller },
    type: record.type,
    reason: record.reason.slice(0, 128),
    action: record.action.slice(0, 128),
    message: cutNote(record.note),
    involvedObject: record.regarding,
  };
}

/** What a repetition changes: the series, and the same for those who read the old fields. */
export function seriesChange({ count, lastAt }: { count: number; lastAt: Date }): object {
  return {
    series: { count, lastObservedTime: formatMicroTime(lastAt) },
    count,
    lastTimestamp: formatTime(lastAt),
  };
}

/** metav1.Time: whole seconds. */
const formatTime = (time: Date): string => time.toISOString().replace(/\.\d{3}Z$/u, "Z");

import type { Priority } from "./priority.ts";

/** What a queue can be asked at any moment: values for gauges. */
export interface QueueProbe {
  depth(priority: Priority): number;
  /** Sum and maximum of the seconds that keys in work have been in work. */
  unfinished(): { readonly totalSeconds: number; readonly longestSeconds: number };
}

export interface WorkQueueMetrics {
  probe(queue: QueueProbe): void;
  added(): void;
  retried(): void;
  /** Seconds between add and take. */
  queued(seconds: number): void;
  /** Seconds between take and done. */
  worked(seconds: number): void;
}

export type ReconcileOutcome = "success" | "error" | "requeue" | "requeue_after";

export interface ControllerMetrics {
  configured(concurrency: number): void;
  activeWorkers(change: 1 | -1): void;
  finished(outcome: ReconcileOutcome, seconds: number): void;
  /** Beside `finished("error")`. A panic is an error that only a fault in our own code throws. */
  failed(how: "terminal" | "panic" | "timeout"): void;
}

export interface ReflectorMetrics {
  listed(objects: number): void;
  watchEnded(why: string): void;
  /** Seconds since the last sign of life from the API server, asked at any moment. */
  probe(secondsSinceLastEvent: () => number): void;
}

export interface EventMetrics {
  recorded(what: "sent" | "dropped" | "limited" | "failed"): void;
}

export interface LeaderMetrics {
  changed(isLeader: boolean): void;
}

/** Where the runtime reports; the names of the series are the listener's business. Each is asked for once by name. */
export interface RuntimeMetrics {
  queue(name: string): WorkQueueMetrics;
  controller(name: string): ControllerMetrics;
  reflector(name: string): ReflectorMetrics;
  readonly events: EventMetrics;
  leader(name: string): LeaderMetrics;
}

const nothing = (): void => undefined;

export const noMetrics: RuntimeMetrics = {
  queue: () => ({ probe: nothing, added: nothing, retried: nothing, queued: nothing, worked: nothing }),
  controller: () => ({ configured: nothing, activeWorkers: nothing, finished: nothing, failed: nothing }),
  reflector: () => ({ listed: nothing, watchEnded: nothing, probe: nothing }),
  events: { recorded: nothing },
  leader: () => ({ changed: nothing }),
};

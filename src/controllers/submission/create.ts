import type { Token } from "../../core/slurm/token.ts";
import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Key } from "../../kube/key.ts";
import { type Controller, createController } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { sourceOf } from "../../runtime/source.ts";
import type { Change } from "../../runtime/store.ts";
import type { Clusters } from "../cluster/clusters.ts";
import type { ScriptReflector } from "../script/scripts.ts";
import { reconcile } from "./controller.ts";
import { MemoryBook } from "./memory-book.ts";
import { OwnVersions } from "./own-versions.ts";
import { RenderedBook } from "./rendered-book.ts";
import { ScriptBook } from "./script-book.ts";
import { Slots } from "./slots.ts";
import type { SubmissionReflector, SubmissionView } from "./submissions.ts";
import { concernedBy } from "./woken.ts";

export interface SubmissionControllerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: RuntimeMetrics;
  readonly events: Pick<EventRecorder, "record">;
  readonly clusters: Clusters;
  readonly submissions: SubmissionReflector;
  readonly scripts: ScriptReflector;
  readonly wakeScript: (key: Key) => void;
  readonly install: string;
  readonly concurrency: number;
}

export interface SubmissionController {
  readonly controller: Controller;
  /** Wakes the submissions whose jobs the poller saw change. */
  readonly wakeTokens: (tokens: readonly Token[]) => void;
}

/** Wires what wakes a submission: itself, its script, its dependencies, its cluster, its job, and a slot that came free. */
export function createSubmissionController(options: SubmissionControllerOptions): SubmissionController {
  const { submissions, clusters, scripts } = options;
  const slots = new Slots(submissions);
  const own = new OwnVersions();
  const scriptBook = new ScriptBook(options.client, steadyNow);
  const deps = { ...options, memory: new MemoryBook(), rendered: new RenderedBook(), scriptBook, own, slots };
  const controller = createController({
    name: "submission",
    logger: options.logger,
    metrics: options.metrics,
    concurrency: options.concurrency,
    sources: [
      sourceOf({
        reflector: submissions,
        keysFor: (change) => concerned(change, { submissions, slots, own }),
      }),
      sourceOf({
        reflector: scripts,
        keysFor: ({ key }) => {
          scriptBook.forget(key);
          return submissions.store.lookUp("script", key);
        },
      }),
    ],
    reconcile: async (key, context) => {
      own.begin(key);
      try {
        return await reconcile(key, deps, context);
      } finally {
        if (own.end(key, submissions.store.get(key) !== undefined)) controller.enqueue(key);
      }
    },
  });
  const wake = (keys: Iterable<Key>): void => {
    for (const key of keys) controller.enqueue(key);
  };
  clusters.subscribe((name, change) => wake(concernedBy(submissions, name, change)));
  return {
    controller,
    wakeTokens: (tokens) => {
      for (const token of tokens) wake(submissions.store.lookUp("token", token));
    },
  };
}

/** The submission itself, those that depend on it once it is over or runs, and one that waits for the slot that it gave back. */
function concerned(
  change: Change<SubmissionView>,
  { submissions, slots, own }: { submissions: SubmissionReflector; slots: Slots; own: OwnVersions },
): Key[] {
  const { key } = change;
  const before = viewBefore(change);
  const after = viewAfter(change);
  const itself = own.isNews(key, submissions.store.resourceVersion(key)) ? [key] : [];
  const hasMoved = before?.phase !== after?.phase || before?.isStarted !== after?.isStarted;
  const dependents = hasMoved ? submissions.store.lookUp("dependsOn", key) : [];
  const hasFreed = before?.sentAs !== undefined && after?.sentAs === undefined;
  const next = hasFreed ? slots.next(before.cluster) : undefined;
  return [...itself, ...dependents, ...(next === undefined ? [] : [next])];
}

function viewBefore(change: Change<SubmissionView>): SubmissionView | undefined {
  return change.is === "added" ? undefined : change.before;
}

function viewAfter(change: Change<SubmissionView>): SubmissionView | undefined {
  return change.is === "added" || change.is === "updated" ? change.after : undefined;
}

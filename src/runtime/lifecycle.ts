import type { Key } from "../kube/key.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import type { Controller } from "./controller.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { type LeaderElection, LeadLostError } from "./leader-election.ts";
import type { Logger } from "./logger.ts";

/** Any reflector, whatever it keeps. */
export interface Cache {
  readonly name: string;
  readonly hasSynced: boolean;
  readonly synced: Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

/** Whatever else runs beside the controllers, such as a poller. Ends when the signal fires. */
export interface Service {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

export interface OperatorParts {
  readonly caches: readonly Cache[];
  readonly controllers: readonly Controller[];
  readonly services?: readonly Service[];
  readonly events?: EventRecorder;
  /** Without one this process takes itself for the only one. */
  readonly election?: LeaderElection;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Milliseconds until every cache has to hold a whole state. */
  readonly cacheSyncTimeoutMs?: number;
  /** Milliseconds that reconciles get to finish. */
  readonly graceMs?: number;
}

/** The present objects did not come in time. The message is one line for a person. */
export class CacheSyncError extends Error {
  override readonly name = "CacheSyncError";
}

const defaultCacheSyncTimeoutMs = 120_000;

/**
 * Runs all parts until `stop` fires: caches first, then (as leader) controllers and services. Stops in the opposite order, so that whatever
 * still works finds what it needs: intake closed, reconciles finished, events sent, watches closed, lease released.
 * @throws CacheSyncError when caches do not fill in time
 * @throws Error when a part breaks, or the lead is lost: then the process has to end
 */
export async function runOperator(parts: OperatorParts, stop: AbortSignal): Promise<void> {
  const cachesStop = new AbortController();
  const caches = Promise.all(parts.caches.map(async (cache) => cache.run(cachesStop.signal)));
  // Observed at the end; until then a failure must not count as unhandled.
  caches.catch(() => undefined);
  const stopRest = async (): Promise<void> => {
    await parts.events?.[Symbol.asyncDispose]();
    cachesStop.abort();
    await caches;
    parts.logger.info("stopped");
  };
  try {
    await waitForCaches(parts, stop);
    if (!stop.aborted) await work(parts, stop);
  } catch (error) {
    // Somebody else may lead in a moment: nothing is finished in good order, the caller has to end the process.
    if (error instanceof LeadLostError) {
      cachesStop.abort();
      throw error;
    }
    await stopRest();
    throw error;
  }
  await stopRest();
}

async function work(parts: OperatorParts, stop: AbortSignal): Promise<void> {
  if (parts.election === undefined) await runWorkers(parts, stop);
  else await parts.election.lead(stop, async (signal) => runWorkers(parts, signal));
}

/** Names the caches that are not there yet: usually a CRD that is not installed or a right that is missing. */
async function waitForCaches(parts: OperatorParts, stop: AbortSignal): Promise<void> {
  const timeoutMs = parts.cacheSyncTimeoutMs ?? defaultCacheSyncTimeoutMs;
  const ready = new AbortController();
  const abort = (): void => ready.abort();
  stop.addEventListener("abort", abort, { once: true });
  if (stop.aborted) abort();
  void Promise.all(parts.caches.map(async (cache) => cache.synced)).then(abort);
  await sleep(parts.clock ?? systemClock, timeoutMs, ready.signal);
  stop.removeEventListener("abort", abort);
  if (stop.aborted) return;
  const missing = parts.caches.filter((cache) => !cache.hasSynced).map((cache) => cache.name);
  if (missing.length > 0) {
    throw new CacheSyncError(
      `caches not filled within ${timeoutMs} ms: ${missing.join(", ")}; are the CRDs installed, and may this account list and watch them?`,
    );
  }
  parts.logger.info({ caches: parts.caches.map((cache) => cache.name) }, "caches are filled");
}

/** The first part that breaks stops the others. */
async function runWorkers(parts: OperatorParts, stop: AbortSignal): Promise<void> {
  const stopAll = new AbortController();
  const abort = (): void => stopAll.abort();
  stop.addEventListener("abort", abort, { once: true });
  if (stop.aborted) abort();
  const guard = async (run: Promise<unknown>): Promise<unknown> => {
    try {
      return await run;
    } finally {
      abort();
    }
  };
  const grace = parts.graceMs === undefined ? {} : { graceMs: parts.graceMs };
  const controllers = parts.controllers.map(async (controller) =>
    guard(runController(controller, { stop: stopAll.signal, ...grace }, parts.logger)),
  );
  const services = (parts.services ?? []).map(async (service) => guard(service.run(stopAll.signal)));
  try {
    const outcomes = await Promise.allSettled([...controllers, ...services]);
    const errors = outcomes.filter((outcome) => outcome.status === "rejected").map(reasonOf);
    if (errors.length > 0) throw new AggregateError(errors, "a part of the operator broke");
  } finally {
    stop.removeEventListener("abort", abort);
  }
}

function reasonOf(outcome: PromiseRejectedResult): unknown {
  return outcome.reason;
}

async function runController(
  controller: Controller,
  options: { readonly stop: AbortSignal; readonly graceMs?: number },
  logger: Logger,
): Promise<void> {
  const unfinished: readonly Key[] = await controller.run(options);
  if (unfinished.length > 0) {
    logger.error({ controller: controller.name, objects: unfinished }, "reconciles did not end in time");
  }
}

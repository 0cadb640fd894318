import type { EventEmitter } from "node:events";
import type { Logger } from "./logger.ts";

const names = ["SIGTERM", "SIGINT"] as const;

/** What of `process` is used. */
export interface SignalledProcess extends Pick<EventEmitter, "on" | "off"> {
  exit(code: number): void;
}

/** Fires on the first SIGTERM or SIGINT; the second ends the process at once with code 1. Disposing takes the handlers off. */
export function stopOnSignals(
  process: SignalledProcess,
  logger: Logger,
): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const handle = (name: string): void => {
    if (controller.signal.aborted) {
      logger.error({ signal: name }, "second signal, ending at once");
      process.exit(1);
      return;
    }
    logger.info({ signal: name }, "stopping");
    controller.abort();
  };
  for (const name of names) process.on(name, handle);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, handle);
    },
  };
}

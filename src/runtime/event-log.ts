import type { EventRecord } from "./event.ts";
import type { EventRecorder } from "./event-recorder.ts";
import type { Logger } from "./logger.ts";

/**
 * A recorder that also logs whatever it is told: the log of a normal day is what people are told of their objects, no more and no less.
 * Warnings are warnings there, too. An event may be dropped or folded into a series; the line is written all the same.
 */
export function logEvents(recorder: EventRecorder, logger: Logger): EventRecorder {
  return {
    record(event) {
      write(event, logger);
      recorder.record(event);
    },
    flush: async (timeoutMs) => recorder.flush(timeoutMs),
    [Symbol.asyncDispose]: async () => recorder[Symbol.asyncDispose](),
  };
}

function write({ regarding, type, reason, action, note, facts }: EventRecord, logger: Logger): void {
  const { kind, namespace, name } = regarding;
  const object = namespace === undefined ? name : `${namespace}/${name}`;
  const fields = { kind, object, reason, action, ...facts, message: note };
  switch (type) {
    case "Normal":
      logger.info(fields, "event");
      return;
    case "Warning":
      logger.warn(fields, "event");
  }
}

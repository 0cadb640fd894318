import { expect, test } from "vitest";
import type { EventRecord } from "../../../src/runtime/event.ts";
import { logEvents } from "../../../src/runtime/event-log.ts";
import { createLogger } from "../../../src/runtime/logger.ts";

/** What is logged and what is recorded when these events are told. */
function tell(...events: readonly EventRecord[]) {
  const lines: unknown[] = [];
  const recorded: EventRecord[] = [];
  const logger = createLogger({ destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const recorder = {
    record: (event: EventRecord) => void recorded.push(event),
    flush: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const told = logEvents(recorder, logger);
  for (const event of events) told.record(event);
  return { lines, recorded };
}

const time = expect.any(String) as string;
const dispatched: EventRecord = {
  regarding: { apiVersion: "v1", kind: "JobSubmission", namespace: "lab", name: "si", uid: "u" },
  type: "Normal",
  reason: "Dispatched",
  action: "Dispatch",
  note: "job 8 on c1",
  facts: { phase: "Submitted", state: undefined, cluster: "c1", jobId: "8", attempt: "i-u-1" },
};
const down: EventRecord = {
  regarding: { apiVersion: "v1", kind: "SlurmCluster", name: "c1", uid: "v" },
  type: "Warning",
  reason: "HostUnreachable",
  action: "Connect",
  note: "nothing listens there",
};

test("an event is one line at info, with the object and the ids, and is recorded as it was", () => {
  expect(tell(dispatched)).toEqual({
    lines: [
      {
        level: "info",
        time,
        kind: "JobSubmission",
        object: "lab/si",
        reason: "Dispatched",
        action: "Dispatch",
        phase: "Submitted",
        cluster: "c1",
        jobId: "8",
        attempt: "i-u-1",
        message: "job 8 on c1",
        msg: "event",
      },
    ],
    recorded: [dispatched],
  });
});

test("a warning is a warning in the log", () => {
  expect(tell(down).lines).toEqual([
    {
      level: "warn",
      time,
      kind: "SlurmCluster",
      object: "c1",
      reason: "HostUnreachable",
      action: "Connect",
      message: "nothing listens there",
      msg: "event",
    },
  ]);
});

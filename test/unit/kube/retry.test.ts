import { expect, test } from "vitest";
import {
  ConflictError,
  type KubeFailure,
  ServerUnavailableError,
  TimedOutError,
  TooManyRequestsError,
} from "../../../src/kube/errors.ts";
import { type Idempotence, retryDelay } from "../../../src/kube/retry.ts";

const request = "patch x";
const unclear = new ServerUnavailableError("reset", { request, delivery: "unclear" });
const neverSent = new ServerUnavailableError("refused", { request, delivery: "never" });
const limited = new TooManyRequestsError("slow down", { request, retryAfterMs: 2000 });

function delay(failure: KubeFailure, idempotence: Idempotence, tries = 1): number | undefined {
  return retryDelay({ failure, idempotence, tries, random: 0 });
}

test("after an unclear failure only an idempotent call is tried again", () => {
  expect([delay(unclear, "idempotent"), delay(unclear, "once")]).toEqual([100, undefined]);
});

test("what never left this machine, and what was refused unseen, may be sent again in any case", () => {
  expect([delay(neverSent, "once"), delay(limited, "once")]).toEqual([100, 2000]);
});

test("a final answer and the end of the time are not tried again", () => {
  const final = [new ConflictError("moved", { request }), new TimedOutError("late", { request })];
  expect(final.map((failure) => delay(failure, "idempotent"))).toEqual([undefined, undefined]);
});

test("the delay doubles up to a limit, with jitter above what the server asked for", () => {
  expect([1, 2, 3, 20].map((tries) => delay(unclear, "idempotent", tries))).toEqual([100, 200, 400, 2500]);
  expect(retryDelay({ failure: limited, idempotence: "once", tries: 1, random: 0.5 })).toBe(2050);
});

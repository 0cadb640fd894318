import { describe, expect, test } from "vitest";
import type { JobSubmission } from "../../../../src/api/v1alpha1/job-submission.ts";
import { instant, type Instant } from "../../../../src/core/instant.ts";
import { decideExpiry } from "../../../../src/core/submission/expiry.ts";
import { submission } from "./world.ts";

const at = (time: string): Instant => instant(Date.parse(time));
const ended = "2026-11-22T12:00:00Z";
const hourLater = at("2026-11-22T13:00:00Z");

const over = (change: {
  told?: string;
  endedAt?: string;
  created?: string;
  ttl?: number | undefined;
  metadata?: Partial<JobSubmission["metadata"]>;
}): JobSubmission =>
  submission(
    {
      phase: "Done",
      finished: "true",
      endedAt: change.endedAt ?? ended,
      conditions: [
        {
          type: "Succeeded",
          status: "True",
          reason: "JobSucceeded",
          message: "",
          lastTransitionTime: change.told ?? ended,
          observedGeneration: 1,
        },
      ],
    },
    {
      spec: "ttl" in change ? { ttlSecondsAfterFinished: change.ttl } : { ttlSecondsAfterFinished: 3600 },
      metadata: { creationTimestamp: change.created ?? "2026-11-22T11:00:00Z", ...change.metadata },
    },
  );
const decide = (object: JobSubmission, ...clocks: readonly Instant[]) =>
  decideExpiry({ submission: object, clocks, isAwaited: false });

describe("a submission that is to go an hour after its end", () => {
  test.each([
    ["goes then", {}, [hourLater, hourLater], { is: "expired" }],
    ["stays until then", {}, [at("2026-11-22T12:59:00Z")], { is: "due", inMs: 60_000 }],
    [
      "stays while our clock alone is ahead",
      {},
      [at("2027-11-22T12:00:00Z"), at("2026-11-22T12:30:00Z")],
      { is: "due", inMs: 1_800_000 },
    ],
    [
      "stays while the API server's clock alone is ahead",
      {},
      [at("2026-11-22T12:30:00Z"), at("2027-11-22T12:00:00Z")],
      { is: "due", inMs: 1_800_000 },
    ],
    [
      "counts from its end on the cluster, where ours was stored by a clock that was behind",
      { told: "2026-11-20T12:00:00Z" },
      [at("2026-11-22T12:30:00Z")],
      { is: "due", inMs: 1_800_000 },
    ],
    [
      "counts from its creation at the least, where both were behind",
      { told: "1970-01-01T00:00:00Z", endedAt: "1970-01-01T00:00:00Z" },
      [at("2026-11-22T11:30:00Z")],
      { is: "due", inMs: 1_800_000 },
    ],
    ["goes at once with 0", { ttl: 0 }, [at(ended)], { is: "expired" }],
    ["stays where the field was removed", { ttl: undefined }, [hourLater], { is: "kept" }],
    [
      "is left alone once somebody else deletes it",
      { metadata: { deletionTimestamp: ended } },
      [hourLater],
      { is: "kept" },
    ],
  ] as const)("%s", (_what, change, clocks, expected) => {
    expect(decide(over(change), ...clocks)).toEqual(expected);
  });

  test("stays until it is finished, finalizer and all", () => {
    const object = over({});
    const unfinished = { ...object, status: { ...object.status, finished: "false" as const } };
    expect(decide(unfinished, hourLater)).toEqual({ is: "kept" });
  });

  test("stays as long as a submission that is not sent yet has to learn of its end", () => {
    expect(decideExpiry({ submission: over({}), clocks: [hourLater], isAwaited: true })).toEqual({
      is: "due",
      inMs: 60_000,
    });
  });

  test.each([
    [{ labels: { "kustomize.toolkit.fluxcd.io/name": "jobs" } }, "Flux (kustomize.toolkit.fluxcd.io/name)"],
    [
      { annotations: { "argocd.argoproj.io/tracking-id": "a:b" } },
      "Argo CD (argocd.argoproj.io/tracking-id)",
    ],
    [{ annotations: { "meta.helm.sh/release-name": "jobs" } }, "Helm (meta.helm.sh/release-name)"],
    [{ labels: { "app.kubernetes.io/instance": "jobs" } }, "Argo CD or Helm (app.kubernetes.io/instance)"],
  ])("stays for ever where it would be created again: %j", (metadata, by) => {
    expect(decide(over({ metadata }), hourLater)).toEqual({ is: "tracked", by });
  });
});

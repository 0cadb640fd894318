import { setTimeout as sleep } from "node:timers/promises";
import type { Ambush, SeenRequest } from "../api-proxy.ts";
import type { Fault } from "../fault.ts";
import { ambushNth } from "./ambush-nth.ts";
import { ofSubmission } from "./operator.ts";

/** Up to which of the writes to come. */
const most = 5;
const isWrite = (seen: SeenRequest): boolean => ofSubmission(seen) && seen.method === "PATCH";

const atRequest = (
  kind: string,
  quota: number,
  what: string,
  ambush: Pick<Ambush, "at" | "next">,
): Fault => ({
  kind,
  lane: "operator",
  quota,
  what,
  inject: async (scene, draw) =>
    ambushNth(scene, draw, { ...ambush, most, matches: isWrite, run: () => undefined }),
});

export const apiFaults: readonly Fault[] = [
  atRequest("api answer lost", 100, "a write of a submission is done, and its answer is cut off", {
    at: "after",
    next: "cut",
  }),
  atRequest("api request lost", 60, "a write of a submission is cut off before the API server sees it", {
    at: "before",
    next: "cut",
  }),
  atRequest("api request repeated", 60, "a write of a submission reaches the API server twice", {
    at: "before",
    next: "repeat",
  }),
  {
    kind: "status conflict",
    lane: "operator",
    quota: 60,
    what: "somebody else writes a submission between the operator's read and its write",
    async inject(scene, draw) {
      const run = async ({ path }: SeenRequest): Promise<void> => {
        const name = /\/jobsubmissions\/([^/?]+)/u.exec(path)?.[1] ?? "";
        await scene
          .kubectl(["annotate", "jobsubmission", name, "--overwrite", `chaos/edited=${draw.between(0, 1e6)}`])
          .catch(() => undefined);
      };
      return ambushNth(scene, draw, { at: "before", next: "pass", most, matches: isWrite, run });
    },
  },
  {
    kind: "api connections cut",
    lane: "operator",
    quota: 60,
    what: "every connection to the API server is cut at once, watches too",
    async inject({ api }, draw) {
      await sleep(draw.between(0, 1000));
      const wasOpen = api.open > 0;
      api.cut();
      return wasOpen;
    },
  },
  {
    kind: "api errors",
    lane: "operator",
    quota: 40,
    what: "the API server answers everything with 429, 500 or 503 for up to three seconds",
    async inject({ api }, draw) {
      const before = api.refused;
      api.refusal = draw.pick([429, 500, 503]);
      try {
        await sleep(draw.between(300, 3000));
      } finally {
        api.refusal = undefined;
      }
      return api.refused > before;
    },
  },
  {
    kind: "api slow",
    lane: "operator",
    quota: 20,
    what: "every request to the API server takes up to two seconds longer, for some seconds",
    async inject({ api }, draw) {
      const before = api.passed;
      api.delayMs = draw.between(200, 2000);
      try {
        await sleep(draw.between(2000, 5000));
      } finally {
        api.delayMs = 0;
      }
      return api.passed > before;
    },
  },
];

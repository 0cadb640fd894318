import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../lab/eventually.ts";
import type { Moment, SeenRequest } from "../api-proxy.ts";
import type { Fault } from "../fault.ts";
import { startPatiently } from "../operator-hand.ts";
import { ambushNth } from "./ambush-nth.ts";

const comesWithin = 6000;

/** A request that concerns submissions: reading one, or one of the writes of its life. */
export const ofSubmission = ({ method, path, isWatch }: SeenRequest): boolean =>
  !isWatch && path.includes("/jobsubmissions/") && method !== "DELETE";
const writesStatus = (seen: SeenRequest): boolean =>
  ofSubmission(seen) && seen.method === "PATCH" && seen.path.includes("/status");

const killed = (quota: number, what: string, matches: (seen: SeenRequest) => boolean, at: Moment): Fault => ({
  kind: `operator killed ${what}`,
  lane: "operator",
  quota,
  what: `SIGKILL ${what}; n is drawn`,
  inject: async (scene, draw) =>
    ambushNth(scene, draw, {
      at,
      most: 6,
      matches,
      run: async () => void (await scene.operator.end("SIGKILL")),
      next: "cut",
    }),
});

export const operatorFaults: readonly Fault[] = [
  killed(80, "as it writes a status (n-th), before the API server sees it", writesStatus, "before"),
  killed(80, "as it has written a status (n-th), before it hears so", writesStatus, "after"),
  killed(
    60,
    "as it asks for an object (n-th)",
    (seen) => ofSubmission(seen) && seen.method === "GET",
    "before",
  ),
  killed(
    60,
    "as it sets or drops a finalizer (n-th)",
    (seen) => ofSubmission(seen) && seen.method === "PATCH" && !seen.path.includes("/status"),
    "after",
  ),
  {
    kind: "operator killed at any moment",
    lane: "operator",
    quota: 80,
    what: "SIGKILL up to two seconds after the fault before",
    async inject({ operator }, draw) {
      await sleep(draw.between(0, 2000));
      return operator.end("SIGKILL");
    },
  },
  {
    kind: "operator killed as it sends",
    lane: "operator",
    quota: 80,
    what: "SIGKILL when an SSH connection carries a batch (after so many bytes), the batch goes on by itself",
    async inject({ operator, ssh }, draw) {
      const proxy = draw.next() < 0.5 ? ssh.c1 : ssh.c2;
      const before = proxy.carried.toServer;
      const bytes = draw.between(1, 6000);
      const wasHit = await eventually(() => proxy.carried.toServer > before + bytes, {
        within: comesWithin,
        every: 5,
      }).catch(() => false);
      return wasHit && operator.end("SIGKILL");
    },
  },
  {
    kind: "operator ended in good order",
    lane: "operator",
    quota: 20,
    what: "SIGTERM, and started again",
    inject: async ({ operator }) => operator.end("SIGTERM"),
  },
  {
    kind: "operator frozen",
    lane: "operator",
    quota: 20,
    what: "SIGSTOP for one to eight seconds",
    async inject({ operator }, draw) {
      const { pid } = operator;
      if (pid === undefined) return false;
      process.kill(pid, "SIGSTOP");
      try {
        await sleep(draw.between(1000, 8000));
      } finally {
        process.kill(pid, "SIGCONT");
      }
      return true;
    },
  },
  {
    kind: "two operators at once",
    lane: "kube",
    quota: 20,
    lasts: 16,
    what: "a second operator without leader election works beside the first for ten to twenty seconds, then SIGKILL",
    async inject({ lab, api }, draw) {
      await using second = await startPatiently(lab, [], { api });
      await sleep(draw.between(10_000, 20_000));
      await second.kill("SIGKILL");
      return true;
    },
  },
];

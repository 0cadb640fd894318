import { setTimeout as sleep } from "node:timers/promises";
import { restartDaemon, signalDaemon } from "../../lab/daemons.ts";
import { compactEtcd } from "../../lab/etcd.ts";
import type { Fault } from "../fault.ts";
import { freeze, minute, takeDown } from "./on-each.ts";

export const kubeFaults: readonly Fault[] = [
  {
    kind: "API server down",
    lane: "kube",
    quota: 20,
    lasts: 64,
    what: "ended and started again on its data a minute later",
    inject: async (scene) => takeDown(scene, { part: "kube", daemon: "apiserver" }, minute),
  },
  {
    kind: "API server killed",
    lane: "kube",
    quota: 20,
    lasts: 8,
    what: "SIGKILL, and started again at once",
    async inject({ lab }) {
      await signalDaemon(lab.kube.daemons.apiserver, "SIGKILL");
      await restartDaemon(lab, "kube", "apiserver");
      return true;
    },
  },
  {
    kind: "API server frozen",
    lane: "kube",
    quota: 20,
    lasts: 13,
    what: "SIGSTOP for five to twenty seconds",
    inject: async ({ lab }, draw) => freeze(lab.kube.daemons.apiserver, draw.between(5000, 20_000)),
  },
  {
    kind: "etcd killed",
    lane: "kube",
    quota: 20,
    lasts: 6,
    what: "SIGKILL, and started again on its data after up to five seconds, in which the API server has nothing to read from or write to",
    async inject({ lab }, draw) {
      try {
        await signalDaemon(lab.kube.daemons.etcd, "SIGKILL");
        await sleep(draw.between(0, 5000));
      } finally {
        await restartDaemon(lab, "kube", "etcd");
      }
      return true;
    },
  },
  {
    kind: "etcd frozen",
    lane: "kube",
    quota: 20,
    lasts: 9,
    what: "SIGSTOP for two to fifteen seconds: requests hang, and whether a write is done is known to nobody",
    inject: async ({ lab }, draw) => freeze(lab.kube.daemons.etcd, draw.between(2000, 15_000)),
  },
  {
    kind: "etcd compacted",
    lane: "kube",
    quota: 20,
    lasts: 10,
    what: "etcd forgets all history and the API server is restarted while watches are cut: they go on from a version that is gone (410)",
    async inject({ lab, api }) {
      api.refusal = 503;
      try {
        api.cut();
        await compactEtcd(lab.kube);
        await restartDaemon(lab, "kube", "apiserver");
      } finally {
        api.refusal = undefined;
      }
      return true;
    },
  },
  {
    kind: "watches silently dead",
    lane: "kube",
    quota: 20,
    lasts: 6,
    what: "every open watch stays open and says nothing any more, for good",
    async inject({ api }) {
      const count = api.deafen();
      await sleep(5000);
      return count > 0;
    },
  },
];

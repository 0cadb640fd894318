import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { clusterNames } from "../scene.ts";

const day = 86_400;

/** Steps of a login's clock in seconds: small ones, and such that pass every deadline there is. */
const steps = [-30 * day, -2 * 3600, -90, 90, 2 * 3600, 30 * day] as const;

export const clockFaults: readonly Fault[] = [
  {
    kind: "login's clock stepped",
    lane: "ssh",
    quota: 60,
    what: "what date(1) says on a login jumps by 90 seconds, two hours or a month, either way, and back after some seconds",
    async inject(scene, draw) {
      const cluster = draw.pick(clusterNames);
      const text = `#!/bin/sh\\nexec /usr/bin/date -d "${draw.pick(steps)} seconds" "$@"\\n`;
      await scene.run(
        cluster,
        "root",
        `printf '${text}' >/usr/local/bin/date.new && chmod 755 /usr/local/bin/date.new && mv /usr/local/bin/date.new /usr/local/bin/date`,
      );
      const before = scene.ssh[cluster].carried.toServer;
      await sleep(draw.between(2000, 5000));
      await scene.run(cluster, "root", "rm -f /usr/local/bin/date");
      return scene.ssh[cluster].carried.toServer > before;
    },
  },
];

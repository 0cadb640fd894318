import { access, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { clusterNames } from "../scene.ts";

const day = 86_400;

/** Of Debian's libfaketime, whatever the processor. */
async function fakeTimeLibrary(): Promise<string> {
  const folders = (await readdir("/usr/lib")).map((name) =>
    join("/usr/lib", name, "faketime/libfaketime.so.1"),
  );
  for (const file of folders)
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  throw new Error("libfaketime is missing: apt-get install faketime");
}

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
      try {
        await scene.run(
          cluster,
          "root",
          `printf '${text}' >/usr/local/bin/date.new && chmod 755 /usr/local/bin/date.new && mv /usr/local/bin/date.new /usr/local/bin/date`,
        );
        const before = scene.ssh[cluster].carried.toServer;
        await sleep(draw.between(2000, 5000));
        return scene.ssh[cluster].carried.toServer > before;
      } finally {
        await scene.run(cluster, "root", "rm -f /usr/local/bin/date");
      }
    },
  },
  {
    kind: "operator's clock stepped",
    lane: "operator",
    quota: 40,
    lasts: 20,
    what: "an operator whose wall clock (libfaketime) jumps by 90 seconds or two hours, either way, while it works, and is right again ten seconds later",
    async inject({ operator, lab }, draw) {
      const file = join(lab.state, "operator-clock");
      const step = draw.pick([-7200, -90, 90, 7200]);
      await writeFile(file, "+0");
      await operator.end("SIGTERM");
      let wasUp = false;
      try {
        await operator.ensureUp({
          LD_PRELOAD: await fakeTimeLibrary(),
          FAKETIME_TIMESTAMP_FILE: file,
          FAKETIME_DONT_FAKE_MONOTONIC: "1",
          FAKETIME_CACHE_DURATION: "1",
        });
        await sleep(draw.between(500, 3000));
        await writeFile(file, step < 0 ? String(step) : `+${step}`);
        await sleep(draw.between(5000, 10_000));
        await writeFile(file, "+0");
        await sleep(draw.between(1000, 4000));
      } finally {
        wasUp = await operator.end("SIGKILL");
      }
      return wasUp;
    },
  },
];

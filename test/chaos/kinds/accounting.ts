import { setTimeout as sleep } from "node:timers/promises";
import { signalDaemon } from "../../lab/daemons.ts";
import type { Daemon } from "../../lab/lab.ts";
import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { daemonOf, freeze, minute, takeDown } from "./on-each.ts";

const slowFor = 40_000;
/** Shorter than MessageTimeout (10 s): whoever asks is answered in the end. */
const longestStop = 5000;

/** Lets a daemon run for a few milliseconds every few seconds: enough for an answer, or for a part of one. */
async function pulse(daemon: Daemon, draw: Draw, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  try {
    while (performance.now() < end) {
      await signalDaemon(daemon, "SIGSTOP");
      await sleep(draw.between(1500, longestStop));
      await signalDaemon(daemon, "SIGCONT");
      await sleep(draw.between(20, 100));
    }
  } finally {
    await signalDaemon(daemon, "SIGCONT");
  }
}

/** Of a question of somebody's own. @returns milliseconds; 0 where no answer came */
async function answerTakes({ run }: Scene): Promise<number> {
  const asked = performance.now();
  const text = "sacct -X -n -P -a -S now-1hours -o JobID >/dev/null";
  return run("c1", "root", text).then(
    () => performance.now() - asked,
    () => 0,
  );
}

/** c1 alone keeps accounting. */
export const accountingFaults: readonly Fault[] = [
  {
    kind: "slurmdbd down",
    lane: "c1",
    quota: 20,
    lasts: 62,
    what: "accounting is ended and started again a minute later",
    inject: async (scene) => takeDown(scene, { part: "c1", daemon: "slurmdbd" }, minute),
  },
  {
    kind: "slurmdbd frozen",
    lane: "c1",
    quota: 20,
    lasts: 60,
    what: "accounting answers nothing for a minute",
    inject: async (scene) => freeze(daemonOf(scene, "c1", "slurmdbd"), minute),
  },
  {
    kind: "slurmdbd slow",
    lane: "c1",
    quota: 20,
    lasts: 45,
    what: "accounting answers, and takes seconds for it (SIGSTOP and SIGCONT in turn), for forty seconds",
    async inject(scene, draw) {
      const slowing = pulse(daemonOf(scene, "c1", "slurmdbd"), draw, slowFor);
      const [took] = await Promise.all([sleep(200).then(async () => answerTakes(scene)), slowing]);
      return took > 1000;
    },
  },
];

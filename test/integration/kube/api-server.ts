import { restartDaemon, signalDaemon } from "../../lab/daemons.ts";
import { kubeLab } from "./bench.ts";

/** The API server dies without a word, and a new one starts on the same etcd with an empty watch cache. */
export async function crashApiServer(): Promise<void> {
  const lab = kubeLab();
  await signalDaemon(lab.kube.daemons.apiserver, "SIGKILL");
  await restartDaemon(lab, "kube", "apiserver");
}

/** For tests that wait for an API server to start: on a busy machine that takes half a minute. */
export const patience = 240_000;

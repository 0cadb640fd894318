import { script, takeLock, type Script } from "./script.ts";

/** Makes the install's directory as a put would, and takes what a put takes there. Answers: `fit`, or `unfit WHY TEXT`. */
export function checkScript(install: string, waitSeconds: number): Script {
  return script(() => [
    takeLock(install, 0, waitSeconds),
    'if [ -z "$refusal" ] || [ "$refusal" = LockBusy ]; then say fit; else say "unfit $refusal $(word "$why")"; fi',
  ]);
}

import { layout } from "../../../core/slurm/launcher/layout.ts";
import type { DatedPlace } from "../backend.ts";
import { isOver } from "./over.ts";
import { script, takeLock, type Script } from "./script.ts";

export interface ForgetBatch {
  readonly install: string;
  readonly shard: number;
  readonly places: readonly DatedPlace[];
  readonly lockSeconds: number;
}

/** Login hosts of one cluster may differ in time by so much. */
const marginSeconds = 300;

/**
 * Removes directories and marks. Under the lock no put runs, and after the deadline none sends: nothing of the token can come later.
 * Directories go out of sight at once, by rename; removing them takes its time after the answer. Answers: `TOKEN forgotten`, `TOKEN kept WHY TEXT`.
 */
export function forgetScript(batch: ForgetBatch): Script {
  const pairs = batch.places.map((place) => `${place.token}:${Math.floor(place.deadline / 1000)}`).join(" ");
  return script(() => [takeLock(batch.install, batch.shard, batch.lockSeconds), isOver, body(pairs)]);
}

const body = (pairs: string): string => `kept() { say "$token kept $1 $(word "$2")"; }
gone=$install/.gone.$nonce
may_go() {
  marks=$install/$token/${layout.marks}
  if [ -n "$refusal" ]; then
    kept LockBusy "$why"
  elif [ "$now" -le $((deadline + ${marginSeconds})) ]; then
    kept DeadlineAhead "a put may still arrive until $deadline, and the cluster's clock shows $now (seconds since 1970; ${marginSeconds} s margin)"
  elif ! is_over; then
    kept NotClosed "sbatch was tried and the token is neither closed nor void nor refused: its job may still run"
  else
    return 0
  fi
  return 1
}
for pair in ${pairs}; do
  token=\${pair%%:*} deadline=\${pair#*:}
  if ! may_go; then continue; fi
  if [ ! -e "$install/$token" ]; then
    say "$token forgotten"
  elif why=$({ [ -d "$gone" ] || mkdir "$gone"; } 2>&1 && mv -- "$install/$token" "$gone/" 2>&1); then
    say "$token forgotten"
  else
    kept NotRemovable "$why"
  fi
done
say end
exec 9>&-
{
  rm -rf "$gone" || { chmod -R u+rwX "$gone"; rm -rf "$gone"; }
  # What batches that were killed have left.
  find "$install" -maxdepth 1 \\( -name '.stage.*' -o -name '.gone.*' \\) -mtime +1 -exec rm -rf {} +
} >/dev/null 2>&1`;

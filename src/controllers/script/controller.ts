import { jobScript, type JobScript } from "../../api/v1alpha1/job-script.ts";
import {
  decideScript,
  type ObservedScript,
  type ScriptDecision,
} from "../../core/jobscript/decide-script.ts";
import { neededConfigMaps } from "../../core/jobscript/plan-script.ts";
import { scriptReasons } from "../../core/jobscript/reasons.ts";
import { scriptStatus } from "../../core/jobscript/script-status.ts";
import { storedName } from "../../core/jobscript/stored-script.ts";
import { instant } from "../../core/instant.ts";
import { ConflictError } from "../../kube/errors.ts";
import type { Key } from "../../kube/key.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { done, requeueAfter, type Result } from "../../runtime/outcome.ts";
import { jobScripts } from "../resources.ts";
import { observeScript } from "./observe.ts";
import { storeFiles } from "./store-files.ts";
import { storeLabel, storeStatus, type ScriptStore } from "./store-status.ts";

export interface ScriptDeps extends ScriptStore {
  readonly clock: Clock;
  /** Milliseconds until a script that is not Ready is looked at again, where what it needs is not watched. */
  readonly recheckMs: number;
}

const conflictMs = 100;

/** Renders a script once for each generation of its spec, keeps what was rendered, and says what is in the way. */
export async function reconcileScript(
  key: Key,
  deps: ScriptDeps,
  { signal }: ReconcileContext,
): Promise<Result> {
  const script = await deps.client.find(jobScripts, key, jobScript, { signal });
  if (script === undefined || script.metadata.deletionTimestamp !== undefined) return done;
  try {
    const observed = await observeScript(script, deps.client, signal);
    const decision = decideScript(script, observed);
    const outcome = await storeFiles(script, decision, { client: deps.client, signal });
    await report(script, outcome, deps, signal);
    return whenToLookAgain(observed, outcome, deps);
  } catch (error) {
    if (error instanceof ConflictError) return requeueAfter(conflictMs);
    throw error;
  }
}

async function report(
  script: JobScript,
  decision: ScriptDecision,
  deps: ScriptDeps,
  signal: AbortSignal,
): Promise<void> {
  const labelled = await storeLabel(script, deps, signal);
  const now = instant(deps.clock.wallTime().getTime());
  const configMap =
    decision.is === "render" ? storedName(script.metadata.uid, decision.plan.script.digest) : "";
  await storeStatus(labelled, scriptStatus(labelled, { decision, configMap, now }), deps, signal);
}

/** Templates are watched; ConfigMaps, quotas and rights are not. */
function whenToLookAgain(
  observed: ObservedScript,
  decision: ScriptDecision,
  { recheckMs }: ScriptDeps,
): Result {
  if (decision.is !== "hinder") return done;
  const isUnwatched =
    observed.is === "pinned" ||
    decision.problem.reason === scriptReasons.filesNotStored ||
    neededConfigMaps(observed.inputs.spec, observed.inputs.template).length > 0;
  return isUnwatched ? requeueAfter(recheckMs) : done;
}

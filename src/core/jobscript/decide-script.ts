import type { JobScript } from "../../api/v1alpha1/job-script.ts";
import { final, not, ok, type Outcome, type Problem, waiting } from "../problem.ts";
import { specDigestOf } from "./digest.ts";
import { planScript, type ScriptInputs, type ScriptPlan } from "./plan-script.ts";
import { scriptReasons } from "./reasons.ts";
import { readRendered, storeScript, type StoredConfigMap } from "./stored-script.ts";

/** What a script once rendered to, and goes on to mean until its spec changes. */
export interface Pin {
  readonly digest: string;
  readonly configMap: string;
}

/** The pin of the present spec; undefined while it has not been rendered. */
export function pinOf({ metadata, spec, status }: JobScript): Pin | undefined {
  const { digest, filesRef, observedGeneration, specDigest } = status;
  const isSame = observedGeneration === metadata.generation || specDigest === specDigestOf(spec);
  if (digest === undefined || filesRef === undefined || !isSame) return undefined;
  return { digest, configMap: filesRef.name };
}

export type ObservedScript =
  /** Rendered before, and the files are there. */
  | { readonly is: "pinned"; readonly pin: Pin; readonly stored: StoredConfigMap }
  /** Rendered before, and the files are gone: the sources were read again. */
  | { readonly is: "lost"; readonly pin: Pin; readonly inputs: ScriptInputs }
  | { readonly is: "unrendered"; readonly inputs: ScriptInputs };

export type ScriptDecision =
  /** The files are there and are what was rendered. */
  | { readonly is: "keep" }
  /** Store the files of a plan and say that they are what the script now means. */
  | { readonly is: "render"; readonly plan: ScriptPlan; readonly configMap: object }
  /** Store the files again that the script has meant all along. */
  | { readonly is: "restore"; readonly configMap: object }
  /** Nothing can be stored; `isPinned` says whether the status keeps the pin. */
  | { readonly is: "hinder"; readonly problem: Problem; readonly isPinned: boolean };

/** What was rendered once stays, whatever happens to the template: only the same files are ever put back under a pin. */
export function decideScript(script: JobScript, observed: ObservedScript): ScriptDecision {
  switch (observed.is) {
    case "pinned": {
      const read = readRendered(observed.stored, observed.pin.digest);
      return read.ok ? { is: "keep" } : { is: "hinder", problem: read.problem, isPinned: true };
    }
    case "lost": {
      const again = planAgain(script, observed.inputs, observed.pin);
      return again.ok
        ? { is: "restore", configMap: again.value }
        : { is: "hinder", problem: again.problem, isPinned: true };
    }
    case "unrendered": {
      const plan = planFresh(observed.inputs);
      if (!plan.ok) return { is: "hinder", problem: plan.problem, isPinned: false };
      const stored = storeScript(plan.value.script, ownerOf(script));
      return stored.ok
        ? { is: "render", plan: plan.value, configMap: stored.value }
        : { is: "hinder", problem: stored.problem, isPinned: false };
    }
  }
}

/** What is archived is used for nothing new; what was made of it is made again where it is lost. */
function planFresh(inputs: ScriptInputs): Outcome<ScriptPlan> {
  const { template } = inputs;
  if (template?.spec.archived !== true) return planScript(inputs);
  return not(
    waiting(
      scriptReasons.templateArchived,
      `JobTemplate "${template.name}" is archived, and no new scripts are made of it; set its spec.archived to false, or choose another in spec.from.template.name`,
    ),
  );
}

const ownerOf = ({ metadata }: JobScript) => ({
  name: metadata.name,
  namespace: metadata.namespace ?? "default",
  uid: metadata.uid,
});

function planAgain(script: JobScript, inputs: ScriptInputs, pin: Pin): Outcome<object> {
  const plan = planScript(inputs);
  const gone = `ConfigMap "${pin.configMap}", which held the rendered files, is gone`;
  if (!plan.ok) {
    return not({
      ...plan.problem,
      reason: scriptReasons.filesLost,
      message: `${gone}, and the script cannot be rendered again:\n${plan.problem.message}`,
    });
  }
  const { digest } = plan.value.script;
  if (digest === pin.digest) return ok(storeScriptOf(plan.value, script));
  const then = script.status.template;
  const now = plan.value.template;
  const why =
    then === undefined || now === undefined
      ? "what it was made from has changed"
      : `JobTemplate "${now.name}" is at generation ${String(now.generation)}, and ${String(then.generation)} was rendered`;
  return not(
    final(
      scriptReasons.filesLost,
      `${gone}, and rendering again gives other files (${digest} in place of ${pin.digest}): ${why}; create another JobScript, or change this one's spec to have it rendered anew`,
    ),
  );
}

/** Of equal digest, so it fits as it did before. */
function storeScriptOf(plan: ScriptPlan, script: JobScript): object {
  const stored = storeScript(plan.script, ownerOf(script));
  if (!stored.ok) throw new Error(stored.problem.message);
  return stored.value;
}

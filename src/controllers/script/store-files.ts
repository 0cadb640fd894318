import type { JobScript } from "../../api/v1alpha1/job-script.ts";
import type { ScriptDecision } from "../../core/jobscript/decide-script.ts";
import { scriptReasons } from "../../core/jobscript/reasons.ts";
import { readRendered, storedConfigMap, storedName } from "../../core/jobscript/stored-script.ts";
import { final, waiting, type Problem } from "../../core/problem.ts";
import type { KubeClient } from "../../kube/client.ts";
import { AlreadyExistsError, ForbiddenError, InvalidError, RefusedError } from "../../kube/errors.ts";
import { keyOf } from "../../kube/key.ts";
import { configMaps } from "../resources.ts";

export const fieldManager = "batchwright-scripts";

interface Files {
  readonly object: object;
  readonly digest: string;
}

/** Carries out a decision. What hinders it turns it into another decision, to be reported like one. */
export async function storeFiles(
  script: JobScript,
  decision: ScriptDecision,
  deps: { readonly client: KubeClient; readonly signal: AbortSignal },
): Promise<ScriptDecision> {
  switch (decision.is) {
    case "keep":
    case "hinder":
      return decision;
    case "render": {
      const { digest } = decision.plan.script;
      const problem = await createFiles(script, { object: decision.configMap, digest }, deps);
      return problem === undefined ? decision : { is: "hinder", problem, isPinned: false };
    }
    case "restore": {
      const digest = script.status.digest ?? "";
      const problem = await createFiles(script, { object: decision.configMap, digest }, deps);
      return problem === undefined ? decision : { is: "hinder", problem, isPinned: true };
    }
  }
}

/** Idempotent by name: whoever finds the files there checks that they are the same. */
async function createFiles(
  { metadata: { namespace, uid } }: JobScript,
  { object, digest }: Files,
  { client, signal }: { readonly client: KubeClient; readonly signal: AbortSignal },
): Promise<Problem | undefined> {
  try {
    await client.create(configMaps, { namespace, object, fieldManager, signal }, storedConfigMap);
    return undefined;
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) return problemOf(error);
    const key = keyOf({ namespace, name: storedName(uid, digest) });
    const stored = await client.get(configMaps, key, storedConfigMap, { signal });
    const read = readRendered(stored, digest);
    return read.ok ? undefined : read.problem;
  }
}

/** @throws what is none of the user's business: the runtime tries again */
function problemOf(error: unknown): Problem {
  if (error instanceof ForbiddenError) {
    const message = `the API server does not let the operator store the rendered files: ${error.message}; raise the namespace's quota, or grant the operator to create ConfigMaps there`;
    return waiting(scriptReasons.filesNotStored, message);
  }
  if (error instanceof InvalidError || error instanceof RefusedError) {
    const message = `the API server does not take the rendered files: ${error.message}; make them smaller, or change what it names`;
    return final(scriptReasons.tooLarge, message);
  }
  throw error;
}

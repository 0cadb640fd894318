import type { JobScript } from "../../api/v1alpha1/job-script.ts";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { scriptReasons } from "../../core/jobscript/reasons.ts";
import { readRendered, storedConfigMap } from "../../core/jobscript/stored-script.ts";
import type { RenderedScript } from "../../core/jobscript/rendered-script.ts";
import type { Instant } from "../../core/instant.ts";
import { final, not, ok, type Outcome, waiting } from "../../core/problem.ts";
import { conditionOf } from "../../core/status/conditions.ts";
import { reasons } from "../../core/submission/reasons.ts";
import { keyOf, type Key } from "../../kube/key.ts";
import { configMaps } from "../resources.ts";
import type { SubmissionDeps } from "./deps.ts";
import { ensureOwnScript } from "./script-object.ts";

export interface ReadyScript {
  readonly object: JobScript;
  readonly rendered: RenderedScript;
}

/** The script that the submission runs, as it was rendered and checked. */
export async function findScript(
  deps: SubmissionDeps,
  submission: JobSubmission,
  { asOf, signal }: { asOf: Instant; signal: AbortSignal },
): Promise<Outcome<ReadyScript>> {
  const object = await findObject(deps, submission, { asOf, signal });
  if (object === undefined) {
    const name = submission.spec.from.script?.name ?? "";
    return not(
      waiting(
        reasons.ScriptNotFound,
        `spec.from.script: there is no JobScript "${name}" in this namespace yet; the submission goes on when it is there`,
      ),
    );
  }
  // What was sent once may be sent again.
  if (object.spec.archived === true && submission.status.attempts === undefined)
    return not(
      waiting(
        reasons.ScriptArchived,
        `spec.from.script: JobScript "${object.metadata.name}" is archived, and nothing new runs it; set its spec.archived to false, or create the submission with another script`,
      ),
    );
  const hindrance = hindranceOf(object);
  if (hindrance !== undefined) return not(hindrance);
  const { digest, filesRef } = object.status;
  if (digest === undefined || filesRef === undefined) return not(notRendered(object));
  const rendered = await readFiles(
    deps,
    { key: keyOf({ namespace: object.metadata.namespace, name: filesRef.name }), digest },
    signal,
  );
  if (rendered === undefined) return not(notRendered(object));
  return rendered.ok ? ok({ object, rendered: rendered.value }) : rendered;
}

/** Undefined when they are not there. */
export async function readFiles(
  { client, rendered: book }: SubmissionDeps,
  { key, digest }: { key: Key; digest: string },
  signal: AbortSignal,
): Promise<Outcome<RenderedScript> | undefined> {
  // The namespace is in the key: a digest alone would open another tenant's script.
  const page = `${key} ${digest}`;
  const known = book.get(page);
  if (known !== undefined) return ok(known);
  const stored = await client.find(configMaps, key, storedConfigMap, { signal });
  if (stored === undefined) return undefined;
  const read = readRendered(stored, digest);
  if (read.ok) book.set(page, read.value);
  return read;
}

async function findObject(
  { client, scriptBook }: SubmissionDeps,
  submission: JobSubmission,
  { asOf, signal }: { asOf: Instant; signal: AbortSignal },
): Promise<JobScript | undefined> {
  const { script } = submission.spec.from;
  if (script === undefined) return ensureOwnScript(client, submission, signal);
  return scriptBook.read(
    keyOf({ namespace: submission.metadata.namespace, name: script.name }),
    asOf,
    signal,
  );
}

const notRendered = (script: JobScript) =>
  waiting(reasons.ScriptNotReady, `JobScript "${script.metadata.name}" is being rendered`);

/** A script that is wrong in itself is final: the fix is a new submission. One that waits makes us wait, in its own words. */
function hindranceOf(script: JobScript) {
  const { metadata, status } = script;
  const ready = conditionOf(status.conditions, "Ready");
  if (ready === undefined || ready.observedGeneration !== metadata.generation) return notRendered(script);
  if (ready.status === "True") return undefined;
  const isFinal = conditionOf(status.conditions, "Stalled")?.status === "True";
  // On one line, so that the cause is seen in kubectl's columns too.
  const message = `JobScript "${metadata.name}": ${onOneLine(ready.message)}`;
  // A template that is wrong in itself is its author's to correct, and then the script is rendered: this submission did nothing wrong.
  const isCurable = !isFinal || ready.reason === scriptReasons.invalidTemplate;
  return isCurable ? waiting(ready.reason, message) : final(ready.reason, message);
}

const onOneLine = (message: string): string =>
  message.replaceAll(/(?<end>:?)\s*\n\s*/gu, (_, end: string) => (end === "" ? "; " : `${end} `));

import type { JobScript, JobScriptStatus } from "../../api/v1alpha1/job-script.ts";
import type { Instant } from "../instant.ts";
import { conditionOf } from "../status/conditions.ts";
import { mentionWarnings } from "../template/findings.ts";
import { readinessConditions, type Readiness } from "../template/readiness.ts";
import type { ScriptDecision } from "./decide-script.ts";
import type { ScriptPlan } from "./plan-script.ts";
import { specDigestOf } from "./digest.ts";
import { scriptReasons } from "./reasons.ts";

/** What came of a decision. A decision whose effect failed has become a `hinder`. */
export interface ScriptReport {
  readonly decision: ScriptDecision;
  /** Name of the ConfigMap that a `render` stored. */
  readonly configMap: string;
  readonly now: Instant;
}

/** The whole status to store. */
export function scriptStatus(
  script: JobScript,
  { decision, configMap, now }: ScriptReport,
): { status: JobScriptStatus; readiness: Readiness } {
  const { generation } = script.metadata;
  const readiness = readinessOf(script, decision);
  return {
    readiness,
    status: {
      ...pinnedFields(script, decision, configMap),
      observedGeneration: generation,
      conditions: readinessConditions(readiness, script.status.conditions, { generation, now }),
    },
  };
}

function readinessOf(script: JobScript, decision: ScriptDecision): Readiness {
  switch (decision.is) {
    case "hinder":
      return { is: "hindered", problem: decision.problem };
    case "render":
      return { is: "ready", reason: scriptReasons.rendered, message: describe(decision.plan) };
    case "keep":
    case "restore":
      return { is: "ready", reason: scriptReasons.rendered, message: storedMessage(script) };
  }
}

/** While the files are sound the message stays as it was written, so that looking again writes nothing. */
function storedMessage({ status }: JobScript): string {
  const ready = conditionOf(status.conditions, "Ready");
  return ready?.status === "True"
    ? ready.message
    : describeFrom(status.template, status.warnings?.length ?? 0);
}

const describe = ({ template, reading }: ScriptPlan): string =>
  describeFrom(template, reading.warnings.length);

function describeFrom(template: JobScriptStatus["template"], warnings: number): string {
  const made =
    template === undefined
      ? "The script is sound"
      : `Rendered from JobTemplate "${template.name}", generation ${String(template.generation)}`;
  return `${made}${mentionWarnings(warnings)}.`;
}

function pinnedFields(script: JobScript, decision: ScriptDecision, configMap: string): JobScriptStatus {
  switch (decision.is) {
    case "render": {
      const { script: rendered, reading, template } = decision.plan;
      return {
        digest: rendered.digest,
        specDigest: specDigestOf(script.spec),
        filesRef: { name: configMap },
        ...reading,
        ...(template === undefined ? {} : { template }),
      };
    }
    case "keep":
    case "restore":
      return script.status;
    case "hinder":
      return decision.isPinned ? script.status : {};
  }
}

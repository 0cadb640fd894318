import { createHash } from "node:crypto";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { SlurmCluster, Tenant } from "../../api/v1alpha1/slurm-cluster.ts";
import { toCanonicalJson } from "../jobscript/canonical-json.ts";
import type { RenderedScript, Variable } from "../jobscript/rendered-script.ts";
import { final, not, ok, type Outcome, type Problem } from "../problem.ts";
import { DirectiveError } from "../slurm/directive-error.ts";
import { interpreterOf } from "../slurm/launcher/interpreter.ts";
import { buildJobFiles } from "../slurm/launcher/job-files.ts";
import { layout } from "../slurm/launcher/layout.ts";
import { mergeOptions } from "../slurm/options/merge-options.ts";
import { formatWord } from "../slurm/options/option-text.ts";
import { releaseOf } from "../slurm/options/release.ts";
import { resourcesToOptions } from "../slurm/options/resources-options.ts";
import { describeFinding } from "../slurm/script/finding.ts";
import { readScript } from "../slurm/script/read-script.ts";
import type { ScriptReading } from "../slurm/script/script-reading.ts";
import { cut } from "../status/conditions.ts";
import { checkBounds } from "./bounds.ts";
import type { Prepared, StagedJob } from "./prepared.ts";
import { reasons } from "./reasons.ts";
import { arrayToSend } from "./retried-tasks.ts";

type MergedOptions = ReturnType<typeof mergeOptions>;

export interface Parts {
  readonly submission: JobSubmission;
  readonly script: RenderedScript;
  readonly cluster: SlurmCluster;
  /** Slurm's own ClusterName. */
  readonly slurmName: string;
  readonly tenant: Tenant;
  /** Of the submission, with what they take from elsewhere. */
  readonly variables: readonly Variable[];
}

export type Assembly = Pick<Prepared, "optionsDigest" | "effectiveOptions" | "stage">;

/** Everything that is sent, from everything that has a say in it. Pure: the same parts give the same bytes. */
export function assemble(parts: Parts): Outcome<Assembly> {
  const mixed = merge(parts);
  if (!mixed.ok) return mixed;
  const { merged, reading } = mixed.value;
  const effectiveOptions = ofWholeArray(
    parts.submission,
    merged.effective
      .filter(({ component }) => component === 0)
      .map(({ option, value, from }) => ({ option, value, from })),
  );
  const outOfBounds = outOfAnyBound(parts, merged.effective, reading);
  if (outOfBounds !== undefined) return not(outOfBounds);
  const variables = [...parts.script.environment.variables, ...parts.script.parameters, ...parts.variables];
  const optionsDigest = digest({ directives: merged.directives, words: merged.words, variables });
  return ok({
    effectiveOptions,
    optionsDigest,
    stage: (directory) => stage(parts, { directory, merged, variables }),
  });
}

/** What is told is the array; a retry may send less of it, which is on its attempt. */
function ofWholeArray(
  submission: JobSubmission,
  options: Prepared["effectiveOptions"],
): Prepared["effectiveOptions"] {
  const whole = submission.status.effectiveOptions?.find(({ option }) => option === "array");
  if (whole === undefined || arrayToSend(submission) === undefined) return options;
  return options.map((entry) => (entry.option === "array" ? whole : entry));
}

/** Each component of a heterogeneous job asks for itself. */
function outOfAnyBound(
  { tenant, script }: Parts,
  effective: MergedOptions["effective"],
  reading: ScriptReading,
): Problem | undefined {
  const placed = effective.map((option) => ({ ...option, where: lineOf(option, script, reading) }));
  const components = Map.groupBy(placed, ({ component }) => component);
  return [...components.values(), ...(components.size === 0 ? [[]] : [])]
    .map((options) => checkBounds(tenant, options))
    .find((problem) => problem !== undefined);
}

/** What the script says, in the line that counts: the last one of the component, or of one that it takes over from. */
function lineOf(
  { option, from, component }: MergedOptions["effective"][number],
  { entrypoint }: RenderedScript,
  { options }: ScriptReading,
): string | undefined {
  if (from !== "Script") return undefined;
  const said = options.findLast((other) => other.name === option && other.component <= component);
  return said && `line ${said.line} of ${entrypoint.name}: ${said.kind} ${cut(said.text, longestText)}`;
}

const longestText = 200;

/** The tenant's account counts as a default of the cluster, where nobody else names one. */
function merge({ submission, script, cluster, slurmName, tenant }: Parts): Outcome<{
  merged: MergedOptions;
  reading: ScriptReading;
}> {
  const release = releaseOf(cluster.status.version ?? "");
  const context = { release, clusterName: slurmName };
  const account = tenant.account === undefined ? {} : { account: tenant.account };
  const defaults = resourcesToOptions(
    { ...cluster.spec.defaults, ...account },
    { ...context, field: `spec.defaults of SlurmCluster "${cluster.metadata.name}"` },
  );
  const own = resourcesToOptions(script.resources, { ...context, field: "resources of the script" });
  const asked = resourcesToOptions(submission.spec.resources, { ...context, field: "spec.resources" });
  const array = arrayToSend(submission);
  const set = array === undefined ? asked.set : [...asked.set, { name: "array" as const, value: array }];
  const reading = readScript(script.entrypoint.text, context);
  const errors = [
    ...[...defaults.errors, ...own.errors, ...asked.errors].map(
      ({ field, message }) => `${field}: ${message}`,
    ),
    ...reading.errors.map((error) => describeFinding(script.entrypoint.name, error)),
  ];
  if (errors.length > 0) return not(final(reasons.OptionsInvalid, errors.slice(0, 5).join("; ")));
  try {
    const submission = { ...asked, set };
    const merged = mergeOptions({ cluster: defaults, resources: own, script: reading, submission });
    return ok({ merged, reading });
  } catch (error) {
    if (error instanceof DirectiveError) return not(final(reasons.OptionsInvalid, error.message));
    throw error;
  }
}

interface Staging {
  readonly directory: string;
  readonly merged: MergedOptions;
  readonly variables: readonly Variable[];
}

function stage({ submission, script }: Parts, { directory, merged, variables }: Staging): StagedJob {
  const { entrypoint, environment } = script;
  const said = new Set<string>(merged.effective.map(({ option }) => option));
  const files = buildJobFiles({
    directory,
    generated: defaultsOf(directory, submission.metadata.name)
      .filter(({ name }) => !said.has(name))
      .map(({ name, value }) => `#SBATCH ${formatWord({ name, value })}`),
    directives: merged.directives,
    entrypoint: entrypoint.name,
    interpreter: environment.interpreter?.trim().split(/\s+/u) ??
      interpreterOf(entrypoint.text) ?? ["/bin/sh"],
    variables,
    modules: environment.modules,
    setup: environment.setup ?? "",
    files: [
      { path: entrypoint.name, content: new TextEncoder().encode(entrypoint.text), isExecutable: true },
      ...script.supportFiles.map(({ path, mode, base64 }) => ({
        path,
        content: Buffer.from(base64, "base64"),
        isExecutable: (mode & 0o111) !== 0,
      })),
    ],
  });
  return { files, arguments: merged.words };
}

/** Where nobody says otherwise: the job has the submission's name, since every script is called batch.sh, and runs in its own directory. */
const defaultsOf = (directory: string, name: string) =>
  [
    { name: "job-name", value: name },
    { name: "chdir", value: `${directory}/${layout.work}` },
  ] as const;

const digest = (value: unknown): string =>
  `sha256:${createHash("sha256").update(toCanonicalJson(value)).digest("hex")}`;

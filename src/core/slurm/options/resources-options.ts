import type { Resources } from "../../../api/v1alpha1/resources.ts";
import { DirectiveError } from "../directive-error.ts";
import { formatMemory } from "../memory.ts";
import { mebibytesOf } from "../quantity.ts";
import { formatTimeLimit } from "../time-limit.ts";
import { excludingOptions } from "./excluding-options.ts";
import { remainderOf } from "./option-groups.ts";
import type { OptionSetting } from "./option-groups.ts";
import type { OptionName } from "./option-table.ts";
import { newestRelease } from "./release.ts";
import type { Release } from "./release.ts";
import type { RequestedOptions, RequestError } from "./requested-options.ts";
import { readSbatchEntries } from "./sbatch-entries.ts";
import { settleOptions } from "./settled-options.ts";
import { valueRules } from "./value-rules.ts";

export interface ResourcesContext {
  /** Where the resources stand, for messages: `spec.resources`. */
  readonly field: string;
  readonly release?: Release | undefined;
  readonly clusterName?: string | undefined;
}

/**
 * The options of sbatch that `resources` ask for; entries of `sbatch[]` come last and replace what the other fields say in their groups.
 * Memory becomes whole MiB and the time limit whole minutes, both rounded up.
 */
export function resourcesToOptions(
  resources: Resources | undefined,
  context: ResourcesContext,
): RequestedOptions & { readonly errors: readonly RequestError[] } {
  const errors: RequestError[] = [];
  const fields = Object.entries(resources === undefined ? {} : fieldOptions(resources)).flatMap(
    ([field, option]) => {
      try {
        return option() ?? [];
      } catch (error) {
        if (!(error instanceof DirectiveError)) throw error;
        errors.push({ field: `${context.field}.${field}`, message: error.message });
        return [];
      }
    },
  );
  const entries = readSbatchEntries(resources?.sbatch ?? [], {
    field: `${context.field}.sbatch`,
    release: context.release ?? newestRelease,
    clusterName: context.clusterName,
  });
  const remaining = fields.flatMap((field) => {
    const left = entries.set.reduce<OptionSetting | undefined>(
      (kept, entry) => (kept === undefined ? undefined : remainderOf(kept, entry)),
      field,
    );
    return left === undefined ? [] : [left];
  });
  const set = settleOptions([...remaining, ...entries.set]);
  const together = excludingOptions(set, context.release ?? newestRelease);
  if (together !== undefined) {
    errors.push({
      field: context.field,
      message: `${together.map((name) => `--${name}`).join(" and ")} exclude each other, and sbatch refuses them together: keep one`,
    });
  }
  const without: OptionName[] =
    resources?.exclusive === "None" && !set.some(({ name }) => name === "exclusive") ? ["exclusive"] : [];
  return { set, without, errors: [...errors, ...entries.errors] };
}

type Field = () => OptionSetting | undefined;

/** One option for each field, made when called, so that a bad value is known by its field. */
function fieldOptions(resources: Resources): Record<string, Field> {
  const text =
    (name: OptionName, value: string | number | undefined): Field =>
    () =>
      value === undefined ? undefined : { name, value: String(value) };
  const size =
    (name: OptionName, quantity: string | undefined): Field =>
    () =>
      quantity === undefined ? undefined : { name, value: formatMemory(mebibytesOf(quantity)) };
  const { nodes, timeLimitSeconds, licenses } = resources;
  return {
    partition: text("partition", resources.partition),
    account: text("account", resources.account),
    qos: text("qos", resources.qos),
    nodes: text("nodes", nodes === undefined ? undefined : nodeRange(nodes)),
    tasks: text("ntasks", resources.tasks),
    tasksPerNode: text("ntasks-per-node", resources.tasksPerNode),
    cpusPerTask: text("cpus-per-task", resources.cpusPerTask),
    memory: size("mem", resources.memory),
    memoryPerCpu: size("mem-per-cpu", resources.memoryPerCpu),
    memoryPerGpu: size("mem-per-gpu", resources.memoryPerGpu),
    gpus: () => gpuOption(resources.gpus),
    timeLimitSeconds: text(
      "time",
      timeLimitSeconds === undefined ? undefined : formatTimeLimit(timeLimitSeconds),
    ),
    array: () => arrayOption(resources.array),
    reservation: text("reservation", resources.reservation),
    constraint: text("constraint", resources.constraint),
    exclusive: () => exclusiveOption(resources.exclusive),
    localDisk: size("tmp", resources.localDisk),
    licenses: text(
      "licenses",
      licenses === undefined || licenses.length === 0 ? undefined : licenses.join(","),
    ),
  };
}

function nodeRange({ min, max }: NonNullable<Resources["nodes"]>): string {
  return max === undefined || max === min ? String(min) : `${min}-${max}`;
}

function gpuOption(gpus: Resources["gpus"]): OptionSetting | undefined {
  if (gpus === undefined) return undefined;
  const names = { Job: "gpus", Node: "gpus-per-node", Task: "gpus-per-task" } as const;
  const value = gpus.type === undefined ? String(gpus.count) : `${gpus.type}:${gpus.count}`;
  return { name: names[gpus.per ?? "Job"], value };
}

function arrayOption(array: string | undefined): OptionSetting | undefined {
  if (array === undefined) return undefined;
  const rule = valueRules.array(array, newestRelease);
  if (rule !== undefined) throw new DirectiveError(array, rule);
  return { name: "array", value: array };
}

function exclusiveOption(exclusive: Resources["exclusive"]): OptionSetting | undefined {
  if (exclusive === undefined || exclusive === "None") return undefined;
  return { name: "exclusive", value: exclusive === "User" ? "user" : undefined };
}

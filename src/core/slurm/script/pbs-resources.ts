import { DirectiveError } from "../directive-error.ts";
import type { Current, Setting } from "./foreign-options.ts";

/** A key of `#PBS -l`, where its value ends, and what it stands for. `undefined` for one that is skipped with its value. */
interface Resource {
  readonly key: RegExp;
  readonly until: "," | ":";
  readonly take: ((value: string, asked: Asked) => void) | undefined;
}

/** What one `-l` collects before it can be said in sbatch's terms. */
interface Asked {
  readonly settings: Setting[];
  gpus: number;
  nodes: number | undefined;
  cpus: number | undefined;
  processes: number | undefined;
  readonly current: Current;
}

const setting =
  (name: Setting["name"]) =>
  (value: string, asked: Asked): void => {
    asked.settings.push({ name, value });
  };

/** Torque writes gb and mb; sbatch takes the b off, also off `10b`. */
const size = (name: Setting["name"]) => (value: string, asked: Asked) => {
  asked.settings.push({ name, value: value.replace(/b$/iu, "") });
};

/**
 * sbatch looks for these at every position of the list, in this order: `xmem=3` is `mem=3`, and what it does not know it steps over.
 * Source: measured on 22.05 and 24.11.
 */
const resources: readonly Resource[] = [
  { key: /accelerator=/iuy, until: ",", take: acceleratorFlag },
  { key: /arch=/uy, until: ",", take: undefined },
  { key: /cput=/uy, until: ",", take: setting("time") },
  { key: /file=/uy, until: ",", take: size("tmp") },
  { key: /host=/uy, until: ",", take: undefined },
  { key: /mem=/uy, until: ",", take: size("mem") },
  { key: /mpiprocs=/iuy, until: ":", take: processes },
  { key: /naccelerators=/iuy, until: ",", take: accelerators },
  { key: /ncpus=/iuy, until: ":", take: cpus },
  { key: /nice=/uy, until: ",", take: setting("nice") },
  { key: /nodes=/uy, until: ",", take: nodes },
  { key: /opsys=/uy, until: ",", take: undefined },
  { key: /other=/uy, until: ",", take: undefined },
  { key: /pcput=/uy, until: ",", take: setting("time") },
  { key: /pmem=/uy, until: ",", take: undefined },
  { key: /proc=/uy, until: ",", take: constraint },
  { key: /pvmem=/uy, until: ",", take: undefined },
  { key: /select=/iuy, until: ":", take: select },
  { key: /software=/uy, until: ",", take: undefined },
  { key: /vmem=/uy, until: ",", take: undefined },
  { key: /walltime=/uy, until: ",", take: setting("time") },
];

/** Settings that a `#PBS -l` list stands for. */
export function translateResourceList(list: string, current: Current): readonly Setting[] {
  const asked: Asked = {
    settings: [],
    gpus: 0,
    nodes: undefined,
    cpus: undefined,
    processes: undefined,
    current,
  };
  let at = 0;
  while (at < list.length) {
    const resource = resources.find(({ key }) => {
      key.lastIndex = at;
      return key.test(list);
    });
    if (resource === undefined) {
      at += 1;
      continue;
    }
    const start = resource.key.lastIndex;
    const found = list.indexOf(resource.until, start);
    const end = found < 0 ? list.length : found;
    resource.take?.(list.slice(start, end), asked);
    at = end + 1;
    // sbatch drops whatever follows proc= up to the next comma.
    if (resource.take === constraint) at = skipOne(list, at);
  }
  return [...asked.settings, ...cpusPerTask(asked), ...gpus(asked)];
}

function skipOne(list: string, at: number): number {
  const comma = list.indexOf(",", at);
  return comma < 0 ? list.length : comma + 1;
}

function acceleratorFlag(value: string, asked: Asked): void {
  if (/^true/iu.test(value) && asked.gpus < 1) asked.gpus = 1;
}

function accelerators(value: string, asked: Asked): void {
  if (!/^\s*\+?0*[1-9]\d{0,9}$/u.test(value))
    throw new DirectiveError(value, "is no positive number of accelerators");
  asked.gpus = Number(value);
}

function processes(value: string, asked: Asked): void {
  asked.processes = Number(value);
  asked.settings.push({ name: "ntasks-per-node", value });
}

function cpus(value: string, asked: Asked): void {
  asked.cpus = Number(value);
  asked.settings.push({ name: "mincpus", value });
}

function select(value: string, asked: Asked): void {
  asked.nodes = Number(value);
  asked.settings.push({ name: "nodes", value });
}

function constraint(value: string, asked: Asked): void {
  const before =
    asked.settings.findLast(({ name }) => name === "constraint")?.value ?? asked.current("constraint");
  asked.settings.push({ name: "constraint", value: before === undefined ? value : `${value},${before}` });
}

/** PBS Pro's select:ncpus:mpiprocs, all in one list: the CPUs of a chunk are shared out among its processes. */
function cpusPerTask({ nodes, cpus, processes }: Asked): Setting[] {
  if (nodes === undefined || cpus === undefined || processes === undefined) return [];
  return cpus > processes ? [{ name: "cpus-per-task", value: String(Math.floor(cpus / processes)) }] : [];
}

function gpus({ gpus, current }: Asked): Setting[] {
  if (gpus === 0) return [];
  const before = current("gres");
  return [{ name: "gres", value: before === undefined ? `gpu:${gpus}` : `${before},gpu:${gpus}` }];
}

const part =
  /(?<ppn>ppn=)(?<processes>\d*)|(?<gpu>gpus=)(?<gpus>[^+:]*)|(?<count>\d+)|(?<host>[A-Za-z][^+:]*)|[^]/uy;

/** `nodes=2:ppn=4+n1:gpus=1`: counts add up, names make a list, ppn times the nodes are the tasks. */
function nodes(value: string, asked: Asked): void {
  let count = 0;
  let perNode = 0;
  const hosts: string[] = [];
  for (let at = 0; at < value.length;) {
    part.lastIndex = at;
    const found = part.exec(value)?.groups ?? {};
    at = part.lastIndex;
    if (found["ppn"] !== undefined) perNode += Number(found["processes"]);
    else if (found["gpu"] !== undefined)
      asked.settings.push({ name: "gpus-per-node", value: found["gpus"] ?? "" });
    else if (found["count"] !== undefined) count += Number(found["count"]);
    else if (found["host"] !== undefined) hosts.push(found["host"]);
    else continue;
    at = nextPart(value, at);
  }
  if (count > 0) asked.settings.push({ name: "nodes", value: String(count) });
  if (perNode > 0) asked.settings.push({ name: "ntasks", value: String(perNode * Math.max(count, 1)) });
  if (hosts.length > 0) asked.settings.push({ name: "nodelist", value: hosts.join(",") });
}

function nextPart(value: string, at: number): number {
  const found = /[+:]/gu;
  found.lastIndex = at;
  return found.test(value) ? found.lastIndex : value.length;
}

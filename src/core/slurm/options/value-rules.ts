import { parseArraySpec } from "../array-spec.ts";
import { DirectiveError } from "../directive-error.ts";
import { parseMemory } from "../memory.ts";
import { parseDuration, parseTimeLimit } from "../time-limit.ts";
import { isMoment } from "./moment.ts";
import { isNodeCount } from "./node-count.ts";
import type { Release } from "./release.ts";
import type { ValueKind } from "./value-kind.ts";

/** Tells the rule that a value breaks, as the end of a sentence; `undefined` for a good one. */
export type ValueRule = (value: string, release: Release) => string | undefined;

/** strtol's idea of a number: blanks and a sign before the digits, nothing behind them. */
const integer = /^\s*\+?(?<digits>\d+)$/u;
const largestInteger = 2_147_483_646;

const matching =
  (pattern: RegExp, rule: string): ValueRule =>
  (value) =>
    pattern.test(value) ? undefined : rule;

const parsedBy =
  (parse: (value: string) => unknown): ValueRule =>
  (value) => {
    try {
      parse(value);
      return undefined;
    } catch (error) {
      if (error instanceof DirectiveError) return error.rule;
      throw error;
    }
  };

const within =
  (least: number, most: number, rule: string): ValueRule =>
  (value) => {
    const digits = integer.exec(value)?.groups?.["digits"];
    return digits !== undefined && Number(digits) >= least && Number(digits) <= most ? undefined : rule;
  };

const orEmpty =
  (rule: ValueRule): ValueRule =>
  (value, release) =>
    value === "" ? undefined : rule(value, release);

/** strtoll's prefix: `5x` is 5 and `x` is 0. */
const leadingNumber = (value: string): number => Number(/^\s*[+-]?\d+/u.exec(value)?.[0] ?? 0);

const count = within(1, largestInteger, "is no positive whole number");

const mailTypes =
  /^(?:none|begin|end|fail|requeue|all|stage_out|time_limit(?:_[589]0)?|array_tasks|invalid_depend)$/iu;

const signals =
  /^(?:(?:r|b|rb|br):)?(?:(?:sig)?(?:hup|int|quit|abrt|kill|alrm|term|usr1|usr2|urg|cont|stop|tstp|ttin|ttou|xcpu|(?<newer>pipe|chld))|\+?0*[1-9]\d{0,3})(?:@(?<seconds>\d*))?$/iu;

const signal: ValueRule = (value, release) => {
  const found = signals.exec(value);
  const known = found !== null && (found.groups?.["newer"] === undefined || release !== "22.05");
  return known && Number(found.groups?.["seconds"] ?? 0) <= 65_535
    ? undefined
    : "is no signal: write [B:|R:]NAME or NUMBER, then perhaps @SECONDS up to 65535, e.g. B:USR1@300";
};

const part = String.raw`(?:\s*\d+(?:-\d+)?|\*[^:]*|)`;
const nodeShape = new RegExp(`^${part}(?::${part}(?::${part}(?::.*)?)?)?$`, "u");

/** What `--tres-per-task` says of CPUs (`cpu=4`, `cpu:4`), 0 for nothing readable; `undefined` where it does not name them. */
function cpusOf(value: string): number | undefined {
  const found = /cpu.?(?<count>\d*)/iu.exec(value)?.groups;
  return found === undefined ? undefined : Number(found["count"]);
}

const layer = "(?:\\*|block|cyclic|fcyclic)";
const distribution = new RegExp(
  `^(?:plane=0*[1-9]\\d{0,9}|(?:(?:\\*|block|cyclic|arbitrary|hostfile|pack|nopack):*|(?:\\*|block|cyclic):+${layer}(?::+${layer})?:*)(?:,(?:pack|nopack))?)$`,
  "iu",
);

const gresFlags: ValueRule = (value, release) => {
  const flags = value.toLowerCase().split(",");
  const rule = "is no --gres-flags: write disable-binding or enforce-binding";
  if (release === "22.05") return /^(?:disable|enforce)-binding$/iu.test(value) ? undefined : rule;
  const both = (a: string, b: string): boolean => flags.includes(a) && flags.includes(b);
  if (
    both("disable-binding", "enforce-binding") ||
    both("multiple-tasks-per-sharing", "one-task-per-sharing")
  ) {
    return "asks for two things that exclude each other";
  }
  const known = /^(?:disable-binding|enforce-binding|multiple-tasks-per-sharing|one-task-per-sharing|)$/u;
  return flags.every((one) => known.test(one)) ? undefined : rule;
};

const helpOnly = "makes sbatch print a list and submit nothing: write the value that you mean";

/** The rule of each kind of value. What depends on the site's slurm.conf or on a file there (cpu-freq, nodefile, ...) is not judged here. */
export const valueRules: Record<ValueKind, ValueRule> = {
  text: () => undefined,
  shortText: (value) =>
    new TextEncoder().encode(value).length > 1024
      ? "is longer than the 1024 bytes that slurmctld takes: shorten it"
      : undefined,
  never: () => "is nothing that a batch job can use: remove the option",
  count,
  wholeNumber: orEmpty(within(0, largestInteger, "is no whole number")),
  zeroOrOne: orEmpty(within(0, 1, "is neither 0 nor 1")),
  segment: orEmpty(within(0, 65_535, "is no whole number up to 65535")),
  nice: (value) =>
    Math.abs(leadingNumber(value)) > 2_147_483_645 ? "is outside of +/- 2147483645" : undefined,
  priority: (value) =>
    /^top$/iu.test(value) || (leadingNumber(value) >= 0 && leadingNumber(value) < 4_294_967_294)
      ? undefined
      : "is neither TOP nor a number from 0 to 4294967293",
  switches: (value, release) => count(value.split("@")[0] ?? "", release),
  nodeCount: (value, release) =>
    isNodeCount(value, release !== "22.05")
      ? undefined
      : "is no number of nodes: write N or MIN-MAX, e.g. 2 or 2-4",
  nodeList: (value, release) =>
    release !== "22.05" && /\[[^\]]*$/u.test(value) ? "has a [ without its ]" : undefined,
  nodeShape: matching(nodeShape, "is no SOCKETS[:CORES[:THREADS]], each a number or *"),
  timeLimit: parsedBy(parseTimeLimit),
  duration: parsedBy(parseDuration),
  moment: (value, release) =>
    isMoment(value, release !== "22.05")
      ? undefined
      : "is no point in time: write e.g. now+1hour, 16:00, tomorrow or 2030-01-31T12:00",
  memory: parsedBy(parseMemory),
  array: parsedBy(parseArraySpec),
  distribution: matching(distribution, "is no distribution: write e.g. block, cyclic:block or plane=4"),
  exclusive: (value, release) =>
    (release === "22.05"
      ? /^(?:|exclusive|oversubscribe|user|mcs)$/iu
      : /^(?:|exclusive|oversubscribe|user|mcs|topo)$/iu
    ).test(value)
      ? undefined
      : "is not known to --exclusive: write --exclusive alone, --exclusive=user or --exclusive=mcs",
  openMode: matching(/^[at]/iu, "is neither append nor truncate"),
  yesOrNo: matching(/^(?:yes|no)$/iu, "is neither yes nor no"),
  noKill: matching(
    /^(?:|set|off|no)$/iu,
    "is not known to --no-kill: write --no-kill alone or --no-kill=off",
  ),
  hint: matching(
    /^(?:compute_bound|memory_bound|multithread|nomultithread)(?:,(?:compute_bound|memory_bound|multithread|nomultithread))*$/iu,
    "is no hint: write compute_bound, memory_bound, multithread or nomultithread",
  ),
  mailType: (value) =>
    value.split(",").some((type) => mailTypes.test(type))
      ? undefined
      : "is no mail type: write NONE, BEGIN, END, FAIL, REQUEUE, ALL, STAGE_OUT, TIME_LIMIT, TIME_LIMIT_90, ARRAY_TASKS or INVALID_DEPEND",
  signal,
  profile: matching(
    /(?:^|,)(?:all|none|energy|task|lustre|network)(?:,|$)/iu,
    "is no profile: write all, none, energy, task, lustre or network",
  ),
  accountingFrequency: matching(
    /^(?:|\d.*|(?:task|energy|network|filesystem)=\d[^,]*(?:,(?:task|energy|network|filesystem)=\d[^,]*)*,?)$/iu,
    "is no sampling interval: write seconds or e.g. task=30,energy=60",
  ),
  memoryBinding: matching(
    /^(?:q|quiet|v|verbose|no|none|rank|local|sort|nosort|p|prefer|map_mem:\d[\d,xa-f]*|mask_mem:[\d,xa-f]+)(?:,(?:q|quiet|v|verbose|no|none|rank|local|sort|nosort|p|prefer|map_mem:\d[\d,xa-f]*|mask_mem:[\d,xa-f]+))*$/iu,
    "is no memory binding: write e.g. local, rank or map_mem:0,1",
  ),
  gpuBinding: (value, release) =>
    (release === "22.05"
      ? /^(?:verbose,)?(?:closest|none|single:|per_task:|map_gpu:(?:[\d,]|$)|mask_gpu:)/iu
      : /^(?:verbose,)?(?:closest|none|single:|per_task:|map(?:_gpu)?:(?:[\d,]|$)|mask(?:_gpu)?:)/iu
    ).test(value)
      ? undefined
      : "is no GPU binding: write closest, none, single:N, per_task:N, map_gpu:LIST or mask_gpu:LIST",
  gpuFrequency: matching(
    /^(?:verbose|(?:memory=)?(?:low|medium|high|highm1|\d+))(?:,(?:verbose|(?:memory=)?(?:low|medium|high|highm1|\d+)))*$/u,
    "is no GPU frequency: write low, medium, high, highm1 or MHz, for the memory after memory=",
  ),
  gres: (value) => (/^(?:help|list)$/iu.test(value) ? helpOnly : undefined),
  gresFlags,
  tresPerTask: (value) =>
    /(?:^|,)(?:mem|energy|node|billing|fs|vmem|pages|bb)/iu.test(value) || cpusOf(value) === 0
      ? "asks for something that --tres-per-task cannot give (mem, energy, node, billing, fs, vmem, pages, bb, no CPU)"
      : undefined,
};

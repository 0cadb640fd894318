const scopes: Readonly<Record<string, string>> = {
  Assoc: "the account",
  QOS: "the QOS",
};

const things: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Cpu: "CPUs",
    CPU: "CPUs",
    CPURun: "CPU time of running jobs",
    CpuRun: "CPU time of running jobs",
    CPUMinutes: "CPU time",
    CpuMinutes: "CPU time",
    CPURunMinutes: "CPU time of running jobs",
    CpuRunMinutes: "CPU time of running jobs",
    Mem: "memory",
    Memory: "memory",
    MemMinutes: "memory over time",
    Node: "nodes",
    Nodes: "nodes",
    NodeMinutes: "node hours",
    Job: "running jobs",
    Jobs: "running jobs",
    JobsLimit: "running jobs",
    SubmitJob: "jobs in the queue",
    SubmitJobs: "jobs in the queue",
    Wall: "run time",
    WallDuration: "run time",
    Billing: "billing units",
    BillingMinutes: "billing units",
    Energy: "energy",
    GRES: "GPUs and other generic resources",
    GRESMinutes: "GPU time",
    License: "licences",
    BB: "burst buffer space",
    BBMinutes: "burst buffer space over time",
    Unknown: "a resource",
    UnknownMinutes: "a resource over time",
  }),
);

const countable: ReadonlySet<string> = new Set([
  "CPUs",
  "nodes",
  "running jobs",
  "jobs in the queue",
  "node hours",
  "billing units",
  "GPUs and other generic resources",
  "licences",
]);

const form =
  /^(Assoc|QOS)(Grp|Max|Min)([A-Za-z]+?)(RunMinutes|Minutes)?(PerAccount|PerAcct|PerUser|PerJob|PerNode|PU|PJ|PA)?(?:Limit|NotSatisfied)?$/u;
/** The QOS's limits for each account and user, which slurm.h calls so. */
const shortForm = /^Max([A-Za-z]+?)(RunMins)?(PerAccount|PerUser)$/u;

/**
 * Plain words for the families of limits that accounting sets: `{Assoc|QOS}{Grp|Max|Min}<thing>[PerX]Limit` (about 80 words in slurm.h).
 * A group limit passes when others end; a limit for one job or a minimum does not.
 */
export function limitInPlainWords(reason: string): string | undefined {
  const long = reason.replace(shortForm, (_, thing: string, minutes: string | undefined, per: string) =>
    ["QOSMax", thing, minutes === undefined ? "" : "RunMinutes", per].join(""),
  );
  const match = form.exec(long);
  if (match === null) return undefined;
  const [, scope = "", kind = "", thing = "", minutes = "", per = ""] = match;
  const what = things.get(thing + minutes) ?? things.get(thing);
  if (what === undefined) return undefined;
  const whose = `${scopes[scope] ?? scope}${ofWhom(per)}`;
  const isCounted = countable.has(what);
  if (kind === "Min")
    return `asks for ${isCounted ? "fewer" : "less"} ${what} than ${whose} demands of a job; ask for more`;
  if (isOfOneJob(kind, per, thing))
    return `asks for more ${what} than ${whose} allows a job; lower the request or choose another account or QOS`;
  return `${whose} uses as ${isCounted ? "many" : "much"} ${what} as allowed; it starts when others end`;
}

const isOfOneJob = (kind: string, per: string, thing: string): boolean =>
  kind === "Max" &&
  (per === "PerJob" ||
    per === "PJ" ||
    per === "PerNode" ||
    (per === "" && thing !== "Jobs" && thing !== "SubmitJob"));

function ofWhom(per: string): string {
  switch (per) {
    case "PerUser":
    case "PU":
      return "'s share of this user";
    case "PerAccount":
    case "PerAcct":
    case "PA":
      return "'s share of this account";
    default:
      return "";
  }
}

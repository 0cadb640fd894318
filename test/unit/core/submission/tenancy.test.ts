import { describe, expect, test } from "vitest";
import type { Resources } from "../../../../src/api/v1alpha1/resources.ts";
import type { SlurmCluster, Tenant } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { assemble } from "../../../../src/core/submission/assemble.ts";
import { submission } from "./world.ts";

const tenant: Tenant = {
  name: "physics",
  namespaces: ["default"],
  login: { user: "alice", credentialsSecretRef: { name: "alice" } },
  account: "research",
  partitions: ["main", "short"],
  qos: ["normal"],
  reservations: ["class"],
};

const releases = ["22.05.8", "24.11.5"] as const;
const cluster = (version: string): SlurmCluster => ({
  metadata: { name: "c1" } as SlurmCluster["metadata"],
  spec: { tenants: [tenant] } as SlurmCluster["spec"],
  status: { version },
});

interface Saying {
  readonly text?: string;
  readonly script?: Resources;
  readonly submission?: Resources;
  readonly tenant?: Tenant;
  readonly version?: string;
  /** Nothing names an allowed partition and qos beside it. */
  readonly alone?: boolean;
}

/** What comes of a script and what is said beside it; partition and qos are allowed ones unless something else is said. */
function outcomeOf({ text = "", version = "24.11.5", ...saying }: Saying) {
  const allowed = saying.alone === true ? {} : { partition: "main", qos: "normal" };
  return assemble({
    submission: submission(
      {},
      { spec: saying.submission === undefined ? {} : { resources: saying.submission } },
    ),
    script: {
      entrypoint: { name: "run.sh", text: `#!/bin/sh\n# a comment\n${text}\ntrue\n` },
      supportFiles: [],
      environment: { modules: [], variables: [] },
      parameters: [],
      resources: { ...allowed, ...saying.script },
      outputs: [],
      digest: "sha256:0",
    },
    cluster: cluster(version),
    slurmName: "c1",
    tenant: saying.tenant ?? tenant,
    variables: [],
  });
}

function refusal(saying: Saying): string {
  const outcome = outcomeOf(saying);
  if (outcome.ok) return `taken: ${JSON.stringify(outcome.value.effectiveOptions)}`;
  const { policy, reason, message } = outcome.problem;
  return `${policy} ${reason}: ${message}`;
}

/** Every way to write an option of sbatch with a value in a script. */
const ways = (long: string, short: string | undefined, value: string): string[] => [
  `#SBATCH --${long}=${value}`,
  `#SBATCH --${long} ${value}`,
  `#SBATCH\t--${long}\t${value}`,
  `#SBATCH--${long}=${value}`,
  `#SBATCH --${long}="${value}"`,
  `#SBATCH "--${long}=${value}"`,
  `#SBATCH --${long} '${value}'`,
  `#SBATCH --${long.slice(0, 2)}"${long.slice(2)}="${value} # for now`,
  `#SBATCH --${long}=\\${value}`,
  `#SBATCH --time=5 --${long}=${value} --mem=1G`,
  `#SBATCH --${long}=main\n#SBATCH --${long}=${value}`,
  `#SBATCH --time=5\n\n# more\n#SBATCH --${long}=${value}`,
  `#SBATCH --time=5\n#SBATCH hetjob\n#SBATCH -p main -q normal --${long}=${value}`,
  ...(short === undefined
    ? []
    : [
        `#SBATCH -${short} ${value}`,
        `#SBATCH -${short}${value}`,
        `#SBATCH -${short}"${value}"`,
        `#SBATCH -H${short}${value}`,
        `#SBATCH -${short}=${value}`,
      ]),
];

const lineWith = (text: string, value: string): number =>
  2 + text.split("\n").findLastIndex((line) => line.includes(value)) + 1;

describe.each(releases)("a script of Slurm %s that asks for more than its tenant may", (version) => {
  const bounded = [
    { option: "partition", short: "p", value: "gpu", reason: "PartitionNotAllowed" },
    { option: "account", short: "A", value: "other", reason: "AccountNotAllowed" },
    { option: "qos", short: "q", value: "high", reason: "QosNotAllowed" },
    { option: "reservation", short: undefined, value: "maintenance", reason: "ReservationNotAllowed" },
  ] as const;
  describe.each(bounded)("$option", ({ option, short, value, reason }) => {
    const foreign = { partition: [`#PBS -q ${value}`, `#BSUB -q ${value}`], account: [`#PBS -A ${value}`] };
    const all = [
      ...ways(option, short, value),
      `#SBATCH --${option === "account" ? "acco" : option.slice(0, -1)}=${value}`,
      `#SBATCH --${option}=main,${value}`,
      ...(option in foreign ? foreign[option as keyof typeof foreign] : []),
    ];
    test.each(all)("%s", (text) => {
      const told = refusal({ text, version });
      expect(told).toContain(`final ${reason}: ${option} "`);
      expect(told).toContain(`(line ${lineWith(text, value)} of run.sh: #`);
      expect(told).toContain('tenant "physics" may only');
    });

    test("in fields", () => {
      for (const resources of [{ [option]: value }, { sbatch: [`--${option}=${value}`] }]) {
        expect(refusal({ script: resources, version })).toContain(
          `${reason}: ${option} "${value}" (from resources of the script or template)`,
        );
        expect(refusal({ submission: resources, version })).toContain(
          `${reason}: ${option} "${value}" (from spec.resources of the submission)`,
        );
      }
    });
  });

  const reserved = [
    { option: "uid", values: ["0", "root", "1001"], short: undefined, prefix: "ui" },
    { option: "gid", values: ["0", "wheel"], short: undefined, prefix: "gi" },
    { option: "clusters", values: ["c2", "all", "c1,c2"], short: "M", prefix: "clusters" },
    { option: "export-file", values: ["/tmp/x"], short: undefined, prefix: "export-f" },
    { option: "get-user-env", values: ["10"], short: undefined, prefix: "get-user" },
    { option: "wrap", values: ["id"], short: undefined, prefix: "wra" },
  ] as const;
  describe.each(reserved)("$option", ({ option, values, short, prefix }) => {
    const all = values.flatMap((value) => [
      ...ways(option, short, value).filter((way) => option !== "get-user-env" || way.includes("=")),
      `#SBATCH --${prefix}=${value}`,
    ]);
    // An option that other words hide from the start of a merged short word, or that begins as another, is refused for that.
    test.each(all)("%s", (text) => {
      const told = refusal({ text, version });
      expect(told).toMatch(/^final OptionsInvalid: (?:run\.sh:\d+:\d+|run\.sh line \d+)/u);
    });

    test("in fields", () => {
      for (const value of values) {
        const resources = { sbatch: [`--${option}=${value}`] };
        expect(refusal({ script: resources, version })).toContain(
          "OptionsInvalid: resources of the script.sbatch[0]",
        );
        expect(refusal({ submission: resources, version })).toContain(
          "OptionsInvalid: spec.resources.sbatch[0]",
        );
      }
    });
  });

  test.each(["#SBATCH --cluster=c2", "#SBATCH --test-only", "#SBATCH -W", "#SBATCH --parsable", "#PBS -P x"])(
    "%s",
    (text) => {
      expect(refusal({ text, version })).toContain("final OptionsInvalid: ");
    },
  );

  test("a partition or quality of service that nobody names, where only some may be used", () => {
    expect(refusal({ script: { qos: "normal" }, alone: true, version })).toContain(
      "PartitionNotAllowed: no partition is given",
    );
    expect(refusal({ script: { partition: "main" }, alone: true, version })).toContain(
      "QosNotAllowed: no qos is given",
    );
  });

  test("a component of a heterogeneous job that names no partition", () => {
    const text = "#SBATCH -p main -q normal\n#SBATCH hetjob\n#SBATCH -n 1";
    expect(refusal({ text, alone: true, version })).toContain("PartitionNotAllowed: no partition is given");
  });

  test("what it may have is taken, and sent as options that nothing of the login's goes before", () => {
    const outcome = outcomeOf({ text: "#SBATCH -p short -q normal --reservation=class -M c1", version });
    if (!outcome.ok) throw new Error(outcome.problem.message);
    const { files, arguments: words } = outcome.value.stage("/home/alice/t");
    const batch = new TextDecoder().decode(files.find(({ path }) => path === "batch.sh")?.content);
    const directives = batch.split("\n").filter((line) => line.startsWith("#SBATCH"));
    expect(directives).toEqual([
      "#SBATCH --job-name=hello",
      "#SBATCH --chdir=/home/alice/t/work",
      "#SBATCH --account=research",
      "#SBATCH -p short -q normal --reservation=class -M c1",
    ]);
    expect(words).toEqual([]);
  });

  test("a tenant with no reservations refuses any, and one without a list none", () => {
    const text = "#SBATCH --reservation=class";
    expect(refusal({ text, tenant: { ...tenant, reservations: [] }, version })).toContain("may use none");
    const { reservations: _, ...open } = tenant;
    expect(outcomeOf({ text, tenant: open, version }).ok).toBe(true);
  });
});

describe("the token, which is the path of the script, is not to be changed by", () => {
  const other = "/home/alice/batchwright/lab/lab-0f0e0d0c-0b0a-0908-0706-050403020199-1/batch.sh";
  test.each([
    `--comment=${other}`,
    `--job-name=${other}`,
    `--export=ALL,X=${other}`,
    `--export=NONE`,
    `--chdir=/tmp`,
    `--output=${other}`,
    `--input=${other}`,
  ])("%s: it is an option, and the path stays the only word that is none", (entry) => {
    const outcome = outcomeOf({ submission: { sbatch: [entry] } });
    if (!outcome.ok) throw new Error(outcome.problem.message);
    expect(outcome.value.stage("/home/alice/t").arguments).toEqual([entry]);
  });

  test.each([
    [other],
    [`-- ${other}`],
    [`--comment=x ${other}`],
    [":"],
    ["--comment=a\n--uid=0"],
    ["--wrap=x"],
  ])("%s: refused", (entry) => {
    expect(refusal({ submission: { sbatch: [entry] } })).toContain(
      "final OptionsInvalid: spec.resources.sbatch[0]",
    );
    expect(refusal({ script: { sbatch: [entry] } })).toContain(
      "final OptionsInvalid: resources of the script",
    );
  });
});

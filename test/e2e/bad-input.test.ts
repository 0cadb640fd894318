import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { insideRoot, restartDaemon, setSlurm } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import {
  clusterObject,
  installOperator,
  mustKubectl,
  type RunningOperator,
  startOperator,
  systemNamespace,
} from "../lab/operator.ts";
import {
  conditionIn,
  lifetime,
  messageIn,
  ofScript,
  ofTemplate,
  openStage,
  script,
  type Stage,
  submit,
  template,
} from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  await stage.apply(
    template("scf", {
      parameters: [
        { name: "cutoff", type: "Number", minimum: "10", maximum: "200", default: "40" },
        { name: "steps", type: "Integer", default: "5" },
        { name: "title", type: "String", default: "x" },
        { name: "file", type: "Path", default: "a.in" },
        { name: "owner", type: "String", required: true },
        { name: "mode", type: "String", default: "fast", enum: ["fast", "exact"] },
      ],
      entrypoint: {
        name: "scf.sh",
        text: "#!/bin/bash\n#SBATCH --job-name={{ title }}\necho {{ cutoff }} {{ steps }} {{ mode }} {{ file }} {{ owner | sh }}\n",
      },
      resources: { memory: "20Mi" },
    }),
    template("unquoted", {
      parameters: [{ name: "name", type: "String" }],
      entrypoint: { name: "run.sh", text: "#!/bin/bash\necho {{ name }}\n" },
    }),
    script("fine", "#!/bin/sh\nexit 0\n"),
  );
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

interface Final {
  readonly what: string;
  readonly from: object;
  /** Scripts that it needs. */
  readonly given?: readonly object[];
  readonly spec?: object;
  readonly reason: string;
  /** Field, rule, value and fix, as a person reads them. */
  readonly says: readonly string[];
}

const owner = { owner: "me" };
const finals: readonly Final[] = [
  {
    what: "an unknown parameter",
    from: ofTemplate("scf", { ...owner, cutof: "30" }),
    reason: "InvalidParameterValues",
    says: ['"cutof"', '"cutoff"'],
  },
  {
    what: "a value of the wrong type",
    from: ofTemplate("scf", { ...owner, steps: "2.5" }),
    reason: "InvalidParameterValues",
    says: ['"steps"', "2.5", "parameters[steps].value"],
  },
  {
    what: "a value out of range",
    from: ofTemplate("scf", { ...owner, cutoff: "1200" }),
    reason: "InvalidParameterValues",
    says: ['parameter "cutoff": 1200 is above the maximum 200', "at most 200"],
  },
  {
    what: "a value that is not in the list",
    from: ofTemplate("scf", { ...owner, mode: "slow" }),
    reason: "InvalidParameterValues",
    says: ['"mode"', "slow", "fast", "exact"],
  },
  {
    what: "a missing required parameter",
    from: ofTemplate("scf"),
    reason: "InvalidParameterValues",
    says: ['"owner"', "parameters[owner].value"],
  },
  {
    what: "a path with a blank",
    from: ofTemplate("scf", { ...owner, file: "a b" }),
    reason: "InvalidParameterValues",
    says: ['"file"', "blank"],
  },
  {
    what: "a newline that reaches an #SBATCH line",
    from: ofTemplate("scf", { ...owner, title: "a\n#SBATCH --uid=0" }),
    reason: "InvalidParameterValues",
    says: ['"title"', "line break"],
  },
  {
    what: "shell characters without a filter",
    from: ofTemplate("unquoted", { name: "$(reboot)" }),
    reason: "UnquotedValue",
    says: ['"name"', "run.sh:2:", "| sh"],
  },
  {
    what: "a script without #!",
    given: [script("no-shebang", "echo hello\n")],
    from: ofScript("no-shebang"),
    reason: "InvalidScript",
    says: ["run.sh:1:1", "#!"],
  },
  {
    what: "DOS line breaks",
    given: [script("dos", "#!/bin/sh\r\necho hello\r\n")],
    from: ofScript("dos"),
    reason: "InvalidScript",
    says: ["run.sh:1:", "line break"],
  },
  {
    what: "a bad #SBATCH line",
    given: [script("typo", "#!/bin/sh\n#SBATCH --time=5 --partion=main\n")],
    from: ofScript("typo"),
    reason: "InvalidScript",
    says: ["run.sh:2:18", "--partion", "--partition"],
  },
  {
    what: "a reserved option",
    given: [script("waits", "#!/bin/sh\n#SBATCH --wait\n")],
    from: ofScript("waits"),
    reason: "InvalidScript",
    says: ["run.sh:2:9", "--wait"],
  },
  {
    what: "a reserved option of the submission",
    from: ofScript("fine"),
    spec: { resources: { sbatch: ["--uid=0"] } },
    reason: "OptionsInvalid",
    says: ["spec.resources.sbatch[0]", "--uid"],
  },
  {
    what: "an unknown partition, in Slurm's own words",
    from: ofScript("fine"),
    spec: { resources: { partition: "nosuch" } },
    reason: "RefusedByScheduler",
    says: ["invalid partition"],
  },
];

test.concurrent.each(finals)(
  "$what is Rejected, says why, and is told",
  { timeout: lifetime },
  async ({ from, given = [], spec, reason, says }) => {
    const name = `bad-${randomBytes(4).toString("hex")}`;
    await stage.apply(
      ...given,
      submit(name, from, { cluster: stage.clusters.c1, ...(spec === undefined ? {} : { spec }) }),
    );
    const done = await stage.finished(name);
    expect(done.status.phase).toBe("Rejected");
    expect(conditionIn(done, "Stalled")).toBe(`True ${reason}`);
    const message = messageIn(done).toLowerCase();
    for (const part of says) expect(message).toContain(part.toLowerCase());
    expect(conditionIn(done, "Dispatched")).toMatch(/^False/u);
    const told = done.status.conditions?.find(({ type }) => type === "Stalled")?.reason;
    // Events are written after the status.
    await eventually(
      async () =>
        (await stage.events(name)).some((event) => event.type === "Warning" && event.reason === told),
      { within: 30_000 },
    );
  },
);

interface Waiting {
  readonly what: string;
  /** What is applied, or done, beforehand. @returns the submission */
  readonly begin: (name: string) => Promise<object>;
  readonly reason: string;
  readonly says: readonly string[];
  readonly cure: (name: string) => Promise<void>;
}

const inRoot = async (command: string) => {
  const { code, stderr } = await insideRoot(lab, { cluster: "c1", user: "alice" }, command);
  if (code !== 0) throw new Error(`${command}: ${stderr}`);
};
const cluster = async (name: string, spec: Readonly<Record<string, unknown>>) => {
  await mustKubectl(
    lab,
    ["apply", "-f", "-"],
    JSON.stringify(clusterObject(lab, { name, on: "c1", namespaces: [stage.namespace], spec })),
  );
};
const sshOf = (change: object) => ({
  hosts: [lab.clusters.c1.ssh.host],
  port: lab.clusters.c1.ssh.port,
  knownHosts: lab.clusters.c1.ssh.knownHosts,
  ...change,
});
const fineOn = (name: string, where: string) => submit(name, ofScript("fine"), { cluster: where });
const otherHostKey = () =>
  lab.clusters.c1.ssh.knownHosts.replace(
    /(AAAA\S{40})(\S)/u,
    (_all, start: string, letter: string) => `${start}${letter === "A" ? "B" : "A"}`,
  );

const waits: readonly Waiting[] = [
  {
    what: "a template that is not there",
    begin: async (name) => submit(name, ofTemplate(`${name}-later`), { cluster: stage.clusters.c1 }),
    reason: "TemplateNotFound",
    says: ["-later"],
    cure: async (name) =>
      stage.apply(template(`${name}-later`, { entrypoint: { name: "a.sh", text: "#!/bin/sh\nexit 0\n" } })),
  },
  {
    what: "a script that is not there",
    begin: async (name) => submit(name, ofScript(`${name}-later`), { cluster: stage.clusters.c1 }),
    reason: "ScriptNotFound",
    says: ["spec.from.script", "-later"],
    cure: async (name) => stage.apply(script(`${name}-later`, "#!/bin/sh\nexit 0\n")),
  },
  {
    what: "a ConfigMap that is not there",
    begin: async (name) =>
      submit(name, ofScript("fine"), {
        cluster: stage.clusters.c1,
        spec: { variables: [{ name: "A", valueFrom: { configMapKeyRef: { name, key: "a" } } }] },
      }),
    reason: "ConfigMapNotFound",
    says: ["spec.variables[A]"],
    cure: async (name) =>
      stage.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a: "1" } }),
  },
  {
    what: "a cluster that is not there",
    begin: async (name) => fineOn(name, `${stage.namespace}-${name}`),
    reason: "ClusterNotFound",
    says: ["spec.target.slurm"],
    cure: async (name) => cluster(`${stage.namespace}-${name}`, {}),
  },
  {
    what: "a tenant that is not there",
    begin: async (name) => {
      await cluster(`${stage.namespace}-${name}`, { tenants: [] });
      return fineOn(name, `${stage.namespace}-${name}`);
    },
    reason: "TenantNotFound",
    says: ["spec.tenants[].namespaces"],
    cure: async (name) => cluster(`${stage.namespace}-${name}`, {}),
  },
  {
    what: "a host that does not answer",
    begin: async (name) => {
      await cluster(`${stage.namespace}-${name}`, { ssh: sshOf({ port: 1 }) });
      return fineOn(name, `${stage.namespace}-${name}`);
    },
    reason: "ClusterNotReady",
    says: ["not ready", "127.0.0.1"],
    cure: async (name) => cluster(`${stage.namespace}-${name}`, {}),
  },
  {
    what: "a wrong host key",
    begin: async (name) => {
      await cluster(`${stage.namespace}-${name}`, { ssh: sshOf({ knownHosts: otherHostKey() }) });
      return fineOn(name, `${stage.namespace}-${name}`);
    },
    reason: "ClusterNotReady",
    says: ["key", "spec.ssh.knownHosts"],
    cure: async (name) => cluster(`${stage.namespace}-${name}`, {}),
  },
  {
    what: "a wrong private key",
    begin: async (name) => {
      const { stdout } = await insideRoot(
        lab,
        { cluster: "c1", user: "bob" },
        "rm -f /tmp/other && ssh-keygen -q -t ed25519 -N '' -f /tmp/other && cat /tmp/other",
      );
      const object = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: `${stage.namespace}-${name}`, namespace: systemNamespace },
        stringData: { "ssh-privatekey": stdout },
      };
      await mustKubectl(lab, ["apply", "-f", "-"], JSON.stringify(object));
      const login = { user: "alice", credentialsSecretRef: { name: object.metadata.name } };
      await cluster(`${stage.namespace}-${name}`, {
        observer: login,
        tenants: [{ name: "tests", namespaces: [stage.namespace], login }],
      });
      return fineOn(name, `${stage.namespace}-${name}`);
    },
    reason: "ClusterNotReady",
    says: ["alice", "Secret"],
    cure: async (name) => cluster(`${stage.namespace}-${name}`, {}),
  },
  {
    what: "a limit on jobs in flight",
    begin: async (name) => {
      await cluster(`${stage.namespace}-${name}`, { limits: { maxJobs: 1 } });
      await stage.apply(
        script(`${name}-long`, `#!/bin/sh\nwhile [ ! -e "$HOME/${name}" ]; do sleep 0.2; done\n`),
        submit(`${name}-first`, ofScript(`${name}-long`), { cluster: `${stage.namespace}-${name}` }),
      );
      await stage.until(`${name}-first`, ({ status }) => status.phase === "Submitted");
      return fineOn(name, `${stage.namespace}-${name}`);
    },
    reason: "JobLimitReached",
    says: ["spec.limits.maxJobs is 1"],
    cure: async (name) => inRoot(`touch ~/${name}`),
  },
  {
    what: "a work directory that cannot be written",
    begin: async (name) => {
      await inRoot(`mkdir -p ~/${name} && chmod 500 ~/${name}`);
      await cluster(`${stage.namespace}-${name}`, { workDirectory: `/home/%u/${name}` });
      return fineOn(name, `${stage.namespace}-${name}`);
    },
    reason: "WorkDirectoryNotWritable",
    says: ["spec.workDirectory", "denied"],
    cure: async (name) => inRoot(`chmod 700 ~/${name}`),
  },
];

describe.concurrent("waiting, and right by itself when the cause goes away:", () => {
  test.each(waits)("$what", { timeout: 2 * lifetime }, async ({ begin, reason, says, cure }) => {
    const name = `wait-${randomBytes(4).toString("hex")}`;
    await stage.apply(await begin(name));
    const waiting = await stage.until(
      name,
      ({ status }) =>
        status.conditions?.some(
          (condition) =>
            condition.type === "Reconciling" &&
            condition.reason === reason &&
            says.every((part) => condition.message.includes(part)),
        ) === true,
    );
    expect(waiting.status.phase).toBe("Created");
    expect(conditionIn(waiting, "Stalled")).toBe("absent");
    await cure(name);
    const done = await stage.finished(name);
    expect(done.status).toMatchObject({ phase: "Done", state: "COMPLETED" });
    await eventually(async () => (await stage.events(name)).some((event) => event.reason === reason), {
      within: 30_000,
    });
  });
});

test("a missing reference is waited for no longer than asked", { timeout: lifetime }, async () => {
  await stage.apply(
    submit("impatient", ofScript("never-there"), {
      cluster: stage.clusters.c1,
      spec: { missingReferenceTimeoutSeconds: 3 },
    }),
  );
  const done = await stage.finished("impatient");
  expect(done.status.phase).toBe("Rejected");
  expect(conditionIn(done, "Stalled")).toBe("True MissingReferenceTimeout");
  expect(messageIn(done)).toContain("never-there");
});

test("Slurm's own limit on submitted jobs is waited for", { timeout: 2 * lifetime }, async () => {
  const root = async (command: string) => insideRoot(lab, { cluster: "c1", user: "root" }, command);
  const limit = async (most: number) =>
    root(`sacctmgr -iQ modify user bob where account=research set MaxSubmitJobs=${most}`);
  const name = `${stage.namespace}-limited`;
  await setSlurm(lab, "c1", { AccountingStorageEnforce: "limits" });
  await restartDaemon(lab, "c1", "slurmctld");
  try {
    await limit(0);
    const login = { user: "bob", credentialsSecretRef: { name: "bob" } };
    await cluster(name, { tenants: [{ name: "tests", namespaces: [stage.namespace], login }] });
    await stage.apply(fineOn("limited", name));
    const waiting = await stage.until(
      "limited",
      (seen) => conditionIn(seen, "Reconciling") === "True SubmitLimitReached",
    );
    expect(messageIn(waiting)).toContain("takes no more jobs for now");
    expect(waiting.status.phase).toBe("Created");
    await limit(-1);
    expect((await stage.finished("limited")).status).toMatchObject({
      phase: "Done",
      state: "COMPLETED",
      user: "bob",
    });
  } finally {
    await limit(-1);
  }
});

import { insideRoot } from "../../lab/daemons.ts";
import { clusterObject, mustKubectl, systemNamespace } from "../../lab/operator.ts";
import { ofScript, ofTemplate, script, type Stage, submit, template } from "../stage.ts";

/** Input that may come right by itself: waited for, in words, until the cause is gone. */
export interface Waiting {
  readonly what: string;
  /** What is applied, or done, beforehand. @returns the submission */
  readonly begin: (name: string) => Promise<object>;
  readonly reason: string;
  readonly says: readonly string[];
  readonly cure: (name: string) => Promise<void>;
}

/** What the rows do, with the stage that is there only once the tests run. */
export function waitingRows(stageOf: () => Stage): readonly Waiting[] {
  const lab = () => stageOf().lab;
  const inRoot = async (command: string) => {
    const { code, stderr } = await insideRoot(lab(), { cluster: "c1", user: "alice" }, command);
    if (code !== 0) throw new Error(`${command}: ${stderr}`);
  };
  const cluster = async (name: string, spec: Readonly<Record<string, unknown>>) => {
    await mustKubectl(
      lab(),
      ["apply", "-f", "-"],
      JSON.stringify(clusterObject(lab(), { name, on: "c1", namespaces: [stageOf().namespace], spec })),
    );
  };
  const sshOf = (change: object) => ({
    hosts: [lab().clusters.c1.ssh.host],
    port: lab().clusters.c1.ssh.port,
    knownHosts: lab().clusters.c1.ssh.knownHosts,
    ...change,
  });
  const fineOn = (name: string, where: string) => submit(name, ofScript("fine"), { cluster: where });
  const otherHostKey = () =>
    lab().clusters.c1.ssh.knownHosts.replace(
      /(AAAA\S{40})(\S)/u,
      (_all, start: string, letter: string) => `${start}${letter === "A" ? "B" : "A"}`,
    );

  return [
    {
      what: "a template that is not there",
      begin: async (name) => submit(name, ofTemplate(`${name}-later`), { cluster: stageOf().clusters.c1 }),
      reason: "TemplateNotFound",
      says: ["-later"],
      cure: async (name) =>
        stageOf().apply(
          template(`${name}-later`, { entrypoint: { name: "a.sh", text: "#!/bin/sh\nexit 0\n" } }),
        ),
    },
    {
      what: "a template with a directive that sbatch refuses",
      begin: async (name) => {
        await stageOf().apply(
          template(`${name}-typo`, { entrypoint: { name: "a.sh", text: "#!/bin/sh\n#SBATCH --tiem=5\n" } }),
        );
        return submit(name, ofTemplate(`${name}-typo`), { cluster: stageOf().clusters.c1 });
      },
      reason: "InvalidTemplate",
      says: ['-typo" is not valid: a.sh:2:9', "did you mean --time?"],
      cure: async (name) =>
        stageOf().apply(
          template(`${name}-typo`, { entrypoint: { name: "a.sh", text: "#!/bin/sh\n#SBATCH --time=5\n" } }),
        ),
    },
    {
      what: "a script that is not there",
      begin: async (name) => submit(name, ofScript(`${name}-later`), { cluster: stageOf().clusters.c1 }),
      reason: "ScriptNotFound",
      says: ["spec.from.script", "-later"],
      cure: async (name) => stageOf().apply(script(`${name}-later`, "#!/bin/sh\nexit 0\n")),
    },
    {
      what: "a ConfigMap that is not there",
      begin: async (name) =>
        submit(name, ofScript("fine"), {
          cluster: stageOf().clusters.c1,
          spec: { variables: [{ name: "A", valueFrom: { configMapKeyRef: { name, key: "a" } } }] },
        }),
      reason: "ConfigMapNotFound",
      says: ["spec.variables[A]"],
      cure: async (name) =>
        stageOf().apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a: "1" } }),
    },
    {
      what: "a cluster that is not there",
      begin: async (name) => fineOn(name, `${stageOf().namespace}-${name}`),
      reason: "ClusterNotFound",
      says: ["spec.target.slurm"],
      cure: async (name) => cluster(`${stageOf().namespace}-${name}`, {}),
    },
    {
      what: "a tenant that is not there",
      begin: async (name) => {
        await cluster(`${stageOf().namespace}-${name}`, { tenants: [] });
        return fineOn(name, `${stageOf().namespace}-${name}`);
      },
      reason: "TenantNotFound",
      says: ["spec.tenants[].namespaces"],
      cure: async (name) => cluster(`${stageOf().namespace}-${name}`, {}),
    },
    {
      what: "a host that does not answer",
      begin: async (name) => {
        await cluster(`${stageOf().namespace}-${name}`, { ssh: sshOf({ port: 1 }) });
        return fineOn(name, `${stageOf().namespace}-${name}`);
      },
      reason: "ClusterNotReady",
      says: ["not ready", "127.0.0.1"],
      cure: async (name) => cluster(`${stageOf().namespace}-${name}`, {}),
    },
    {
      what: "a wrong host key",
      begin: async (name) => {
        await cluster(`${stageOf().namespace}-${name}`, { ssh: sshOf({ knownHosts: otherHostKey() }) });
        return fineOn(name, `${stageOf().namespace}-${name}`);
      },
      reason: "ClusterNotReady",
      says: ["key", "spec.ssh.knownHosts"],
      cure: async (name) => cluster(`${stageOf().namespace}-${name}`, {}),
    },
    {
      what: "a wrong private key",
      begin: async (name) => {
        const { stdout } = await insideRoot(
          lab(),
          { cluster: "c1", user: "bob" },
          "rm -f /tmp/other && ssh-keygen -q -t ed25519 -N '' -f /tmp/other && cat /tmp/other",
        );
        const object = {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: `${stageOf().namespace}-${name}`, namespace: systemNamespace },
          stringData: { "ssh-privatekey": stdout },
        };
        await mustKubectl(lab(), ["apply", "-f", "-"], JSON.stringify(object));
        const login = { user: "alice", credentialsSecretRef: { name: object.metadata.name } };
        await cluster(`${stageOf().namespace}-${name}`, {
          observer: login,
          tenants: [{ name: "tests", namespaces: [stageOf().namespace], login }],
        });
        return fineOn(name, `${stageOf().namespace}-${name}`);
      },
      reason: "ClusterNotReady",
      says: ["alice", "Secret"],
      cure: async (name) => cluster(`${stageOf().namespace}-${name}`, {}),
    },
    {
      what: "a limit on jobs in flight",
      begin: async (name) => {
        await cluster(`${stageOf().namespace}-${name}`, { limits: { maxJobs: 1 } });
        await stageOf().apply(
          script(`${name}-long`, `#!/bin/sh\nwhile [ ! -e "$HOME/${name}" ]; do sleep 0.2; done\n`),
          submit(`${name}-first`, ofScript(`${name}-long`), { cluster: `${stageOf().namespace}-${name}` }),
        );
        await stageOf().until(`${name}-first`, ({ status }) => status.phase === "Submitted");
        return fineOn(name, `${stageOf().namespace}-${name}`);
      },
      reason: "JobLimitReached",
      says: ["spec.limits.maxJobs is 1"],
      cure: async (name) => inRoot(`touch ~/${name}`),
    },
    {
      what: "a work directory that cannot be written",
      begin: async (name) => {
        await inRoot(`mkdir -p ~/${name} && chmod 500 ~/${name}`);
        await cluster(`${stageOf().namespace}-${name}`, { workDirectory: `/home/%u/${name}` });
        return fineOn(name, `${stageOf().namespace}-${name}`);
      },
      reason: "WorkDirectoryNotWritable",
      says: ["spec.workDirectory", "denied"],
      cure: async (name) => inRoot(`chmod 700 ~/${name}`),
    },
  ];
}

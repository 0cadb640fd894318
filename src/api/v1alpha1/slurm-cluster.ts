import { z } from "zod";
import { apiVersion } from "../group.ts";
import type { KindDefinition } from "./definition.ts";
import { objectMeta } from "./object.ts";
import { resources } from "./resources.ts";
import { int32, keyedList, labelName, objectName, plainList, slurmName, text, withRules } from "./schema.ts";
import { slurmClusterStatus } from "./slurm-cluster-status.ts";

const user = text(32, /^[a-z_][-a-z0-9_.]*\$?$/).min(1);
const absolutePath = text(1024, /^(\/[-A-Za-z0-9_.%+@]+)+\/?$/).min(1);

const credentialsSecretRef = z
  .object({ name: objectName.describe("Name of the Secret.") })
  .describe(
    "Secret in the operator's own namespace with key ssh-privatekey and, for an encrypted key, passphrase.",
  );

export const login = z.object({
  user: user.describe("User name on the cluster."),
  credentialsSecretRef,
});
export type Login = z.infer<typeof login>;

const selector = z
  .object({
    matchLabels: z
      .record(text(317), text(63))
      .meta({ maxProperties: 32 })
      .optional()
      .describe("Labels that the namespace must have; without any, every namespace is taken in."),
  })
  .describe("Namespaces by label.");

export const tenant = withRules(
  z.object({
    name: labelName.describe("Names the tenant in messages."),
    namespaces: plainList(labelName, 256)
      .optional()
      .describe("Namespaces whose submissions are this tenant's."),
    namespaceSelector: selector.optional(),
    login: login.describe("Whom they run as."),
    account: slurmName
      .optional()
      .describe("Account charged when the submission names none; another one is refused."),
    partitions: plainList(slurmName, 64).optional().describe("Partitions allowed; all where absent."),
    qos: plainList(slurmName, 64).optional().describe("Qualities of service allowed; all where absent."),
    reservations: plainList(slurmName, 64)
      .optional()
      .describe("Reservations that may be asked for, none for an empty list; all where absent."),
  }),
  [
    {
      rule: "has(self.namespaces) != has(self.namespaceSelector)",
      message: "set exactly one of namespaces and namespaceSelector",
    },
  ],
);
export type Tenant = z.infer<typeof tenant>;

/** A job may be handed to Slurm until 7 days after its attempt was opened; the eighth is for clocks that differ. */
const leastRetentionSeconds = 8 * 86_400;
const tenYearsSeconds = 10 * 365 * 86_400;

const cleanup = withRules(
  z
    .object({
      retentionSeconds: int32(1, tenYearsSeconds).describe(
        "A job's directory goes, and in it work/ and output/ with all results, when its submission is finished or deleted and its last mark is so old by the cluster's clock. At least 691200 (8 days): till then a job may still be handed to Slurm.",
      ),
    })
    .describe(
      "Removes job directories, results included, when they are old enough. Absent: nothing is ever removed. Directories that say to be of another SlurmCluster stay, also in the same workDirectory.",
    ),
  [
    {
      rule: `self.retentionSeconds >= ${leastRetentionSeconds}`,
      message: `retentionSeconds is below ${leastRetentionSeconds} (8 days), and a job may be handed to Slurm until 7 days after its attempt was opened; set it to at least ${leastRetentionSeconds}, or remove cleanup to keep everything`,
      fieldPath: ".retentionSeconds",
    },
  ],
);

const host = text(253, /^[A-Za-z0-9:]([-A-Za-z0-9.:]*[A-Za-z0-9])?$/).min(1);

/** A host that only lets through to the login nodes: no command runs there. */
const jump = z
  .object({
    host: host.describe("Name or address of the jump host, as the operator reaches it."),
    port: int32(1, 65_535).optional().describe("Default 22."),
    user: user.describe("User name on the jump host; the same for all logins."),
    knownHosts: text(65_536)
      .min(1)
      .describe("Host keys of the jump host in the form of OpenSSH's known_hosts. Always enforced."),
    credentialsSecretRef,
  })
  .describe(
    "A host to go through. It must allow TCP forwarding to the login nodes, whose names are its own; each login has a connection through it.",
  );

const spec = z
  .object({
    ssh: z
      .object({
        hosts: plainList(host, 8)
          .min(1)
          .describe("Login nodes, tried in order. They must share workDirectory and its locks."),
        port: int32(1, 65_535).optional().describe("Default 22."),
        knownHosts: text(65_536)
          .min(1)
          .describe(
            "Host keys in the form of OpenSSH's known_hosts; get them with ssh-keyscan and check them. Always enforced.",
          ),
        jump: jump.optional(),
      })
      .describe("How to reach the cluster."),
    workDirectory: absolutePath.describe(
      "Where job directories go; the compute nodes must see it. %u stands for the login's user name, e.g. /home/%u/batchwright.",
    ),
    binDirectory: absolutePath
      .optional()
      .describe("Where sbatch, squeue and their kin are. Default: the system's usual places."),
    observer: login
      .optional()
      .describe(
        "Login that asks for the state of all jobs and of the cluster; it must be allowed to see them. Without it each tenant's login asks for its own jobs.",
      ),
    polling: z
      .object({
        intervalSeconds: int32(1, 3600)
          .optional()
          .describe("Time between two looks at the queue. Default 30."),
        floorSeconds: int32(1, 3600)
          .optional()
          .describe("Never less than this between two looks, also right after a dispatch. Default 2."),
      })
      .optional()
      .describe("How often to look at the queue."),
    queuedLongSeconds: int32(1, 31_536_000)
      .optional()
      .describe(
        "A job that has waited in the queue for longer than this has the condition QueuedLong, and one event. Default 86400 (a day).",
      ),
    defaults: resources.optional().describe("Lowest level of every submission's resources."),
    limits: z
      .object({
        maxJobs: int32(1, 1_000_000)
          .optional()
          .describe("Most submissions of ours that are sent and not over; more wait."),
        maxJobsPerUser: int32(1, 1_000_000).optional().describe("The same for each login."),
      })
      .optional()
      .describe("How much of ours may be on the cluster at once."),
    cleanup: cleanup.optional(),
    tenants: keyedList(tenant, "name", 128)
      .optional()
      .describe(
        "Which namespaces run as whom. A namespace that no tenant takes in waits; two that do are refused.",
      ),
  })
  .describe("How to reach a Slurm cluster and who may use it as whom.");

export const slurmClusterSpec = withRules(spec, [
  {
    rule: "has(self.observer) || (has(self.tenants) && size(self.tenants) > 0)",
    message: "set observer, or at least one of tenants: somebody must ask the cluster for jobs",
  },
]);

export const slurmCluster = z.object({
  metadata: objectMeta,
  spec: slurmClusterSpec,
  status: slurmClusterStatus.default({}),
});
export type SlurmCluster = z.infer<typeof slurmCluster>;
export type SlurmClusterSpec = z.infer<typeof slurmClusterSpec>;

export const slurmClusterDefinition: KindDefinition = {
  kind: "SlurmCluster",
  plural: "slurmclusters",
  singular: "slurmcluster",
  shortNames: ["slc"],
  scope: "Cluster",
  description: "How to reach a Slurm cluster, who may use it as whom, and what it looks like now.",
  spec: slurmClusterSpec,
  status: slurmClusterStatus,
  initialStatus: { observedGeneration: -1 },
  columns: [
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: "Reachable", type: "string", jsonPath: '.status.conditions[?(@.type=="Reachable")].status' },
    { name: "Reason", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: "Slurm", type: "string", jsonPath: ".status.version" },
    { name: "Nodes", type: "integer", jsonPath: ".status.nodes.total" },
    { name: "Running", type: "integer", jsonPath: ".status.queue.running" },
    { name: "Pending", type: "integer", jsonPath: ".status.queue.pending" },
    { name: "Polled", type: "date", jsonPath: ".status.lastPollTime" },
    {
      name: "Message",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
  selectableFields: [],
  example: {
    apiVersion,
    kind: "SlurmCluster",
    metadata: { name: "c1" },
    spec: {
      ssh: {
        hosts: ["login.example.org"],
        knownHosts:
          "login.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlaceholderPlaceholderPlaceholderPlaceholder0\n",
      },
      workDirectory: "/home/%u/batchwright",
      observer: { user: "batchwright", credentialsSecretRef: { name: "c1-observer" } },
      polling: { intervalSeconds: 30 },
      defaults: { timeLimitSeconds: 3600 },
      tenants: [
        {
          name: "physics",
          namespaces: ["default"],
          login: { user: "alice", credentialsSecretRef: { name: "c1-alice" } },
        },
      ],
    },
  },
};

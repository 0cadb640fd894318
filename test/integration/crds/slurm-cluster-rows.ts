import { slurmClusterDefinition } from "../../../src/api/v1alpha1/slurm-cluster.ts";
import { broken, rowsOnResources, type RowsOfKind } from "./row.ts";

const login = { user: "alice", credentialsSecretRef: { name: "c1-alice" } };
const withoutLogins = {
  ssh: { hosts: ["login1.example.org", "2001:db8::1"], knownHosts: "login1.example.org ssh-ed25519 AAAA\n" },
  workDirectory: "/home/%u/batchwright",
};
const cluster = { ...withoutLogins, observer: login };
const someLogin = "set observer, or at least one of tenants: somebody must ask the cluster for jobs";
const oneSelection = "set exactly one of namespaces and namespaceSelector";

export const slurmClusterRows: RowsOfKind = {
  definition: slurmClusterDefinition,
  rows: [
    { what: "as little as possible", spec: cluster },
    {
      what: "tenants instead of an observer",
      spec: { ...withoutLogins, tenants: [{ name: "physics", namespaces: ["physics"], login }] },
    },
    { what: "a name longer than a label", name: "a".repeat(64), spec: cluster },
    {
      what: "tenants by name and by label",
      spec: {
        ...cluster,
        tenants: [
          { name: "physics", namespaces: ["physics"], login, partitions: ["short"], qos: ["normal"] },
          {
            name: "chemistry",
            namespaceSelector: { matchLabels: { "example.org/team": "chemistry" } },
            login,
          },
        ],
      },
    },
    {
      what: "a tenant by name and by label",
      spec: { ...cluster, tenants: [{ name: "physics", namespaces: ["a"], namespaceSelector: {}, login }] },
      refusal: broken("spec.tenants[0]", oneSelection),
    },
    {
      what: "a tenant of nobody",
      spec: { ...cluster, tenants: [{ name: "physics", login }] },
      refusal: broken("spec.tenants[0]", oneSelection),
    },
    {
      what: "two tenants of one name",
      spec: {
        ...cluster,
        tenants: [
          { name: "physics", namespaces: ["a"], login },
          { name: "physics", namespaces: ["b"], login },
        ],
      },
      refusal: 'spec.tenants[1]: Duplicate value: {"name":"physics"}',
    },
    {
      what: "a jump host",
      spec: {
        ...cluster,
        ssh: {
          ...cluster.ssh,
          jump: {
            host: "jump.example.org",
            port: 2222,
            user: "gate",
            knownHosts: "[jump.example.org]:2222 ssh-ed25519 AAAA\n",
            credentialsSecretRef: { name: "c1-jump" },
          },
        },
      },
    },
    {
      what: "a jump host without its keys",
      spec: {
        ...cluster,
        ssh: {
          ...cluster.ssh,
          jump: { host: "jump.example.org", user: "gate", credentialsSecretRef: { name: "c1-jump" } },
        },
      },
      refusal: "spec.ssh.jump.knownHosts: Required value",
    },
    {
      what: "no host",
      spec: { ...cluster, ssh: { ...cluster.ssh, hosts: [] } },
      refusal: "spec.ssh.hosts: Invalid value: 0: spec.ssh.hosts in body should have at least 1 items",
    },
    {
      what: "a host that is an option of ssh",
      spec: { ...cluster, ssh: { ...cluster.ssh, hosts: ["-oProxyCommand=x"] } },
      refusal: `spec.ssh.hosts[0]: Invalid value: "-oProxyCommand=x": spec.ssh.hosts[0] in body should match '^[A-Za-z0-9:]([-A-Za-z0-9.:]*[A-Za-z0-9])?$'`,
    },
    {
      what: "unchecked host keys",
      spec: { ...cluster, ssh: { hosts: ["login1"] } },
      refusal: "spec.ssh.knownHosts: Required value",
    },
    {
      what: "a port beyond the last",
      spec: { ...cluster, ssh: { ...cluster.ssh, port: 65_536 } },
      refusal:
        "spec.ssh.port: Invalid value: 65536: spec.ssh.port in body should be less than or equal to 65535",
    },
    {
      what: "a work directory that is relative",
      spec: { ...cluster, workDirectory: "batchwright" },
      refusal: `spec.workDirectory: Invalid value: "batchwright": spec.workDirectory in body should match '^(\\/[-A-Za-z0-9_.%+@]+)+\\/?$'`,
    },
    {
      what: "a work directory that holds a command",
      spec: { ...cluster, workDirectory: "/home/$(id)" },
      refusal: `spec.workDirectory: Invalid value: "/home/$(id)": spec.workDirectory in body should match '^(\\/[-A-Za-z0-9_.%+@]+)+\\/?$'`,
    },
    {
      what: "a login that no system has",
      spec: { ...cluster, observer: { ...login, user: "Alice Smith" } },
      refusal: `spec.observer.user: Invalid value: "Alice Smith": spec.observer.user in body should match '^[a-z_][-a-z0-9_.]*\\$?$'`,
    },
    {
      what: "nobody who could ask for jobs",
      spec: withoutLogins,
      refusal: broken("spec", someLogin),
    },
    {
      what: "no observer, and an empty list of tenants",
      spec: { ...withoutLogins, tenants: [] },
      refusal: broken("spec", someLogin),
    },
    {
      what: "polling without pause",
      spec: { ...cluster, polling: { intervalSeconds: 0 } },
      refusal:
        "spec.polling.intervalSeconds: Invalid value: 0: spec.polling.intervalSeconds in body should be greater than or equal to 1",
    },
    {
      what: "directories kept for the shortest time",
      spec: { ...cluster, cleanup: { retentionSeconds: 691_200 } },
    },
    {
      what: "directories kept for less than a job may be on its way",
      spec: { ...cluster, cleanup: { retentionSeconds: 691_199 } },
      refusal: broken(
        "spec.cleanup.retentionSeconds",
        "retentionSeconds is below 691200 (8 days), and a job may be handed to Slurm until 7 days after its attempt was opened; set it to at least 691200, or remove cleanup to keep everything",
      ),
    },
    {
      what: "a cleanup without an age",
      spec: { ...cluster, cleanup: {} },
      refusal: "spec.cleanup.retentionSeconds: Required value",
    },
    {
      what: "directories kept beyond all plans",
      spec: { ...cluster, cleanup: { retentionSeconds: 315_360_001 } },
      refusal:
        "spec.cleanup.retentionSeconds: Invalid value: 315360001: spec.cleanup.retentionSeconds in body should be less than or equal to 315360000",
    },
    ...rowsOnResources("spec.defaults", (defaults) => ({ ...cluster, defaults })),
  ],
};

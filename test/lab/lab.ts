import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** A daemon of the lab. `pid` is of the moment `lab.json` was written; `pidFile` holds the present one. */
const daemonSchema = z.object({
  pid: z.int().positive().nullable(),
  pidFile: z.string(),
  log: z.string(),
  port: z.int().nullable(),
});

const kubeSchema = z.object({
  server: z.url(),
  port: z.int(),
  /** Of an admin (`system:masters`). */
  kubeconfig: z.string(),
  kubectl: z.string(),
  caCertificate: z.string(),
  daemons: z.object({ etcd: daemonSchema, apiserver: daemonSchema, "controller-manager": daemonSchema }),
});

const userSchema = z.object({ uid: z.int(), home: z.string(), keyFile: z.string() });

const clusterSchema = z.object({
  clusterName: z.string(),
  slurmVersion: z.string(),
  /** Whether `sacct` works. */
  accounting: z.boolean(),
  /** Whether a job that takes more memory than it asked for ends OUT_OF_MEMORY (needs cgroup v1). */
  enforcesMemory: z.boolean(),
  nodes: z.array(z.string()),
  partitions: z.array(z.string()),
  ssh: z.object({
    host: z.string(),
    port: z.int(),
    /** One line of a known_hosts file. */
    knownHosts: z.string(),
    knownHostsFile: z.string(),
  }),
  users: z.object({ alice: userSchema, bob: userSchema }),
  /** The cluster's root directory as root sees it from outside, while the cluster runs. */
  root: z.string(),
  slurmConf: z.string(),
  daemons: z.record(z.string(), daemonSchema),
});

const nodeSchema = z.object({
  name: z.string(),
  /** An image with busybox that the node has; its command sleeps. There is no registry. */
  image: z.string(),
  daemons: z.record(z.string(), daemonSchema),
});

const labSchema = z.object({
  name: z.string(),
  state: z.string(),
  number: z.int(),
  kube: kubeSchema,
  /** Only after `lab up kube node`. */
  node: nodeSchema.optional(),
  clusters: z.object({ c1: clusterSchema, c2: clusterSchema }),
});

const partialLabSchema = labSchema.extend({
  kube: kubeSchema.optional(),
  clusters: labSchema.shape.clusters.partial(),
});

/** A running lab with all its parts, as `lab.json` describes it. */
export type Lab = z.infer<typeof labSchema>;
/** A running lab of which only some parts may be up. */
export type PartialLab = z.infer<typeof partialLabSchema>;
export type Kube = z.infer<typeof kubeSchema>;
export type Cluster = z.infer<typeof clusterSchema>;
export type ClusterName = keyof Lab["clusters"];
export type Daemon = z.infer<typeof daemonSchema>;

declare module "vitest" {
  interface ProvidedContext {
    lab: Lab;
  }
}

/** Where the entry point of the lab is: `test/lab/lab`. */
export const labCommand = join(import.meta.dirname, "lab");

/** The lab that this run uses: `$BATCHWRIGHT_LAB`, or `test`. */
export const labName = (): string => process.env["BATCHWRIGHT_LAB"] ?? "test";

/** Where a lab keeps everything; the same rule as in `parts/place.sh`. */
export const stateDirectory = (name: string): string => join(tmpdir(), `bwlab-${name}`);

/** Reads a lab that is up with all parts. Tests take it by `inject("lab")`; programs outside vitest read it here. */
export async function readLab(name = labName()): Promise<Lab> {
  const read = labSchema.safeParse(await readLabJson(name));
  if (read.success) return read.data;
  throw new Error(
    `lab ${name} does not run all parts; start them with: test/lab/lab --name ${name} up\n${z.prettifyError(read.error)}`,
  );
}

/** Reads a lab of which any parts are up. */
export const readPartialLab = async (name: string): Promise<PartialLab> =>
  partialLabSchema.parse(await readLabJson(name));

async function readLabJson(name: string): Promise<unknown> {
  const file = join(stateDirectory(name), "lab.json");
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new Error(`lab ${name} is not up (${file}); start it with: test/lab/lab --name ${name} up`, {
      cause,
    });
  }
}

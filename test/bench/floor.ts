import { readFile } from "node:fs/promises";
import ssh2 from "ssh2";
import { Agent } from "undici";
import type { JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import type { Lab } from "../lab/lab.ts";
import { finalizer } from "./scene.ts";

/**
 * What any correct controller must at least do: of each object that exists three patches, and one sbatch in a batch over one SSH connection.
 * It checks nothing, remembers nothing, and would lose jobs and send them twice.
 */
export interface FloorLoad {
  readonly namespace: string;
  readonly names: readonly string[];
  /** What a real submission has left in its status is what is written. */
  readonly sample: JobSubmission;
  /** Words of sbatch, the script's path last. */
  readonly words: string;
}

const patchesInFlight = 32;
/** Objects between their first patch and their last. More of them would only stand in line. */
const objectsInFlight = 256;

/** @returns objects a second */
export async function runFloor(lab: Lab, load: FloorLoad): Promise<number> {
  const pages = statusesOf(load.sample);
  await using api = await openApi(lab);
  using login = await openLogin(lab);
  const batches = new Batches(async (count) => login.submit(load.words, count));
  const queue = load.names.values();
  const path = `/apis/batchwright.dev/v1alpha1/namespaces/${load.namespace}/jobsubmissions`;
  const work = async (): Promise<void> => {
    for (const name of queue) {
      await api.patch(`${path}/${name}`, { metadata: { finalizers: [finalizer] } });
      await api.patch(`${path}/${name}/status`, { status: pages.intent });
      await batches.submit();
      await api.patch(`${path}/${name}/status`, { status: pages.accepted });
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: objectsInFlight }, work));
  return (load.names.length * 1000) / (performance.now() - started);
}

/** As they are once a controller has stored what it is about to send, and what became of it. */
function statusesOf({ status }: JobSubmission): { intent: object; accepted: object } {
  const { jobId, attempts = [], conditions, phase } = status;
  return {
    intent: {
      ...status,
      jobId: undefined,
      state: undefined,
      phase: "Created",
      attempts: attempts.map((attempt) => ({ ...attempt, jobId: undefined })),
    },
    accepted: { phase, jobId, attempts, conditions },
  };
}

/** One pool: as many connections as patches in flight, and whoever comes then waits for one. */
async function openApi({ kube }: Lab) {
  const pki = kube.caCertificate.slice(0, kube.caCertificate.lastIndexOf("/"));
  const [ca = "", cert = "", key = ""] = await Promise.all(
    ["ca.crt", "admin.crt", "admin.key"].map(async (name) => readFile(`${pki}/${name}`, "utf8")),
  );
  const agent = new Agent({ connections: patchesInFlight, pipelining: 1, connect: { ca, cert, key } });
  return {
    async patch(path: string, body: object): Promise<void> {
      const answer = await agent.request({
        origin: kube.server,
        path,
        method: "PATCH",
        headers: { "content-type": "application/merge-patch+json" },
        body: JSON.stringify(body),
      });
      await answer.body.dump({ limit: 1_000_000 });
      if (answer.statusCode !== 200) throw new Error(`PATCH ${path}: ${answer.statusCode}`);
    },
    [Symbol.asyncDispose]: async () => agent.destroy(),
  };
}

async function openLogin({ clusters }: Lab) {
  const { ssh, users } = clusters.c1;
  const client = new ssh2.Client();
  const ready = Promise.withResolvers<void>();
  client.once("ready", () => ready.resolve());
  client.once("error", ready.reject);
  const { host, port } = ssh;
  client.connect({ host, port, username: "alice", privateKey: await readFile(users.alice.keyFile) });
  await ready.promise;
  return {
    async submit(words: string, count: number): Promise<void> {
      const ended = Promise.withResolvers<void>();
      client.exec(loopOf(words, count), (error, channel) => {
        if (error !== undefined) return ended.reject(error);
        let lines = 0;
        channel.on("data", (chunk: Buffer) => {
          lines += chunk.toString("latin1").split("\n").length - 1;
        });
        channel.on("close", () => {
          if (lines === count) ended.resolve();
          else ended.reject(new Error(`${lines} of ${count} were submitted`));
        });
      });
      await ended.promise;
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

export const loopOf = (words: string, count: number): string =>
  `i=0; while [ $i -lt ${count} ]; do sbatch --parsable ${words} || exit 1; i=$((i+1)); done`;

/** Everybody who waits goes in one batch; while one is under way, the next one fills. */
class Batches {
  readonly #run: (count: number) => Promise<void>;
  #waiting: PromiseWithResolvers<void>[] = [];
  #isRunning = false;

  constructor(run: (count: number) => Promise<void>) {
    this.#run = run;
  }

  async submit(): Promise<void> {
    const mine = Promise.withResolvers<void>();
    this.#waiting.push(mine);
    if (!this.#isRunning) void this.#drive();
    await mine.promise;
  }

  async #drive(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#run(batch.length);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}

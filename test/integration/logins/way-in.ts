import { readFile } from "node:fs/promises";
import { readClusterFacts } from "../../../src/backends/slurm/cluster/cluster-facts-question.ts";
import { askQueue } from "../../../src/backends/slurm/poll/queue-question.ts";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { eventually } from "../../lab/eventually.ts";
import type { ClusterName, Lab } from "../../lab/lab.ts";
import type { Account, LoginNode } from "../../lab/login-node.ts";
import { install, Kit, type JobText } from "../dispatch/kit.ts";

/** Everything that the operator does as one login of a login node, each by the code that the operator uses. */
export class WayIn implements AsyncDisposable {
  readonly kit: Kit;
  readonly #account: Pick<Account, "user" | "home">;
  readonly #binDirectory: string | undefined;

  private constructor(kit: Kit, account: Pick<Account, "user" | "home">, binDirectory: string | undefined) {
    this.kit = kit;
    this.#account = account;
    this.#binDirectory = binDirectory;
  }

  static async open(
    lab: Lab,
    cluster: ClusterName,
    as: { node: LoginNode; account: Pick<Account, "user" | "home">; binDirectory?: string; keyFile?: string },
  ): Promise<WayIn> {
    const { node, account, binDirectory } = as;
    const { port, knownHosts } = node;
    const privateKey = await readFile(as.keyFile ?? lab.clusters[cluster].users.alice.keyFile);
    const kit = await Kit.open(lab.clusters[cluster], {
      session: { port, knownHosts, user: account.user, privateKey },
      login: binDirectory === undefined ? {} : { binDirectory },
    });
    return new WayIn(kit, account, binDirectory);
  }

  async facts() {
    return readClusterFacts(this.#call);
  }

  /** Its own jobs, as squeue shows them. */
  async rows(): Promise<readonly JobRow[]> {
    const { rows } = await askQueue(this.#call, { install, whose: "Mine", previous: new Map() });
    return [...rows.values()].flat();
  }

  /** Sends a job, sees it in the queue, and waits for its end. */
  async run(job: JobText) {
    const place = this.kit.place({ workDirectory: `${this.#account.home}/bw` });
    const jobId = await this.kit.accepted(this.kit.job(place, job));
    const row = await eventually(
      async () => (await this.rows()).find((candidate) => candidate.jobId === jobId),
      { within: 30_000 },
    );
    const marks = await this.kit.ended(place);
    return { jobId, row, marks, log: await this.kit.log(place, jobId) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kit[Symbol.asyncDispose]();
  }

  get #call() {
    return {
      commands: {
        run: async (command: Parameters<Kit["session"]["run"]>[0] & { stdin: string }) =>
          this.kit.session.run(command),
      },
      binDirectory: this.#binDirectory,
      timeLimitMs: 60_000,
      signal: this.kit.call.signal,
    };
  }
}

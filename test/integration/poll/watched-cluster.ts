import { randomBytes, randomUUID } from "node:crypto";
import type { Snapshot } from "../../../src/backends/slurm/backend.ts";
import { startPoller, type AskedQuery, type WatchedPoller } from "../../../src/backends/slurm/poll/poller.ts";
import type { RemoteCommands } from "../../../src/backends/slurm/poll/remote-commands.ts";
import { instant } from "../../../src/core/instant.ts";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { tokenOf, type Token } from "../../../src/core/slurm/token.ts";
import { insideRoot, type User } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import type { ClusterName, Lab } from "../../lab/lab.ts";

export interface SubmittedJob {
  readonly token: Token;
  readonly jobId: number;
}

export interface Submission {
  /** Lines of the script behind `#!/bin/sh`. */
  readonly script?: string;
  /** Options of sbatch, as a shell reads them. */
  readonly options?: string;
}

/** One cluster of the lab, watched as alice from inside its root, and a way to submit to it with the real sbatch. */
export class WatchedCluster implements AsyncDisposable {
  readonly install = `p${randomBytes(6).toString("hex")}`;
  readonly asked: AskedQuery[] = [];
  readonly poller: WatchedPoller;
  readonly lab: Lab;
  readonly name: ClusterName;

  constructor(lab: Lab, name: ClusterName) {
    this.lab = lab;
    this.name = name;
    this.poller = startPoller({
      commands: this.commandsOf("alice"),
      whose: "Everyone",
      install: this.install,
      polling: { intervalSeconds: 2, floorSeconds: 0.3 },
      asked: (query) => this.asked.push(query),
    });
  }

  commandsOf(user: User): RemoteCommands {
    return {
      run: async ({ command, stdin, timeLimitMs, signal }) => {
        const where = { cluster: this.name, user };
        const outcome = await insideRoot(this.lab, where, command, { stdin, within: timeLimitMs, signal });
        return { ...outcome, code: outcome.code ?? undefined };
      },
    };
  }

  /** Runs a line of shell as root or a user, which must succeed. */
  async run(user: User, script: string): Promise<string> {
    const outcome = await insideRoot(this.lab, { cluster: this.name, user }, script);
    if (outcome.code !== 0)
      throw new Error(`${script}: exit code ${String(outcome.code)}: ${outcome.stderr}`);
    return outcome.stdout.trim();
  }

  /** Stages a script under a new token and submits it, as the product does: by the path of batch.sh. */
  async submit({ script = "true", options = "" }: Submission): Promise<SubmittedJob> {
    const token = tokenOf({ install: this.install, uid: randomUUID(), index: 1 });
    const directory = `/home/alice/bw-poll/${this.install}/${token}`;
    const id = await this.run(
      "alice",
      [
        `mkdir -p ${directory} && cd ${directory}`,
        `cat > batch.sh <<'END-OF-SCRIPT'\n#!/bin/sh\n${script}\nEND-OF-SCRIPT`,
        `sbatch --parsable ${options} ${directory}/batch.sh`,
      ].join("\n"),
    );
    return { token, jobId: Number(id) };
  }

  /** A snapshot begun after now. */
  look(): Promise<Snapshot> {
    return this.poller.begunAfter(instant(Date.now()), { signal: AbortSignal.timeout(30_000) });
  }

  /** The job's rows, as soon as they are as expected. */
  rowsOnce(
    job: SubmittedJob,
    isAsExpected: (rows: readonly JobRow[]) => boolean,
    within = 45_000,
  ): Promise<readonly JobRow[]> {
    return eventually(
      async () => {
        const rows = (await this.look()).rows.get(job.token) ?? [];
        if (isAsExpected(rows)) return rows;
        throw new Error(`its rows are ${JSON.stringify(rows)}`);
      },
      { within, every: 50 },
    );
  }

  /** The only row of a job that is no array, as soon as it is in this state without flags. */
  async rowIn(job: SubmittedJob, state: JobRow["state"]): Promise<JobRow> {
    const [row] = await this.rowsOnce(
      job,
      ([first, ...more]) => first?.state === state && first.flags.length === 0 && more.length === 0,
    );
    if (row === undefined) throw new Error("no row");
    return row;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.poller[Symbol.asyncDispose]();
    await this.run("alice", `scancel -u alice; rm -rf ~/bw-poll/${this.install}`);
  }
}

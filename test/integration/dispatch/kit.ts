import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { DatedPlace, SlurmLogin, StagedJob } from "../../../src/backends/slurm/backend.ts";
import { openSlurmLogin, type SlurmLoginOptions } from "../../../src/backends/slurm/login/login.ts";
import { placeOf } from "../../../src/backends/slurm/login/place.ts";
import { Session, type SessionOptions } from "../../../src/backends/slurm/session/session.ts";
import { after, instant, type Instant } from "../../../src/core/instant.ts";
import { interpreterOf } from "../../../src/core/slurm/launcher/interpreter.ts";
import { buildJobFiles, type JobFilesOptions } from "../../../src/core/slurm/launcher/job-files.ts";
import type { Marks } from "../../../src/core/slurm/marks.ts";
import { tokenOf } from "../../../src/core/slurm/token.ts";
import { eventually } from "../../lab/eventually.ts";
import type { Cluster } from "../../lab/lab.ts";

export const install = "it";
export const workDirectory = "/home/%u/bw";

/** How a login of the lab is reached; `port` may be that of a proxy. */
export async function sessionOptions(
  cluster: Cluster,
  changes: Partial<SessionOptions> = {},
): Promise<SessionOptions> {
  const { host, port, knownHosts } = cluster.ssh;
  const line = changes.port === undefined ? knownHosts : knownHosts.replace(`:${port} `, `:${changes.port} `);
  return {
    hosts: [host],
    port,
    user: "alice",
    knownHosts: line,
    privateKey: await readFile(cluster.users.alice.keyFile),
    ...changes,
  };
}

export interface JobText extends Partial<Omit<JobFilesOptions, "files">> {
  readonly text?: string;
  readonly arguments?: readonly string[];
  readonly files?: JobFilesOptions["files"];
  readonly deadline?: Instant;
}

/** A login on a real cluster, and a second way in to look at what it did. */
export class Kit implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly session: Session;
  readonly login: SlurmLogin;
  readonly call = { signal: new AbortController().signal };

  private constructor(cluster: Cluster, session: Session, login: SlurmLogin) {
    this.cluster = cluster;
    this.session = session;
    this.login = login;
  }

  static async open(
    cluster: Cluster,
    changes: { session?: Partial<SessionOptions>; login?: Omit<SlurmLoginOptions, "session"> } = {},
  ): Promise<Kit> {
    const session = new Session(await sessionOptions(cluster, changes.session));
    return new Kit(cluster, session, openSlurmLogin({ session, ...changes.login }));
  }

  /** A place that nobody has used. `uid` and `index` for a further attempt of one submission. */
  place(attempt: { uid?: string; index?: number; workDirectory?: string } = {}): DatedPlace {
    const token = tokenOf({ install, uid: attempt.uid ?? randomUUID(), index: attempt.index ?? 1 });
    return {
      ...placeOf({ workDirectory: attempt.workDirectory ?? workDirectory, install, user: "alice", token }),
      deadline: after(instant(Date.now()), 600_000),
      cluster: this.cluster.clusterName,
    };
  }

  /** A staged job for a script's text, short and small unless said otherwise. */
  job(place: DatedPlace, job: JobText = {}): StagedJob {
    const text = job.text ?? "#!/bin/bash\ntrue\n";
    const files = buildJobFiles({
      directory: place.directory,
      generated: ["#SBATCH --mem=20M", "#SBATCH --time=5"],
      directives: [],
      entrypoint: "entry.sh",
      interpreter: interpreterOf(text) ?? ["/bin/sh"],
      variables: [],
      modules: [],
      setup: "",
      ...job,
      files: [
        { path: "entry.sh", content: new TextEncoder().encode(text), isExecutable: true },
        ...(job.files ?? []),
      ],
    });
    return {
      ...place,
      files,
      arguments: job.arguments ?? [],
      deadline: job.deadline ?? place.deadline,
    };
  }

  /** Runs shell text as alice, beside the login's own commands. @returns stdout; fails with what it said otherwise */
  async sh(text: string): Promise<string> {
    const { code, stdout, stderr } = await this.session.run({
      command: "bash -s",
      stdin: text,
      timeLimitMs: 30_000,
      signal: this.call.signal,
    });
    if (code !== 0) throw new Error(`ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** All jobs that slurmctld knows of a token, as `STATE EXIT`, oldest first. */
  async rows(place: DatedPlace): Promise<readonly { id: number; state: string; reason: string }[]> {
    const text = await this.sh(
      `squeue -h -t all -u alice -S i -o '%F %T %r %o' | grep -F '/${place.token}/' || true`,
    );
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [id, state = "", reason = ""] = line.split(" ");
        return { id: Number(id), state, reason };
      });
  }

  async marks(place: DatedPlace): Promise<Marks> {
    const marks = (await this.login.readMarks([place], this.call)).get(place.token);
    if (marks === undefined) throw new Error(`no marks of ${place.token}`);
    return marks;
  }

  /** The marks once `count` ends are there. */
  async ended(place: DatedPlace, count = 1, within = 30_000): Promise<Marks> {
    return eventually(
      async () => {
        const marks = await this.marks(place);
        return marks.exits.length >= count ? marks : undefined;
      },
      { within, every: 250 },
    );
  }

  /** Accepted, or a failure that says what came instead. */
  async accepted(job: StagedJob): Promise<number> {
    const answer = await this.login.put(job, this.call);
    if (answer.is !== "accepted") throw new Error(`not accepted: ${JSON.stringify(answer)}`);
    return answer.jobId;
  }

  /** Puts a job, waits for its end, and returns what it left. */
  async runToEnd(text: JobText): Promise<{ place: DatedPlace; marks: Marks; log: string; jobId: number }> {
    const place = this.place();
    const jobId = await this.accepted(this.job(place, text));
    const marks = await this.ended(place);
    const log = await this.log(place, jobId);
    return { place, marks, log, jobId };
  }

  async log(place: DatedPlace, jobId: number): Promise<string> {
    const path = `${place.directory}/work/slurm-${jobId}.out`;
    return (await this.login.readTail({ path, bytes: 100_000 }, this.call))?.text ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.login[Symbol.asyncDispose]();
  }
}

/** Outputs of a job that is no array, by name. */
export const outputsOf = (marks: Marks): Readonly<Record<string, string>> =>
  Object.fromEntries(marks.outputs.map((output) => [output.name, output.value]));

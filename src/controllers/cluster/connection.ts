import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { Call, SlurmLogin } from "../../backends/slurm/backend.ts";
import { openSlurmLogin } from "../../backends/slurm/login/login.ts";
import { startPoller, type WatchedPoller } from "../../backends/slurm/poll/poller.ts";
import { Session } from "../../backends/slurm/session/session.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Logger } from "../../runtime/logger.ts";
import { type Credentials, readCredentials } from "./credentials.ts";
import type { ClusterMetrics } from "./metrics.ts";

export interface ConnectionOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: ClusterMetrics;
  readonly namespace: string;
  readonly install: string;
}

interface OpenLogin {
  readonly login: SlurmLogin;
  readonly session: Session;
  readonly version: string;
  checkedAt: number;
}

const defaultPolling = { intervalSeconds: 30, floorSeconds: 2 };
/** How long a rotated Secret may go unnoticed. */
const recheckMs = 60_000;

/** Everything open towards one cluster: one session for each login, and the poller on that of the observer. Closed as a whole when the spec changes. */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #cluster: SlurmCluster;
  readonly #logins = new Map<string, Promise<OpenLogin>>();
  #poller: WatchedPoller | undefined;

  constructor(cluster: SlurmCluster, options: ConnectionOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  get poller(): WatchedPoller | undefined {
    return this.#poller;
  }

  /** The observer's session, on which the cluster is asked about itself. @throws LoginError */
  async observe(call: Call): Promise<Session> {
    return (await this.#open(this.#cluster.spec.observer, call)).session;
  }

  /** @throws LoginError */
  async login(login: Login, call: Call): Promise<SlurmLogin> {
    return (await this.#open(login, call)).login;
  }

  /** Starts to watch the queue, once. */
  watch(): WatchedPoller {
    const { metrics, install, logger } = this.#options;
    const { metadata, spec } = this.#cluster;
    this.#poller ??= startPoller({
      commands: { run: async (command) => (await this.observe({ signal: command.signal })).run(command) },
      whose: "Everyone",
      install,
      binDirectory: spec.binDirectory,
      polling: { ...defaultPolling, ...definedOf(spec.polling) },
      asked: ({ command, isGood }) => metrics.asked(metadata.name, command, isGood),
      reportError: (error) =>
        logger.error({ err: error, cluster: metadata.name }, "a listener of the poller failed"),
    });
    return this.#poller;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#poller?.[Symbol.asyncDispose]();
    const open = await Promise.allSettled(this.#logins.values());
    await Promise.all(
      open.map(async (login) =>
        login.status === "fulfilled" ? login.value.login[Symbol.asyncDispose]() : undefined,
      ),
    );
  }

  async #open(login: Login, call: Call): Promise<OpenLogin> {
    const before = this.#logins.get(login.user);
    const opened = before ?? this.#openNew(login, call);
    if (before === undefined) this.#keep(login.user, opened);
    const open = await opened;
    if (Date.now() - open.checkedAt < recheckMs) return open;
    open.checkedAt = Date.now();
    const credentials = await this.#read(login, call);
    if (credentials.version === open.version) return open;
    const renewed = Promise.resolve(this.#connect(login, credentials));
    this.#keep(login.user, renewed);
    await open.login[Symbol.asyncDispose]();
    return renewed;
  }

  /** One that could not be opened is not kept: the Secret may come. */
  #keep(user: string, opened: Promise<OpenLogin>): void {
    this.#logins.set(user, opened);
    opened.catch(() => this.#logins.delete(user));
  }

  async #openNew(login: Login, call: Call): Promise<OpenLogin> {
    return this.#connect(login, await this.#read(login, call));
  }

  async #read(login: Login, call: Call): Promise<Credentials> {
    return readCredentials(this.#options.client, { namespace: this.#options.namespace, login }, call.signal);
  }

  #connect(login: Login, { privateKey, passphrase, version }: Credentials): OpenLogin {
    const { ssh, binDirectory } = this.#cluster.spec;
    const session = new Session({
      hosts: ssh.hosts,
      port: ssh.port ?? 22,
      user: login.user,
      knownHosts: ssh.knownHosts,
      privateKey,
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    return {
      session,
      login: openSlurmLogin({ session, ...(binDirectory === undefined ? {} : { binDirectory }) }),
      version,
      checkedAt: Date.now(),
    };
  }
}

function definedOf(polling: SlurmCluster["spec"]["polling"]): Partial<typeof defaultPolling> {
  return {
    ...(polling?.intervalSeconds === undefined ? {} : { intervalSeconds: polling.intervalSeconds }),
    ...(polling?.floorSeconds === undefined ? {} : { floorSeconds: polling.floorSeconds }),
  };
}

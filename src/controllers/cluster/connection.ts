import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { Call, SlurmLogin } from "../../backends/slurm/backend.ts";
import { openSlurmLogin } from "../../backends/slurm/login/login.ts";
import { startPoller, type WatchedPoller } from "../../backends/slurm/poll/poller.ts";
import { Session } from "../../backends/slurm/session/session.ts";
import type { LoginFailure } from "../../core/cluster/login-failure.ts";
import { watcherOf, watchersOf } from "../../core/cluster/logins.ts";
import type { Token } from "../../core/slurm/token.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Logger } from "../../runtime/logger.ts";
import { type Credentials, readCredentials } from "./credentials.ts";
import { LoginError } from "./clusters.ts";
import type { ClusterMetrics } from "./metrics.ts";
import { Pollers } from "./pollers.ts";
import { type Healths, isSilent } from "./silence.ts";

export interface ConnectionOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: ClusterMetrics;
  readonly namespace: string;
  readonly install: string;
  /** Wakes the cluster's own key: the queue stops or starts to answer one of its logins. */
  readonly wake: (name: string) => void;
  /** Told which jobs a poller saw change. */
  readonly changed: (tokens: readonly Token[]) => void;
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

/**
 * Everything open towards one cluster: one session for each login, and on it the poller of each login that looks at the queue. Closed as a whole
 * when the way there changes; tenants come and go.
 */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #logins = new Map<string, Promise<OpenLogin>>();
  readonly #pollers = new Pollers((user) => this.#startPoller(user));
  /** By user, the logins as which the cluster did not say what it is when it was last asked. At most as many as there are logins. */
  readonly triedInVain = new Map<string, { readonly failure: LoginFailure; readonly hung: boolean }>();
  #cluster: SlurmCluster;
  #isClosed = false;

  constructor(cluster: SlurmCluster, options: ConnectionOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /** How the looks at the queue go, of each login that has looked. */
  get healths(): Healths {
    return this.#pollers.healths;
  }

  /**
   * The poller that shows the jobs of `user`, started when first asked for. Only for a cluster that has told its name: another cluster's queue
   * must never be taken for this one's.
   * @returns undefined when no tenant has the login any more, and once closed
   */
  pollerOf(user: string): WatchedPoller | undefined {
    const watcher = watcherOf(this.#cluster.spec, user);
    return watcher === undefined ? undefined : this.#pollers.of(watcher.user);
  }

  /** Takes over tenants as they are now. Nobody looks for a login that is gone. */
  async follow(cluster: SlurmCluster): Promise<void> {
    this.#cluster = cluster;
    const users = new Set(watchersOf(cluster.spec).map(({ user }) => user));
    for (const user of this.triedInVain.keys()) if (!users.has(user)) this.triedInVain.delete(user);
    await this.#pollers.keepOnly(users);
  }

  /** The login's session, on which the cluster is asked about itself. @throws LoginError */
  async session(login: Login, call: Call): Promise<Session> {
    return (await this.#open(login, call)).session;
  }

  /** @throws LoginError */
  async login(login: Login, call: Call): Promise<SlurmLogin> {
    return (await this.#open(login, call)).login;
  }

  #startPoller(user: string): WatchedPoller {
    const { metrics, install, logger, wake, changed } = this.#options;
    const { metadata, spec } = this.#cluster;
    const poller = startPoller({
      commands: { run: async (command) => (await this.#sessionOf(user, command)).run(command) },
      whose: spec.observer === undefined ? "Mine" : "Everyone",
      install,
      binDirectory: spec.binDirectory,
      polling: { ...defaultPolling, ...definedOf(spec.polling) },
      asked: ({ command, isGood }) => metrics.asked(metadata.name, command, isGood),
      reportError: (error) =>
        logger.error({ err: error, cluster: metadata.name }, "a listener of the poller failed"),
    });
    let told: boolean | undefined;
    poller.subscribeHealth((health) => {
      const isFailing = isSilent(health);
      if (told !== isFailing) wake(metadata.name);
      told = isFailing;
    });
    poller.subscribe(changed);
    return poller;
  }

  /** Where its Secret is may have changed since the poller began. */
  async #sessionOf(user: string, call: Call): Promise<Session> {
    const login = watcherOf(this.#cluster.spec, user);
    if (login === undefined) throw new LoginError(`no tenant has login ${user} any more`);
    return this.session(login, call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#pollers[Symbol.asyncDispose]();
    const open = await Promise.allSettled(this.#logins.values());
    await Promise.all(
      open.map(async (login) =>
        login.status === "fulfilled" ? login.value.login[Symbol.asyncDispose]() : undefined,
      ),
    );
  }

  async #open(login: Login, call: Call): Promise<OpenLogin> {
    this.#checkOpen();
    const before = this.#logins.get(login.user);
    const opened = before ?? this.#openNew(login, call);
    if (before === undefined) this.#keep(login.user, opened);
    const open = await opened;
    if (Date.now() - open.checkedAt < recheckMs) return open;
    open.checkedAt = Date.now();
    const credentials = await this.#read(login, call);
    if (credentials.version === open.version) return open;
    this.#checkOpen();
    const renewed = Promise.resolve(this.#connect(login, credentials));
    this.#keep(login.user, renewed);
    await open.login[Symbol.asyncDispose]();
    return renewed;
  }

  /** Who still holds a closed connection must not open what nobody would close. */
  #checkOpen(): void {
    if (this.#isClosed)
      throw new LoginError(`SlurmCluster "${this.#cluster.metadata.name}" is being connected to anew`);
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

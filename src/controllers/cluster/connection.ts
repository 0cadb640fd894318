import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { Call, SlurmLogin } from "../../backends/slurm/backend.ts";
import { openSlurmLogin } from "../../backends/slurm/login/login.ts";
import { startPoller, type WatchedPoller } from "../../backends/slurm/poll/poller.ts";
import { Session } from "../../backends/slurm/session/session.ts";
import type { LoginFailure } from "../../core/cluster/login-failure.ts";
import { isSameLogin, namedLogins, watcherOf, watchersOf } from "../../core/cluster/logins.ts";
import type { Token } from "../../core/slurm/token.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Logger } from "../../runtime/logger.ts";
import { readWayIn, secretsIn, type WayIn } from "./credentials.ts";
import { LoginError } from "./clusters.ts";
import { Logins, type OpenLogin } from "./logins.ts";
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

const defaultPolling = { intervalSeconds: 30, floorSeconds: 2 };

/**
 * Everything open towards one cluster: one session for each login, and on it the poller of each login that looks at the queue. Closed as a whole
 * when the way there changes; tenants come and go.
 */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #logins: Logins;
  readonly #pollers = new Pollers((user) => this.#startPoller(user));
  /** By user, the logins as which the cluster did not say what it is when it was last asked. At most as many as there are logins. */
  readonly triedInVain = new Map<string, { readonly failure: LoginFailure; readonly hung: boolean }>();
  /** By user, what his job directory was like when it was last looked at. At most as many as there are logins. */
  readonly workChecks = new Map<
    string,
    { readonly at: number; readonly failure: LoginFailure | undefined }
  >();
  #cluster: SlurmCluster;

  constructor(cluster: SlurmCluster, options: ConnectionOptions) {
    const { client, namespace } = options;
    this.#cluster = cluster;
    this.#options = options;
    this.#logins = new Logins({
      cluster: cluster.metadata.name,
      read: async (login, signal) =>
        readWayIn(client, { namespace, login, jump: cluster.spec.ssh.jump }, signal),
      connect: (login, wayIn) => this.#connect(login, wayIn),
    });
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

  /** Takes over tenants as they are now. Of a login that is gone nothing stays open. */
  async follow(cluster: SlurmCluster): Promise<void> {
    this.#cluster = cluster;
    const users = new Set(watchersOf(cluster.spec).map(({ user }) => user));
    for (const user of this.triedInVain.keys()) if (!users.has(user)) this.triedInVain.delete(user);
    await this.#pollers.keepOnly(users);
    await this.#logins.keepOnly(namedLogins(cluster.spec));
  }

  /** The login's session, on which the cluster is asked about itself. @throws LoginError */
  async session(login: Login, call: Call): Promise<Session> {
    return (await this.#open(login, call)).session;
  }

  /** @throws LoginError */
  async login(login: Login, call: Call): Promise<SlurmLogin> {
    return (await this.#open(login, call)).login;
  }

  /** Whether somebody has logged in so, or is about to. */
  isOpen(login: Login): boolean {
    return this.#logins.isOpen(login);
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
    await Promise.all([this.#pollers[Symbol.asyncDispose](), this.#logins[Symbol.asyncDispose]()]);
  }

  /** Who asks may still hold the tenants of before. */
  async #open(login: Login, call: Call): Promise<OpenLogin> {
    const { metadata, spec } = this.#cluster;
    const isNamed = namedLogins(spec).some((named) => isSameLogin(named, login));
    if (isNamed) return this.#logins.get(login, call);
    throw new LoginError(
      `SlurmCluster "${metadata.name}" does not name login ${login.user} with Secret "${login.credentialsSecretRef.name}" any more`,
    );
  }

  #connect(login: Login, wayIn: WayIn): OpenLogin {
    const { jump: jumpKey, version, ...key } = wayIn;
    const { ssh, binDirectory } = this.#cluster.spec;
    const { hosts, port = 22, knownHosts, jump } = ssh;
    const session = new Session({
      hosts,
      port,
      user: login.user,
      knownHosts,
      ...key,
      ...(jump === undefined || jumpKey === undefined
        ? {}
        : { jump: { ...jump, port: jump.port ?? 22, ...jumpKey } }),
    });
    return {
      session,
      login: openSlurmLogin({
        session,
        secrets: secretsIn(wayIn),
        ...(binDirectory === undefined ? {} : { binDirectory }),
      }),
      version,
    };
  }
}

function definedOf(polling: SlurmCluster["spec"]["polling"]): Partial<typeof defaultPolling> {
  return {
    ...(polling?.intervalSeconds === undefined ? {} : { intervalSeconds: polling.intervalSeconds }),
    ...(polling?.floorSeconds === undefined ? {} : { floorSeconds: polling.floorSeconds }),
  };
}

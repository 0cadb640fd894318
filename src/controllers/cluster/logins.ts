import type { Login } from "../../api/v1alpha1/slurm-cluster.ts";
import type { Call, SlurmLogin } from "../../backends/slurm/backend.ts";
import { untilAborted } from "../../backends/slurm/poll/until-aborted.ts";
import type { Session } from "../../backends/slurm/session/session.ts";
import { LoginError } from "./clusters.ts";
import type { WayIn } from "./credentials.ts";

export interface OpenLogin {
  readonly login: SlurmLogin;
  readonly session: Session;
  /** Of the Secrets that it was opened with. */
  readonly version: string;
}

export interface LoginsOptions {
  /** Name of the SlurmCluster, for messages. */
  readonly cluster: string;
  /** @throws LoginError when the Secret is missing or holds no key */
  readonly read: (login: Login, signal: AbortSignal) => Promise<WayIn>;
  readonly connect: (login: Login, wayIn: WayIn) => OpenLogin;
  /** How long a changed Secret may go unnoticed; a minute where absent. */
  readonly recheckMs?: number;
}

interface Kept {
  readonly opened: Promise<OpenLogin>;
  /** When its Secret was last read, or has begun to be; by the clock that nobody sets. */
  readonly checkedAt: number;
}

const defaultRecheckMs = 60_000;

/**
 * The open logins of one cluster: one session for each user and Secret, opened when first asked for, and anew when the Secret has changed.
 * All who ask for one share what becomes of it: a Secret that is gone fails everybody, and a new key is everybody's at once.
 */
export class Logins implements AsyncDisposable {
  readonly #options: LoginsOptions;
  readonly #recheckMs: number;
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new AbortController();

  constructor(options: LoginsOptions) {
    this.#options = options;
    this.#recheckMs = options.recheckMs ?? defaultRecheckMs;
  }

  /** @throws LoginError when its credentials are not to be had, it was closed meanwhile, or all are; the reason of `call.signal` */
  async get(login: Login, call: Call): Promise<OpenLogin> {
    // Who still holds a closed connection must not open what nobody would close.
    this.#closing.signal.throwIfAborted();
    const opened = this.#opened(login);
    const open = await untilAborted(opened, AbortSignal.any([call.signal, this.#closing.signal]));
    if (!this.#kept.has(idOf(login)))
      throw new LoginError(`login ${login.user} of SlurmCluster "${this.#options.cluster}" was just closed`);
    return open;
  }

  isOpen(login: Login): boolean {
    return this.#kept.has(idOf(login));
  }

  /** Closes all others; one that is being opened is closed when it is open. */
  async keepOnly(logins: readonly Login[]): Promise<void> {
    const ids = new Set(logins.map(idOf));
    const gone = [...this.#kept].filter(([id]) => !ids.has(id));
    for (const [id] of gone) this.#kept.delete(id);
    await Promise.all(gone.map(async ([, { opened }]) => close(opened)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new LoginError(`SlurmCluster "${this.#options.cluster}" is being connected to anew`));
    await this.keepOnly([]);
  }

  #opened(login: Login): Promise<OpenLogin> {
    const kept = this.#kept.get(idOf(login));
    if (kept === undefined) return this.#keep(login, this.#open(login));
    if (performance.now() - kept.checkedAt < this.#recheckMs) return kept.opened;
    return this.#keep(login, this.#renew(login, kept.opened));
  }

  /** One that could not be opened is not kept: the Secret may come. */
  #keep(login: Login, opened: Promise<OpenLogin>): Promise<OpenLogin> {
    const id = idOf(login);
    const kept = { opened, checkedAt: performance.now() };
    this.#kept.set(id, kept);
    opened.catch(() => {
      if (this.#kept.get(id) === kept) this.#kept.delete(id);
    });
    return opened;
  }

  async #open(login: Login): Promise<OpenLogin> {
    const { read, connect } = this.#options;
    return connect(login, await read(login, this.#closing.signal));
  }

  async #renew(login: Login, before: Promise<OpenLogin>): Promise<OpenLogin> {
    const { read, connect } = this.#options;
    const open = await before;
    let wayIn: WayIn;
    try {
      wayIn = await read(login, this.#closing.signal);
    } catch (error) {
      // An API server that does not answer says nothing of the key. A Secret that was taken away does.
      if (!(error instanceof LoginError)) return open;
      await open.login[Symbol.asyncDispose]();
      throw error;
    }
    if (wayIn.version === open.version) return open;
    await open.login[Symbol.asyncDispose]();
    return connect(login, wayIn);
  }
}

/** Two tenants may run as one user, each with a key of its own. */
const idOf = ({ user, credentialsSecretRef }: Login): string => `${user} ${credentialsSecretRef.name}`;

async function close(opened: Promise<OpenLogin>): Promise<void> {
  const [settled] = await Promise.allSettled([opened]);
  if (settled.status === "fulfilled") await settled.value.login[Symbol.asyncDispose]();
}

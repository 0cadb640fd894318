import { performance } from "node:perf_hooks";

import type { Client } from "ssh2";

import { openConnection, type ConnectTimes, type SshTarget } from "./connection.ts";
import {
  defaultPauses,
  type EarlyLosses,
  type Failures,
  pauseAfter,
  pauseAfterLoss,
  type PauseLimits,
} from "./pause.ts";
import { runCommand, type RemoteCommand, type RemoteResult } from "./remote-command.ts";
import { Slots } from "./slots.ts";
import { type Hop, SlurmUnreachable } from "./unreachable.ts";

export interface SessionOptions extends Omit<SshTarget, "host"> {
  /** Names of the same login, tried in this order. */
  readonly hosts: readonly string[];
  /** A host on the way, with keys of its own. */
  readonly jump?: SshTarget;
  readonly limits?: Partial<SessionLimits>;
}

export interface SessionLimits extends ConnectTimes, PauseLimits {
  readonly commandsAtOnce: number;
  readonly mostWaiting: number;
}

const defaultLimits: SessionLimits = {
  connectMs: 20_000,
  keepaliveMs: 15_000,
  commandsAtOnce: 4,
  mostWaiting: 256,
  ...defaultPauses,
};

const noFailures: Failures = { total: 0, refusals: 0, wasLastRefused: false };
const noLosses: EarlyLosses = { total: 0, wasLastAnswered: false };

type Link =
  | { is: "down" }
  | { is: "opening"; client: Promise<Client> }
  | { is: "up"; client: Client }
  /** No new connection before `until` (our monotonic clock): who asks gets `error` again at once. */
  | { is: "pausing"; until: number; error: unknown };

/**
 * One SSH connection to one login, opened when first needed and opened again after a loss; everything for this login goes through it.
 * Some centres block addresses that log in thousands of times a day, and each login costs 50-130 ms.
 */
export class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #limits: SessionLimits;
  readonly #slots: Slots;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #link: Link = { is: "down" };
  #failures = noFailures;
  #losses = noLosses;
  /** The connection that has answered a command. */
  #answered: Client | undefined;
  #jump: Client | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#slots = new Slots({ slots: this.#limits.commandsAtOnce, mostWaiting: this.#limits.mostWaiting });
  }

  /** @throws SlurmUnreachable; the reason of `command.signal` when that ends first */
  async run(command: RemoteCommand): Promise<RemoteResult> {
    const running = this.#run(command);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Ends what runs, closes the connection, and resolves when nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(
      new SlurmUnreachable("ConnectionLost", "this session is closed", { mayHaveRun: true }),
    );
    await Promise.allSettled(this.#running);
    if (this.#link.is === "opening") await this.#link.client.catch(() => undefined);
    const link = this.#link;
    this.#link = { is: "down" };
    if (link.is === "up") await close(link.client);
    if (this.#jump !== undefined) await close(this.#jump);
  }

  async #run(command: RemoteCommand): Promise<RemoteResult> {
    const limit = AbortSignal.timeout(command.timeLimitMs);
    const signal = AbortSignal.any([command.signal, limit, this.#closing.signal]);
    let isSent = false;
    try {
      using _slot = await this.#slots.take(signal);
      const client = await this.#connected(signal);
      isSent = true;
      const result = await runCommand(client, command, signal);
      this.#answered = client;
      return result;
    } catch (error) {
      if (limit.aborted && !command.signal.aborted && !(error instanceof SlurmUnreachable))
        throw new SlurmUnreachable("CommandTimedOut", `no answer within ${command.timeLimitMs / 1000} s`, {
          mayHaveRun: isSent,
        });
      throw error;
    }
  }

  async #connected(signal: AbortSignal): Promise<Client> {
    const link = this.#link;
    switch (link.is) {
      case "up":
        return link.client;
      case "opening":
        return untilAborted(link.client, signal);
      case "pausing":
        if (performance.now() < link.until) throw link.error;
        return untilAborted(this.#open(), signal);
      case "down":
        return untilAborted(this.#open(), signal);
    }
  }

  /** Belongs to the session, not to the command that happened to need it first: others wait for it too. */
  #open(): Promise<Client> {
    const client = this.#opened();
    // All who asked may have gone meanwhile; the failure is kept in the link.
    client.catch(() => undefined);
    this.#link = { is: "opening", client };
    return client;
  }

  async #opened(): Promise<Client> {
    const { refusals } = this.#failures;
    try {
      const client = await this.#openFirst();
      // A connection may break with an error that nobody waits for; `close` follows and is what counts.
      client.on("error", () => undefined);
      const openedAt = performance.now();
      client.once("close", () => this.#lost(client, openedAt));
      this.#failures = noFailures;
      this.#link = { is: "up", client };
      return client;
    } catch (error) {
      const failures = this.#failures;
      this.#failures = {
        ...failures,
        total: failures.total + 1,
        wasLastRefused: failures.refusals > refusals,
      };
      const pauseMs = pauseAfter(this.#failures, this.#limits, Math.random());
      this.#link = { is: "pausing", until: performance.now() + pauseMs, error };
      throw error;
    }
  }

  #lost(client: Client, openedAt: number): void {
    if (this.#link.is !== "up" || this.#link.client !== client) return;
    this.#dropJump();
    const livedMs = performance.now() - openedAt;
    this.#losses =
      livedMs < this.#limits.steadyMs
        ? { total: this.#losses.total + 1, wasLastAnswered: this.#answered === client }
        : noLosses;
    const pauseMs = pauseAfterLoss(this.#losses, this.#limits, Math.random());
    this.#link =
      pauseMs === 0
        ? { is: "down" }
        : { is: "pausing", until: performance.now() + pauseMs, error: this.#closesEarly(livedMs) };
  }

  #closesEarly(livedMs: number): SlurmUnreachable {
    const { user, hosts } = this.#options;
    const text = `${user}@${hosts.join(", ")}: connections are lost soon after the login, the last one after ${Math.ceil(livedMs / 1000)} s (${this.#losses.total} in a row)`;
    return new SlurmUnreachable("ConnectionLost", text);
  }

  async #openFirst(): Promise<Client> {
    const through = await this.#openJump();
    const failures: SlurmUnreachable[] = [];
    for (const host of this.#options.hosts) {
      try {
        return await this.#openOne({ ...this.#options, host }, { through });
      } catch (error) {
        if (!(error instanceof SlurmUnreachable)) throw error;
        failures.push(error);
        // The account is the same on every host: asking the next with a refused key only comes closer to being locked out.
        if (error.kind === "AuthenticationFailed") break;
      }
    }
    this.#dropJump();
    throw summaryOf(failures);
  }

  async #openJump(): Promise<Client | undefined> {
    if (this.#options.jump === undefined) return undefined;
    this.#dropJump();
    const jump = await this.#openOne(this.#options.jump, { hop: "jump" });
    jump.on("error", () => undefined);
    this.#jump = jump;
    return jump;
  }

  #dropJump(): void {
    this.#jump?.destroy();
    this.#jump = undefined;
  }

  /** Counts a key that is refused wherever that is: another host may have failed for a reason that is told first. */
  async #openOne(target: SshTarget, way: { through?: Client | undefined; hop?: Hop }): Promise<Client> {
    try {
      return await openConnection(target, { times: this.#limits, signal: this.#closing.signal, ...way });
    } catch (error) {
      if (error instanceof SlurmUnreachable && error.kind === "AuthenticationFailed")
        this.#failures = { ...this.#failures, refusals: this.#failures.refusals + 1 };
      throw error;
    }
  }
}

/** What a person can act on goes first: a wrong key tells more than another host that is merely down. */
function summaryOf(failures: readonly SlurmUnreachable[]): SlurmUnreachable {
  const worst = failures.find((failure) => failure.kind !== "HostUnreachable") ?? failures[0];
  const text = failures.map((failure) => failure.message).join("; ");
  return new SlurmUnreachable(worst?.kind ?? "HostUnreachable", text || "no hosts are configured");
}

async function close(client: Client): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once("close", () => resolve());
  client.end();
  // A peer that does not answer the farewell must not hold us up.
  const timer = setTimeout(() => {
    client.destroy();
    resolve();
  }, 1000);
  await promise;
  clearTimeout(timer);
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

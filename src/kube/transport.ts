import type { Logger } from "pino";
import type { Dispatcher } from "undici";
import { orAborted } from "./abort.ts";
import { CredentialReader, type Credentials, type CredentialSource } from "./credentials.ts";
import { connectionIdentity, createDispatcher } from "./dispatcher.ts";
import type { KubeMetrics } from "./metrics.ts";

/** How long credentials are used before their files are looked at again. */
const defaultFreshMs = 10_000;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

export type HttpAnswer = Dispatcher.ResponseData;

/** What is in use now: one set of credentials and the one pool of connections that stands for it. */
interface Current {
  readonly credentials: Credentials;
  readonly dispatcher: Dispatcher;
  readonly identity: string;
  readonly readAt: number;
}

/** One pool of connections to one API server, replaced (old requests finish on the old one) when CA or client certificate change. */
export class Transport implements AsyncDisposable {
  readonly #reader: CredentialReader;
  readonly #logger: Logger;
  readonly #metrics: KubeMetrics;
  readonly #retiring = new Set<Dispatcher>();
  #current: Current | undefined;
  #refreshing: Promise<Current> | undefined;
  #connections = 0;
  #closed = false;

  readonly #freshMs: number;

  constructor(options: {
    source: CredentialSource;
    logger: Logger;
    metrics: KubeMetrics;
    freshMs: number | undefined;
  }) {
    this.#freshMs = options.freshMs ?? defaultFreshMs;
    this.#reader = new CredentialReader(options.source);
    this.#logger = options.logger;
    this.#metrics = options.metrics;
  }

  /** Base address of the API server, once known. */
  get server(): string | undefined {
    return this.#current?.credentials.server;
  }

  /** Base address of the API server that the credentials lead to, also before anything was sent. */
  get address(): string {
    return this.#reader.server;
  }

  get connections(): number {
    return this.#connections;
  }

  /** Settles at once when the signal fires, whatever the request waits for. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const answer = this.#dispatch(request);
    try {
      return await orAborted(answer, request.signal);
    } catch (error) {
      // An answer that nobody waits for any more would keep its connection.
      answer.then(({ body }) => body.on("error", () => undefined).destroy()).catch(() => undefined);
      throw error;
    }
  }

  /** On its own it would not do: undici looks at the signal of a request only once the request has a connection. */
  async #dispatch(request: HttpRequest): Promise<HttpAnswer> {
    const { credentials, dispatcher } = await this.#fresh();
    const server = new URL(credentials.server);
    request.signal.throwIfAborted();
    return dispatcher.request({
      origin: server.origin,
      path: `${server.pathname.replace(/\/+$/u, "")}${request.path}`,
      method: request.method,
      headers: { accept: "application/json", ...request.headers, ...credentials.headers },
      body: request.body ?? null,
      signal: request.signal,
    });
  }

  /** Reads all credentials anew now: the server, or TLS, did not accept the ones in use. */
  async renew(): Promise<void> {
    this.#reader.reload();
    await this.#refresh();
  }

  async #fresh(): Promise<Current> {
    const current = this.#current;
    if (current !== undefined && performance.now() - current.readAt < this.#freshMs) return current;
    try {
      return await this.#refresh();
    } catch (error) {
      // A file that is being replaced may be missing for a moment; what worked a moment ago is better than nothing.
      if (current === undefined) throw error;
      this.#logger.warn({ err: error }, "credentials could not be read again, the last ones stay in use");
      return current;
    }
  }

  /** Single flight: callers that come meanwhile share the result. */
  async #refresh(): Promise<Current> {
    this.#refreshing ??= this.#replace().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #replace(): Promise<Current> {
    const credentials = await this.#reader.read();
    if (this.#closed) throw new Error("the client is closed");
    const identity = connectionIdentity(credentials);
    const before = this.#current;
    const dispatcher =
      before?.identity === identity ? before.dispatcher : this.#count(createDispatcher(credentials));
    this.#current = { credentials, dispatcher, identity, readAt: performance.now() };
    if (before !== undefined && before.dispatcher !== dispatcher) {
      this.#logger.info(
        { server: credentials.server },
        "CA or client certificate changed, new connections are opened",
      );
      this.#retire(before.dispatcher);
    }
    return this.#current;
  }

  #retire(dispatcher: Dispatcher): void {
    this.#retiring.add(dispatcher);
    dispatcher
      .close()
      .catch((error: unknown) => this.#logger.warn({ err: error }, "old connections did not close cleanly"))
      .finally(() => this.#retiring.delete(dispatcher));
  }

  #count(dispatcher: Dispatcher): Dispatcher {
    dispatcher.on("connect", () => this.#changeConnections(1));
    dispatcher.on("disconnect", () => this.#changeConnections(-1));
    return dispatcher;
  }

  #changeConnections(by: number): void {
    this.#connections += by;
    this.#metrics.connectionsChanged(this.#connections);
  }

  /** Ends every request and closes every connection, old pools included. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    // A read of credentials that is under way, maybe for long, opens nothing any more: see #replace.
    this.#refreshing?.catch(() => undefined);
    const all = [...this.#retiring, ...(this.#current === undefined ? [] : [this.#current.dispatcher])];
    this.#current = undefined;
    await Promise.all(all.map(async (dispatcher) => dispatcher.destroy()));
  }
}

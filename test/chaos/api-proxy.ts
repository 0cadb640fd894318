import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, createServer, request as send, type Server } from "node:https";
import type { IncomingMessage, RequestOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { commandOutput } from "../lab/command.ts";

/** A request as the proxy sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly isWatch: boolean;
}

/** `before`: the API server has not seen it. `after`: it has answered, and the client has not heard. */
export type Moment = "before" | "after";

/** Waits for one request, once. */
export interface Ambush {
  readonly matches: (seen: SeenRequest) => boolean;
  readonly at: Moment;
  /** What is done at that moment. Then the connection is cut, or the request goes on as if nothing had been (`pass`). */
  readonly run: (seen: SeenRequest) => Promise<void> | void;
  readonly next: "cut" | "pass" | "repeat";
}

export interface SetAmbush extends Disposable {
  /** Resolves when it has been sprung and is over. */
  readonly sprung: Promise<void>;
}

/** A proxy before the API server that reads requests, so that faults hit exactly one of them, on either side of it. */
export class ApiProxy implements AsyncDisposable {
  /** PEM: what a client must trust. */
  readonly authority: string;
  /** Milliseconds by which each request is held back. */
  delayMs = 0;
  /** Answers every request with this code instead of passing it on. */
  refusal: number | undefined;
  /** Requests that were answered so. */
  refused = 0;
  /** Everything that the proxy passed on. */
  passed = 0;
  readonly #server: Server;
  readonly #target: URL;
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();
  /** Answers of watches that are open. */
  readonly #watches = new Set<{ isDeaf: boolean }>();
  readonly #ambushes = new Set<Ambush & { readonly spring: () => void }>();
  #port = 0;

  private constructor(options: { target: URL; targetAuthority: Buffer; key: Buffer; certificate: Buffer }) {
    this.authority = options.certificate.toString();
    this.#target = options.target;
    this.#agent = new Agent({ keepAlive: true, ca: options.targetAuthority });
    this.#server = createServer({ key: options.key, cert: options.certificate }, (incoming, response) => {
      void this.#carry(incoming, response).catch(() => void response.destroy());
    });
    this.#server.on("secureConnection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => undefined);
    });
  }

  /** Starts one on a free port. @param directory for its key, made anew */
  static async to(
    kube: { readonly server: string; readonly caCertificate: string },
    directory: string,
  ): Promise<ApiProxy> {
    const [key, certificate] = [join(directory, "proxy.key"), join(directory, "proxy.crt")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const files = ["-keyout", key, "-out", certificate];
    // Since yesterday: a client whose clock is behind must still take it.
    await commandOutput("faketime", ["-f", "-1d", "openssl", ...words, "-days", "3", ...subject, ...files]);
    const proxy = new ApiProxy({
      target: new URL(kube.server),
      targetAuthority: await readFile(kube.caCertificate),
      key: await readFile(key),
      certificate: await readFile(certificate),
    });
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    const address = proxy.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy listens on no TCP port");
    proxy.#port = address.port;
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Ends every open connection at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Every watch that is open now says nothing any more, and stays open. @returns how many there were */
  deafen(): number {
    for (const watch of this.#watches) watch.isDeaf = true;
    return this.#watches.size;
  }

  /** Sets an ambush; disposing lifts it, if it has not been sprung. */
  lieInWait(ambush: Ambush): SetAmbush {
    const { promise, resolve } = Promise.withResolvers<void>();
    const set = { ...ambush, spring: resolve };
    this.#ambushes.add(set);
    return { sprung: promise, [Symbol.dispose]: () => void this.#ambushes.delete(set) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    this.#agent.destroy();
    await closed;
  }

  async #carry(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? "/";
    const body = await buffer(incoming);
    const seen = {
      method: incoming.method ?? "GET",
      path,
      body,
      isWatch: /[?&]watch=(?:1|true)\b/u.test(path),
    };
    if (this.delayMs > 0) await sleep(this.delayMs);
    if (this.refusal !== undefined) {
      this.refused += 1;
      response.writeHead(this.refusal, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", status: "Failure", code: this.refusal }));
      return;
    }
    const ambush = this.#take(seen);
    if (ambush?.at === "before" && !(await this.#spring(ambush, seen, response))) return;
    this.passed += 1;
    if (ambush?.next === "repeat") await buffer(await this.#forward(incoming, response, body));
    const answer = await this.#forward(incoming, response, body);
    if (ambush?.at === "after") {
      const whole = await buffer(answer);
      if (!(await this.#spring(ambush, seen, response))) return;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.end(whole);
      return;
    }
    this.#stream(answer, response, seen.isWatch);
  }

  #take(seen: SeenRequest) {
    for (const ambush of this.#ambushes) {
      if (!ambush.matches(seen)) continue;
      this.#ambushes.delete(ambush);
      return ambush;
    }
    return undefined;
  }

  /** @returns whether the request goes on */
  async #spring(
    ambush: Ambush & { readonly spring: () => void },
    seen: SeenRequest,
    response: ServerResponse,
  ): Promise<boolean> {
    await ambush.run(seen);
    if (ambush.next === "cut") response.socket?.destroy();
    ambush.spring();
    return ambush.next !== "cut";
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, body: Buffer): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options: RequestOptions = {
      host: this.#target.hostname,
      port: this.#target.port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, host: this.#target.host },
    };
    const request = send({ ...options, agent: this.#agent }, resolve);
    request.on("error", reject);
    response.once("close", () => {
      if (!response.writableFinished) request.destroy();
    });
    request.end(body);
    return promise;
  }

  #stream(answer: IncomingMessage, response: ServerResponse, isWatch: boolean): void {
    const watch = { isDeaf: false };
    if (isWatch) this.#watches.add(watch);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.on("data", (bytes: Buffer) => {
      if (!watch.isDeaf) response.write(bytes);
    });
    answer.on("end", () => {
      if (!watch.isDeaf) response.end();
    });
    answer.on("error", () => response.destroy());
    response.on("close", () => {
      this.#watches.delete(watch);
      answer.destroy();
    });
  }
}

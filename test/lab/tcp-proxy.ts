import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { pump, type Pipe, type Treatment } from "./tcp-pipe.ts";

/** Which way bytes travel: from the program under test to the real part, or back. */
export type Direction = "toServer" | "toClient";

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly pipes: Readonly<Record<Direction, Pipe>>;
}

/**
 * A TCP proxy on 127.0.0.1 in front of a real part, with the faults of a bad network.
 * It begins as a faithful one. Faults count for connections that are open and for those that come.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #listener: Server;
  #targetPort: number;
  readonly #links = new Set<Link>();
  readonly #delays: Record<Direction, number> = { toServer: 0, toClient: 0 };
  readonly #swallowed: Record<Direction, boolean> = { toServer: false, toClient: false };
  #port = 0;
  /** Bytes that have come, each way. */
  readonly carried: Record<Direction, number> = { toServer: 0, toClient: 0 };
  #accepted = 0;
  #cuts = 0;
  readonly #bytesUntilCut: Record<Direction, number> = {
    toServer: Number.POSITIVE_INFINITY,
    toClient: Number.POSITIVE_INFINITY,
  };

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    // allowHalfOpen: a FIN is passed on as a FIN, and the other direction stays open.
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#accept(client);
    });
  }

  /** Starts a proxy on a free port. */
  static async to(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#links.size;
  }

  /** How many connections were accepted since the start. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many connections were cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Ends every open connection at once with a reset, on both sides. */
  cut(): void {
    for (const link of this.#links) {
      this.#cuts += 1;
      this.#drop(link);
    }
  }

  /** Once: cuts every open connection when this many more bytes have gone that way. At least 1. */
  cutAfter(bytes: number, direction: Direction = "toClient"): void {
    this.#bytesUntilCut[direction] = bytes;
  }

  /** Takes back what `cutAfter` has not done yet. */
  spare(): void {
    this.#bytesUntilCut.toClient = Number.POSITIVE_INFINITY;
    this.#bytesUntilCut.toServer = Number.POSITIVE_INFINITY;
  }

  /** New connections get ECONNREFUSED until `admit`; open ones live on. */
  refuse(): void {
    if (this.#listener.listening) this.#listener.close();
  }

  /** Ends `refuse`, on the same port. */
  async admit(): Promise<void> {
    if (!this.#listener.listening) await this.#listen();
  }

  /** Where new connections go from now on. */
  leadTo(port: number): void {
    this.#targetPort = port;
  }

  /** Holds everything back by this many milliseconds each way, or one way only. Order is kept. */
  delay(milliseconds: number, ...directions: readonly Direction[]): void {
    for (const direction of orBoth(directions)) this.#delays[direction] = milliseconds;
  }

  /** From now on bytes in this direction are taken and thrown away: answers are lost, connections stay. */
  swallow(direction: Direction): void {
    this.#swallowed[direction] = true;
  }

  /** Ends `swallow`. What was thrown away stays lost. */
  passOn(direction: Direction): void {
    this.#swallowed[direction] = false;
  }

  /** Sends a FIN that way on every open connection; the other way stays open. */
  halfClose(direction: Direction): void {
    for (const { client, server } of this.#links) (direction === "toClient" ? client : server).end();
  }

  /** Cuts what is open, stops listening and returns when both are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#listener.listening ? once(this.#listener, "close") : undefined;
    this.#listener.close();
    this.cut();
    await closed;
  }

  async #listen(): Promise<void> {
    this.#listener.listen(this.#port, "127.0.0.1");
    await once(this.#listener, "listening");
    const address = this.#listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy listens on no TCP port");
    this.#port = address.port;
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const server = createConnection({
      host: "127.0.0.1",
      port: this.#targetPort,
      allowHalfOpen: true,
      noDelay: true,
    });
    const link: Link = {
      client,
      server,
      pipes: {
        toServer: pump(client, server, (bytes) => this.#treat("toServer", bytes)),
        toClient: pump(server, client, (bytes) => this.#treat("toClient", bytes)),
      },
    };
    this.#links.add(link);
    for (const socket of [client, server]) {
      socket.on("error", () => {
        this.#drop(link);
      });
      socket.on("close", () => {
        if (client.closed && server.closed) this.#links.delete(link);
      });
    }
  }

  #treat(direction: Direction, bytes: Buffer): Treatment {
    const delay = this.#delays[direction];
    this.carried[direction] += bytes.length;
    if (this.#swallowed[direction]) return { bytes: Buffer.alloc(0), delay };
    const left = this.#bytesUntilCut[direction];
    if (bytes.length < left) {
      this.#bytesUntilCut[direction] -= bytes.length;
      return { bytes, delay };
    }
    this.#bytesUntilCut[direction] = Number.POSITIVE_INFINITY;
    return {
      bytes: bytes.subarray(0, left),
      delay,
      after: () => {
        this.cut();
      },
    };
  }

  #drop(link: Link): void {
    this.#links.delete(link);
    link.pipes.toServer.stop();
    link.pipes.toClient.stop();
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
  }
}

const orBoth = (directions: readonly Direction[]): readonly Direction[] =>
  directions.length === 0 ? ["toServer", "toClient"] : directions;

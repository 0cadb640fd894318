import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ListenAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type Route = () => Reply | Promise<Reply>;

/** A listening server; disposing closes it with its connections. */
export interface HttpServer extends AsyncDisposable {
  readonly port: number;
}

/** The address cannot be listened on. The message is one line for a person. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** Answers GET of a fixed set of paths; nothing that a caller sends is read. @throws ListenError */
export async function serveRoutes(
  address: ListenAddress,
  routes: Readonly<Record<string, Route>>,
): Promise<HttpServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 });
  server.maxConnections = 100;
  server.on("request", (request, response) => void answer(routes, request, response));
  await listen(server, address);
  return {
    port: portOf(server.address()),
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}

async function listen(server: Server, address: ListenAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException): void => reject(listenError(address, error));
  server.once("error", fail);
  server.listen(address.port, address.host, resolve);
  await promise;
  server.off("error", fail);
}

function listenError({ host, port }: ListenAddress, cause: NodeJS.ErrnoException): ListenError {
  const why = whyNot[cause.code ?? ""] ?? `cannot be listened on: ${cause.message}`;
  return new ListenError(`${host}:${port} ${why}`, { cause });
}

const whyNot: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken (another operator?)",
  EADDRNOTAVAIL: "is no address of this machine",
  EACCES: "needs more rights than this process has",
};

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

async function answer(
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = await replyTo(routes, request);
  response.writeHead(reply.status, { "content-type": reply.contentType });
  response.end(request.method === "HEAD" ? undefined : reply.body);
}

async function replyTo(routes: Readonly<Record<string, Route>>, request: IncomingMessage): Promise<Reply> {
  if (request.method !== "GET" && request.method !== "HEAD") return text(405, "only GET is served here");
  const [path = ""] = (request.url ?? "").split("?", 1);
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return text(404, `served here: ${Object.keys(routes).join(", ")}`);
  try {
    return await route();
  } catch (error) {
    return text(500, error instanceof Error ? error.message : String(error));
  }
}

export function text(status: number, message: string): Reply {
  return { status, contentType: "text/plain; charset=utf-8", body: `${message}\n` };
}

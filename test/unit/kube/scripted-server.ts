import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type KubeClient, openKubeClient } from "../../../src/kube/client.ts";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** A real HTTP server that answers like an API server in trouble, with a client that talks to it. */
export interface ScriptedServer extends AsyncDisposable {
  readonly client: KubeClient;
  readonly seen: readonly SeenRequest[];
  readonly kubeconfig: string;
  /** Answers in turn; the last one answers all that follow. */
  script(...answers: Answer[]): void;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const folder = await mkdtemp(join(tmpdir(), "kube-unit-"));
  const seen: SeenRequest[] = [];
  let answers: Answer[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    seen.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, request);
  };
  const server = createServer((incoming, response) => {
    void serve(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, kubeconfigText(address.port, "first"));
  const client = openKubeClient({
    source: { is: "kubeconfig", path: kubeconfig },
    logger: pino({ level: "silent" }),
  });
  return {
    client,
    seen,
    kubeconfig,
    script(...next) {
      answers = next;
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

export function kubeconfigText(port: number | string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [
      { name: "test", cluster: { server: `http://127.0.0.1:${port}/`, "insecure-skip-tls-verify": true } },
    ],
    users: [{ name: "test", user: { token } }],
  });
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

export const cutOff: Answer = (response) => {
  response.socket?.destroy();
};

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    authorization: incoming.headers.authorization,
    body: Buffer.concat(chunks).toString(),
  };
}

import { once } from "node:events";
import ssh2 from "ssh2";

/** A real SSH server on loopback that lets one key in, or none for the time being. Every command ends well and says nothing. */
export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** Lines for spec.ssh.knownHosts: the server by `host`. */
  knownHosts(host?: string): string;
  /** Opens the server while it lets keys in. */
  readonly privateKey: Buffer;
  letsIn: boolean;
  /** Connections on which a key was refused. */
  readonly refused: number;
  /** Users who are logged in now, one for each connection. */
  readonly loggedIn: readonly string[];
}

/** ssh2 writes about one key of 300 in a way that it cannot read itself. */
export function freshKeyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    if (![pair.private, pair.public].some((key) => ssh2.utils.parseKey(key) instanceof Error)) return pair;
  }
}

export async function startSshServer(): Promise<SshServer> {
  const hostKey = freshKeyPair();
  const userKey = freshKeyPair();
  const [, allowed = ""] = userKey.public.split(" ");
  const clients = new Map<ssh2.Connection, string>();
  let letsIn = true;
  let refused = 0;
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    let user = "";
    client.on("error", () => undefined);
    client.on("close", () => clients.delete(client));
    client.on("authentication", (context) => {
      ({ username: user } = context);
      const isAllowed = context.method === "publickey" && context.key.data.toString("base64") === allowed;
      if (letsIn && isAllowed) return context.accept();
      refused += 1;
      context.reject([], false);
      client.end();
    });
    client.on("ready", () => clients.set(client, user));
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec) => {
        const channel = acceptExec();
        channel.exit(0);
        channel.end();
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  return {
    port,
    knownHosts: (host = "127.0.0.1") => `[${host}]:${port} ${hostKey.public}\n`,
    privateKey: Buffer.from(userKey.private),
    get letsIn() {
      return letsIn;
    },
    set letsIn(value) {
      letsIn = value;
    },
    get refused() {
      return refused;
    },
    get loggedIn() {
      return [...clients.values()];
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients.keys()) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

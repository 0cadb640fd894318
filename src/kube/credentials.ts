import type { RequestOptions } from "node:https";
import { type Cluster, KubeConfig } from "@kubernetes/client-node";

/** Where the address and the credentials of the API server come from. */
export type CredentialSource =
  | { readonly is: "kubeconfig"; readonly path: string }
  /** The pod's ServiceAccount. `root` stands in front of /var/run/secrets, for tests. */
  | { readonly is: "inCluster"; readonly root?: string }
  /** In a pod the ServiceAccount, else $KUBECONFIG or ~/.kube/config. */
  | { readonly is: "environment" };

/** Nothing can be asked: no API server is named, or what should name it cannot be read. The message is one line for a person. */
export class CredentialSourceError extends Error {
  override readonly name = "CredentialSourceError";
}

/** What TLS needs; a change of any of it needs new connections. */
export interface TlsIdentity {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
  readonly verify: boolean;
}

export interface Credentials {
  /** Without a trailing slash; may hold a path when the API server is behind one. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsIdentity;
  readonly proxy: string | undefined;
}

/**
 * Reads credentials again and again: files are read anew on each call, a token file at most 60 s later, exec plugins when their token expires.
 * One instance a cluster: the library caches exec tokens by user name alone (kubernetes-client/javascript #592).
 */
export class CredentialReader {
  readonly #source: CredentialSource;
  #config: KubeConfig;

  /** @throws CredentialSourceError when the source is missing or names no cluster */
  constructor(source: CredentialSource) {
    this.#source = source;
    this.#config = load(source);
  }

  /** Base address of the API server; may hold a path when it is behind one. */
  get server(): string {
    return withoutSlash(clusterOf(this.#config, this.#source).server);
  }

  async read(): Promise<Credentials> {
    const cluster = clusterOf(this.#config, this.#source);
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    return {
      server: withoutSlash(cluster.server),
      headers: headersOf(options),
      tls: {
        ca: pem(options.ca),
        cert: pem(options.cert),
        key: pem(options.key),
        serverName: options.servername,
        verify: options.rejectUnauthorized !== false,
      },
      proxy: cluster.proxyUrl ?? undefined,
    };
  }

  /** Forgets cached tokens and reads the source itself again: after a 401, or when the kubeconfig was replaced. */
  reload(): void {
    this.#config = load(this.#source);
  }
}

function load(source: CredentialSource): KubeConfig {
  const config = new KubeConfig();
  try {
    loadInto(config, source);
  } catch (error) {
    if (error instanceof CredentialSourceError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CredentialSourceError(`${describe(source)} cannot be read: ${why}`, { cause: error });
  }
  clusterOf(config, source);
  return config;
}

function loadInto(config: KubeConfig, source: CredentialSource): void {
  switch (source.is) {
    case "kubeconfig":
      config.loadFromFile(source.path);
      return;
    case "inCluster":
      loadInCluster(config, source.root ?? "");
      return;
    case "environment":
      if (process.env["KUBERNETES_SERVICE_HOST"] === undefined) config.loadFromDefault();
      else loadInCluster(config, "");
      // The library falls back on http://localhost:8080 when it finds nothing; that is nobody's API server, and it is never asked.
      if (
        config.getCurrentContext() === "loaded-context" &&
        config.getCurrentCluster()?.server === "http://localhost:8080"
      ) {
        throw new CredentialSourceError(
          "no API server to talk to: set --kubeconfig, or KUBECONFIG (or run in a pod with a ServiceAccount)",
        );
      }
  }
}

function clusterOf(config: KubeConfig, source: CredentialSource): Cluster {
  const cluster = config.getCurrentCluster();
  if (cluster !== null) return cluster;
  throw new CredentialSourceError(
    `${describe(source)}: the current context "${config.getCurrentContext()}" names no cluster; set current-context to one that does`,
  );
}

function loadInCluster(config: KubeConfig, root: string): void {
  if (process.env["KUBERNETES_SERVICE_HOST"] === undefined) {
    throw new CredentialSourceError(
      "KUBERNETES_SERVICE_HOST is not set: not in a pod; give a kubeconfig instead",
    );
  }
  config.loadFromCluster(root);
}

const withoutSlash = (address: string): string => address.replace(/\/+$/u, "");

function describe(source: CredentialSource): string {
  switch (source.is) {
    case "kubeconfig":
      return `kubeconfig ${source.path}`;
    case "inCluster":
      return "in-cluster credentials";
    case "environment":
      return "credentials from the environment ($KUBECONFIG, ~/.kube/config or the pod's ServiceAccount)";
  }
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === "string") headers[name.toLowerCase()] = value.trim();
  }
  if (typeof options.auth === "string") {
    headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  }
  return headers;
}

function pem(value: RequestOptions["ca"] | RequestOptions["key"]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value;
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  throw new TypeError("TLS material is neither text nor a buffer");
}

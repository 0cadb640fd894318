import { createHash } from "node:crypto";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Credentials, TlsIdentity } from "./credentials.ts";

/**
 * Connections to the API server at most; a watch holds one for as long as it lives, calls beyond wait for a free one.
 * HTTP/1.1, so that a hanging connection takes one call with it and not all of them.
 */
const maxConnections = 64;

// The API server closes idle connections after 90 s (k8s.io/apiserver, http.Server IdleTimeout): be the first to do so.
const keepAliveMs = 60_000;

/** A TCP keep-alive under the idle limit of the usual load balancers (60 s); client-go's value. */
const tcpKeepAliveMs = 30_000;

/** All limits on time are ours (see Deadline): undici's own would cut a quiet watch. */
const noLimit = 0;

export function createDispatcher(credentials: Credentials): Dispatcher {
  const tls = tlsOptions(credentials.tls);
  const pool = {
    allowH2: false,
    connections: maxConnections,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    headersTimeout: noLimit,
    bodyTimeout: noLimit,
  };
  const tcp = { keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs, timeout: 10_000 };
  if (credentials.proxy === undefined) return new Agent({ ...pool, connect: { ...tls, ...tcp } });
  if (!/^https?:\/\//u.test(credentials.proxy)) {
    throw new Error(
      `proxy-url "${credentials.proxy}" is not supported: only http:// and https:// proxies are`,
    );
  }
  return new ProxyAgent({ ...pool, uri: credentials.proxy, requestTls: { ...tls, ...tcp }, connect: tcp });
}

/** Changes exactly when open connections no longer stand for these credentials. Headers travel with each request and do not count. */
export function connectionIdentity(credentials: Credentials): string {
  return createHash("sha256")
    .update(JSON.stringify([credentials.server, credentials.proxy, credentials.tls]))
    .digest("hex");
}

function tlsOptions(tls: TlsIdentity): Record<string, string | boolean> {
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.verify ? {} : { rejectUnauthorized: false }),
  };
}

import type { Duplex } from "node:stream";

import ssh2, { type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";

import { judgeHostKey, knownTypes, parseKnownHosts, type HostKeyJudgement } from "./known-hosts.ts";
import { SlurmUnreachable, type UnreachableKind } from "./unreachable.ts";

/** One sshd, and who we are there. Keys are bytes that go nowhere but into the signature. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Text in the format of OpenSSH's known_hosts. */
  readonly knownHosts: string;
  readonly privateKey: Buffer;
  readonly passphrase?: Buffer;
}

export interface ConnectTimes {
  readonly connectMs: number;
  readonly keepaliveMs: number;
}

/** Opens one authenticated connection. @throws SlurmUnreachable; the reason of `signal` when it ends first */
export async function openConnection(
  target: SshTarget,
  options: { times: ConnectTimes; signal: AbortSignal; through?: ssh2.Client },
): Promise<ssh2.Client> {
  const { times, signal, through } = options;
  signal.throwIfAborted();
  const tunnel = through && (await openTunnel(through, target));
  const client = new ssh2.Client();
  const known = parseKnownHosts(target.knownHosts);
  let judgement: HostKeyJudgement | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<ssh2.Client>();
  const abort = (): void => reject(signal.reason);
  const fail = (error: Error & { level?: string }): void => reject(classify(error, target, judgement));
  const closed = (): void => fail(new Error("connection closed during the handshake"));
  signal.addEventListener("abort", abort, { once: true });
  client.once("ready", () => resolve(client));
  client.on("error", fail);
  client.once("close", closed);
  try {
    client.connect({
      ...(tunnel === undefined ? { host: target.host, port: target.port } : { sock: tunnel }),
      username: target.user,
      privateKey: target.privateKey,
      ...(target.passphrase === undefined ? {} : { passphrase: target.passphrase }),
      authHandler: ["publickey"],
      algorithms: { serverHostKey: hostKeyAlgorithms(knownTypes(known, target.host, target.port)) },
      hostVerifier: (key: Buffer) => {
        judgement = judgeHostKey(known, { name: target.host, port: target.port }, key);
        return judgement.is === "known";
      },
      readyTimeout: times.connectMs,
      keepaliveInterval: times.keepaliveMs,
      keepaliveCountMax: 3,
    } satisfies ConnectConfig);
    const ready = await promise;
    // Without it Nagle's algorithm costs 40 ms a command (measured: 11 instead of 158 submits a second).
    if (tunnel === undefined) ready.setNoDelay(true);
    return ready;
  } catch (error) {
    // The socket may still fail after we have given up on it.
    client.on("error", () => undefined);
    client.destroy();
    throw error instanceof SlurmUnreachable || signal.aborted
      ? error
      : classify(asError(error), target, judgement);
  } finally {
    signal.removeEventListener("abort", abort);
    client.removeListener("error", fail);
    client.removeListener("close", closed);
  }
}

async function openTunnel(through: ssh2.Client, target: SshTarget): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    through.forwardOut("127.0.0.1", 0, target.host, target.port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else
        reject(
          new SlurmUnreachable(
            "HostUnreachable",
            `jump host cannot reach ${where(target)}: ${error.message}`,
          ),
        );
    });
  });
}

const supported: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** A host picks the first algorithm of ours that it has, so the types we know come first; the others let it show what it has instead. */
function hostKeyAlgorithms(types: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: ServerHostKeyAlgorithm): boolean =>
    types.includes(algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm);
  return [...supported.filter(isKnown), ...supported.filter((algorithm) => !isKnown(algorithm))];
}

function classify(
  error: Error & { level?: string },
  target: SshTarget,
  judgement: HostKeyJudgement | undefined,
): SlurmUnreachable {
  if (judgement?.is === "mismatch") return new SlurmUnreachable("HostKeyMismatch", judgement.message);
  if (judgement?.is === "unknown") return new SlurmUnreachable("HostKeyUnknown", judgement.message);
  const isKeyUnreadable = /privateKey|passphrase/u.test(error.message);
  const kind: UnreachableKind =
    isKeyUnreadable || error.level === "client-authentication" ? "AuthenticationFailed" : "HostUnreachable";
  const text = isKeyUnreadable
    ? `private key for ${where(target)} cannot be read (it must be one of OpenSSH's, or PEM): ${error.message}`
    : `${where(target)}: ${error.message}`;
  return new SlurmUnreachable(kind, text);
}

const where = (target: SshTarget): string => `${target.user}@${target.host}:${target.port}`;

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

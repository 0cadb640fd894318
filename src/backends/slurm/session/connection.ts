import type { Duplex } from "node:stream";

import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";

import { Greeting } from "./greeting.ts";
import { judgeHostKey, knownTypes, parseKnownHosts, type HostKeyJudgement } from "./known-hosts.ts";
import { readableKey, type KeyText } from "./private-key.ts";
import { openTcp, openTunnel } from "./transport.ts";
import { type Hop, SlurmUnreachable, type UnreachableKind } from "./unreachable.ts";

/** One sshd, and who we are there. Keys are bytes that go nowhere but into the signature. */
export interface SshTarget extends KeyText {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Text in the format of OpenSSH's known_hosts. */
  readonly knownHosts: string;
}

export interface ConnectTimes {
  /** For all of it: name, TCP, handshake. */
  readonly connectMs: number;
  /** Of a connection that says nothing for four times as long nothing more is expected. */
  readonly keepaliveMs: number;
}

export interface ConnectOptions {
  readonly times: ConnectTimes;
  readonly signal: AbortSignal;
  /** A jump host that is logged in to. */
  readonly through?: Client | undefined;
  /** What the target is on the way. */
  readonly hop?: Hop;
}

/** Opens one authenticated connection. @throws SlurmUnreachable; the reason of `signal` when it ends first */
export async function openConnection(target: SshTarget, options: ConnectOptions): Promise<Client> {
  const { times, signal, through, hop = "login" } = options;
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(times.connectMs);
  try {
    const key = readableKey(target);
    const either = AbortSignal.any([signal, limit]);
    const stream =
      through === undefined ? await openTcp(target, either) : await openTunnel(through, target, either);
    return await shakeHands(stream, { ...target, ...key }, { times, signal: either, hop });
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw failure("HostUnreachable", `no answer within ${times.connectMs / 1000} s`);
    if (error instanceof SlurmUnreachable) throw failure(error.kind, error.message);
    throw error;
  }

  function failure(kind: UnreachableKind, message: string): SlurmUnreachable {
    const where = `${target.user}@${target.host}:${target.port}`;
    return new SlurmUnreachable(kind, `${hop === "jump" ? "jump host " : ""}${where}: ${message}`, { hop });
  }
}

async function shakeHands(
  stream: Duplex,
  target: SshTarget,
  { times, signal, hop }: { times: ConnectTimes; signal: AbortSignal; hop: Hop },
): Promise<Client> {
  const client = new ssh2.Client();
  const greeting = new Greeting(stream);
  const known = parseKnownHosts(target.knownHosts);
  const field = hop === "jump" ? "spec.ssh.jump.knownHosts" : "spec.ssh.knownHosts";
  let judgement: HostKeyJudgement | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const abort = (): void => reject(signal.reason);
  const fail = (error: Error & { level?: string }): void => reject(classify(error, judgement, greeting));
  const closed = (): void => fail(new Error("connection closed during the handshake"));
  signal.addEventListener("abort", abort, { once: true });
  client.once("ready", () => resolve(client));
  client.on("error", fail);
  client.once("close", closed);
  try {
    signal.throwIfAborted();
    client.connect({
      sock: stream,
      username: target.user,
      privateKey: target.privateKey,
      ...(target.passphrase === undefined ? {} : { passphrase: target.passphrase }),
      authHandler: ["publickey"],
      algorithms: { serverHostKey: hostKeyAlgorithms(knownTypes(known, target.host, target.port)) },
      hostVerifier: (key: Buffer) => {
        judgement = judgeHostKey(known, { name: target.host, port: target.port }, key, field);
        return judgement.is === "known";
      },
      // The limit for all of it is the caller's.
      readyTimeout: 0,
      keepaliveInterval: times.keepaliveMs,
      keepaliveCountMax: 3,
    } satisfies ConnectConfig);
    return await promise;
  } catch (error) {
    // The socket may still fail after we have given up on it.
    client.on("error", () => undefined);
    client.destroy();
    stream.on("error", () => undefined);
    stream.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
    client.removeListener("error", fail);
    client.removeListener("close", closed);
  }
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
  judgement: HostKeyJudgement | undefined,
  greeting: Greeting,
): SlurmUnreachable {
  if (judgement?.is === "mismatch") return new SlurmUnreachable("HostKeyMismatch", judgement.message);
  if (judgement?.is === "unknown") return new SlurmUnreachable("HostKeyUnknown", judgement.message);
  const kind: UnreachableKind =
    error.level === "client-authentication" ? "AuthenticationFailed" : "HostUnreachable";
  const said = greeting.text === "" ? "" : `; the host said "${greeting.text}"`;
  return new SlurmUnreachable(kind, `${error.message}${said}`);
}

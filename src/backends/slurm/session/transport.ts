import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { Client } from "ssh2";

import { SlurmUnreachable } from "./unreachable.ts";

/** An sshd's place. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A connection to the port, without Nagle's algorithm, which costs 40 ms a command (measured: 11 instead of 158 submits a second). @throws SlurmUnreachable */
export async function openTcp(to: Address, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ ...to, noDelay: true });
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    // It may still fail after we have given up on it.
    socket.on("error", () => undefined);
    socket.destroy();
    signal.throwIfAborted();
    throw new SlurmUnreachable("HostUnreachable", tcpFailure(to, error));
  }
}

/** A connection to the port that a jump host makes, by its own names and routes. @throws SlurmUnreachable; the signal's reason */
export async function openTunnel(through: Client, to: Address, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  let isOver = false;
  const abort = (): void => reject(signal.reason);
  const lost = (): void =>
    reject(new SlurmUnreachable("HostUnreachable", `the jump host was lost on the way to ${nameOf(to)}`));
  signal.throwIfAborted();
  signal.addEventListener("abort", abort, { once: true });
  through.once("close", lost);
  try {
    through.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
      if (isOver) channel?.destroy();
      else if (error === undefined) resolve(channel);
      else reject(new SlurmUnreachable("HostUnreachable", tunnelFailure(to, error)));
    });
    return await promise;
  } catch (error) {
    if (error instanceof Error && error.message === "Not connected") lost();
    else reject(error);
    return await promise;
  } finally {
    isOver = true;
    signal.removeEventListener("abort", abort);
    through.removeListener("close", lost);
  }
}

const nameOf = ({ host, port }: Address): string => `${host}:${port}`;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

function tcpFailure(to: Address, error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `${nameOf(to)}: the name does not resolve (${code})`;
  if (code === "ECONNREFUSED") return `${nameOf(to)}: nothing listens on that port (${code})`;
  return `${nameOf(to)}: ${error instanceof Error ? error.message : String(error)}`;
}

/** Of RFC 4254, 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const prohibited = 1;

function tunnelFailure(to: Address, error: Error & { reason?: unknown }): string {
  return error.reason === prohibited
    ? `the jump host does not let us through to ${nameOf(to)}: it needs AllowTcpForwarding for this user, and a PermitOpen that has it (${error.message})`
    : `the jump host cannot reach ${nameOf(to)} (${error.message})`;
}

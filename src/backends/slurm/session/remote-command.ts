import { setTimeout as delay } from "node:timers/promises";

import type { Client, ClientChannel } from "ssh2";

import { SlurmUnreachable } from "./unreachable.ts";

export interface RemoteCommand {
  /** Read by the login's shell, whatever that is: see `cleanShell`. */
  readonly command: string;
  readonly stdin?: string;
  /** For all of it: waiting for a place, connecting, running. */
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
  /** Of stdout and stderr together; default 16 MiB. */
  readonly maxOutputBytes?: number;
}

export interface RemoteResult {
  /** undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultOutputBytes = 16 * 1024 * 1024;

/** Runs one command on an open connection. When `signal` ends first, the far end is told to stop, but may go on. */
export async function runCommand(
  client: Client,
  command: RemoteCommand,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const opened = await openChannel(client, command.command, signal);
  return exchange(client, opened, { ...command, signal });
}

/**
 * A channel whose end is noted from its first moment: a quick command's answer, exit status and close can arrive in the packet that opens it,
 * and are told before whoever awaits the channel goes on.
 */
class OpenedChannel {
  readonly channel: ClientChannel;
  end: Pick<RemoteResult, "code" | "signal"> | undefined;
  isClosed = false;

  constructor(channel: ClientChannel) {
    this.channel = channel;
    channel.on("exit", (code: number | null, signal?: string) => {
      this.end = { code: code ?? undefined, signal };
    });
    channel.on("close", () => {
      this.isClosed = true;
    });
  }
}

/** Channels that the host still counts as open are no fault: it frees one some time after its end. */
async function openChannel(client: Client, command: string, signal: AbortSignal): Promise<OpenedChannel> {
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    signal.throwIfAborted();
    const opened = await requestChannel(client, command, signal);
    if (opened !== "refused") return opened;
    await delay(pauseMs, undefined, { signal });
  }
}

async function requestChannel(
  client: Client,
  command: string,
  signal: AbortSignal,
): Promise<OpenedChannel | "refused"> {
  const { promise, resolve, reject } = Promise.withResolvers<OpenedChannel | "refused">();
  let isOver = false;
  const lost = (): void =>
    reject(new SlurmUnreachable("ConnectionLost", "connection lost", { mayHaveRun: true }));
  const abort = (): void => reject(signal.reason);
  client.once("close", lost);
  signal.addEventListener("abort", abort, { once: true });
  try {
    client.exec(command, (error, channel) => {
      if (isOver) channel?.close();
      else if (error === undefined) resolve(new OpenedChannel(channel));
      else if (/Channel open failure|No free channels/u.test(error.message)) resolve("refused");
      else reject(new SlurmUnreachable("ConnectionLost", error.message, { mayHaveRun: true }));
    });
    return await promise;
  } catch (error) {
    if (error instanceof Error && error.message === "Not connected")
      throw new SlurmUnreachable("ConnectionLost", "connection lost");
    throw error;
  } finally {
    isOver = true;
    client.removeListener("close", lost);
    signal.removeEventListener("abort", abort);
  }
}

async function exchange(
  client: Client,
  opened: OpenedChannel,
  command: RemoteCommand,
): Promise<RemoteResult> {
  const { channel } = opened;
  const { promise, resolve, reject } = Promise.withResolvers<RemoteResult>();
  const maxBytes = command.maxOutputBytes ?? defaultOutputBytes;
  const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  let bytes = 0;
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) into.push(chunk);
    else
      reject(
        new SlurmUnreachable("OutputTooLarge", `answer is larger than ${maxBytes} bytes`, {
          mayHaveRun: true,
        }),
      );
  };
  const lost = (): void =>
    reject(
      new SlurmUnreachable("ConnectionLost", "connection lost before the answer was whole", {
        mayHaveRun: true,
        received: text(output.stdout),
      }),
    );
  const abort = (): void => reject(command.signal.reason);
  client.once("close", lost);
  command.signal.addEventListener("abort", abort, { once: true });
  channel.on("data", collect(output.stdout));
  channel.stderr.on("data", collect(output.stderr));
  channel.on("error", lost);
  const closed = (): void => {
    if (opened.end === undefined) lost();
    else resolve({ ...opened.end, stdout: text(output.stdout), stderr: text(output.stderr) });
  };
  channel.on("close", closed);
  if (opened.isClosed) closed();
  try {
    command.signal.throwIfAborted();
    channel.end(command.stdin ?? "");
    return await promise;
  } catch (error) {
    channel.close();
    throw error;
  } finally {
    client.removeListener("close", lost);
    command.signal.removeEventListener("abort", abort);
  }
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");

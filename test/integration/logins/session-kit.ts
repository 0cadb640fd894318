import { Session, type SessionOptions } from "../../../src/backends/slurm/session/session.ts";
import { SlurmUnreachable } from "../../../src/backends/slurm/session/unreachable.ts";
import type { LoginNode } from "../../lab/login-node.ts";
import type { Cluster } from "../../lab/lab.ts";
import { sessionOptions } from "../dispatch/kit.ts";

const never = new AbortController().signal;

/** A session as alice over this login node. */
export async function sessionOn(
  cluster: Cluster,
  node: Pick<LoginNode, "port" | "knownHosts">,
  changes: Partial<SessionOptions> = {},
): Promise<Session> {
  const { port, knownHosts } = node;
  return new Session(await sessionOptions(cluster, { port, knownHosts, ...changes }));
}

export const run = async (session: Session, command: string, timeLimitMs = 20_000): Promise<string> =>
  (await session.run({ command, timeLimitMs, signal: never })).stdout;

/** How a command fails: the kind, the hop and the text. */
export async function failureOf(
  session: Session,
  command = "true",
  timeLimitMs = 20_000,
): Promise<SlurmUnreachable> {
  try {
    await run(session, command, timeLimitMs);
  } catch (error) {
    if (error instanceof SlurmUnreachable) return error;
    throw error;
  }
  throw new Error("the command succeeded");
}

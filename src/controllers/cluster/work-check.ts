import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { installDirectory } from "../../backends/slurm/login/place.ts";
import { SlurmCommandFailed, SlurmUnreachable } from "../../backends/slurm/session/unreachable.ts";
import type { LoginFailure } from "../../core/cluster/login-failure.ts";
import { tenantLogins } from "../../core/cluster/logins.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { waiting } from "../../core/problem.ts";
import { describeUnfit } from "../../core/slurm/work-directory.ts";
import { LoginError } from "./clusters.ts";
import type { Connection } from "./connection.ts";

/** A directory that was fit is looked at again after this; one that was not, each time. */
const recheckMs = 600_000;
/** In one look; the next one goes on with the others. */
const mostChecks = 8;
const timeLimitMs = 20_000;

/**
 * Which tenants' logins cannot keep job directories, as far as they are logged in: nobody is logged in for this. It is told on the cluster, and keeps
 * nothing from being sent, followed or cancelled: each answer of a put says the same of its own.
 */
export async function checkWork(
  cluster: SlurmCluster,
  connection: Connection,
  at: { readonly install: string; readonly signal: AbortSignal },
): Promise<readonly LoginFailure[]> {
  const { workChecks } = connection;
  const open = tenantLogins(cluster.spec).filter((login) => connection.isOpen(login));
  const due = open.filter(({ user }) => {
    const last = workChecks.get(user);
    return last === undefined || last.failure !== undefined || Date.now() - last.at > recheckMs;
  });
  for (const login of due.slice(0, mostChecks)) {
    const failure = await checkAs(cluster, connection, { login, ...at });
    if (failure !== "unknown") workChecks.set(login.user, { at: Date.now(), failure });
  }
  const users = new Set(open.map(({ user }) => user));
  for (const user of workChecks.keys()) if (!users.has(user)) workChecks.delete(user);
  return [...workChecks.values()].flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
}

async function checkAs(
  cluster: SlurmCluster,
  connection: Connection,
  { login, install, signal }: { login: Login; install: string; signal: AbortSignal },
): Promise<LoginFailure | undefined | "unknown"> {
  const { user } = login;
  const call = { signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]) };
  const directory = installDirectory({ workDirectory: cluster.spec.workDirectory, install, user });
  try {
    const slurm = await connection.login(login, call);
    const check = await slurm.checkDirectory(directory, call);
    if (check.is === "fit") return undefined;
    const { why, text } = check;
    const reason =
      why === "NotWritable" ? clusterReasons.WorkDirectoryNotWritable : clusterReasons.WorkDirectoryUnfit;
    return { user, problem: waiting(reason, describeUnfit(why, { directory, user, text })) };
  } catch (error) {
    signal.throwIfAborted();
    if (isOfTheWay(error) || call.signal.aborted) return "unknown";
    throw error;
  }
}

/** Other conditions tell of it. */
const isOfTheWay = (error: unknown): boolean =>
  error instanceof LoginError || error instanceof SlurmUnreachable || error instanceof SlurmCommandFailed;

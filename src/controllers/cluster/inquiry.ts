import { performance } from "node:perf_hooks";
import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { ClusterFacts } from "../../backends/slurm/cluster/cluster-facts.ts";
import { type LoginFailure, nobodyAnswered } from "../../core/cluster/login-failure.ts";
import { watchersOf } from "../../core/cluster/logins.ts";
import type { Problem } from "../../core/problem.ts";
import type { Connection } from "./connection.ts";
import { lookAt } from "./look.ts";
import { failuresIn, silenceOf } from "./silence.ts";

export type Inquiry =
  | { readonly is: "answered"; readonly facts: ClusterFacts; readonly by: Login }
  | { readonly is: "unanswered"; readonly problem: Problem };

/** For the only login that there is to ask; with others in line none may take so long. */
const aloneMs = 60_000;
const inLineMs = 20_000;
/** After this nobody else is tried in the same inquiry, which is time for two that hang: the status must be written. */
const patienceMs = 30_000;
/** A login that takes this long to fail hangs; a wrong key is told at once. */
const hangMs = 5000;

/** Asks the cluster what it is, as one login after the other until one is answered. */
export async function inquire(
  cluster: SlurmCluster,
  connection: Connection,
  signal: AbortSignal,
): Promise<Inquiry> {
  const begun = performance.now();
  const watchers = watchersOf(cluster.spec);
  const timeLimitMs = watchers.length === 1 ? aloneMs : inLineMs;
  const healths = new Map(connection.healths);
  const failed: LoginFailure[] = [];
  for (const login of inTurn(watchers, connection)) {
    const { user } = login;
    // What takes a minute to fail when its controller hangs is not asked while the queue is known to be silent: submissions would be sent there till then.
    const silence = silenceOf(cluster, healths.get(user));
    if (silence !== undefined) {
      failed.push({ user, problem: silence });
      continue;
    }
    const asked = performance.now();
    if (asked - begun > patienceMs) break;
    const look = await lookAt(cluster, connection, { login, timeLimitMs, signal });
    connection.triedInVain.delete(user);
    if (look.ok) return { is: "answered", facts: look.value, by: login };
    // Another cluster is there, whoever asks.
    if (look.problem.policy === "final") return { is: "unanswered", problem: look.problem };
    const failure = { user, problem: look.problem };
    connection.triedInVain.set(user, { failure, hung: performance.now() - asked > hangMs });
    failed.push(failure);
  }
  return { is: "unanswered", problem: nobodyAnswered(failed) };
}

/**
 * In their order, but first of all those whose looks at the queue are answered: whoever comes new need not be tried before them. Those that hung the
 * last time come last, or the first few could use up everybody's time for ever.
 */
export function inTurn(
  logins: readonly Login[],
  { healths, triedInVain }: Pick<Connection, "healths" | "triedInVain">,
): readonly Login[] {
  const watching = new Map(healths);
  const { answered, unknown, hung } = Object.groupBy(logins, ({ user }) => {
    if (triedInVain.get(user)?.hung === true) return "hung";
    return watching.get(user)?.lastGood === undefined ? "unknown" : "answered";
  });
  return [...(answered ?? []), ...(unknown ?? []), ...(hung ?? [])];
}

/** Whose submissions wait: logins whose looks at the queue fail, and those that were tried in vain and have not yet had a look answered. */
export function failingLogins(
  cluster: SlurmCluster,
  { healths, triedInVain }: Pick<Connection, "healths" | "triedInVain">,
): readonly LoginFailure[] {
  const silent = failuresIn(cluster, healths);
  const known = new Set([
    ...silent.map(({ user }) => user),
    ...healths.filter(([, { lastGood }]) => lastGood !== undefined).map(([user]) => user),
  ]);
  const tried = [...triedInVain.values()].map(({ failure }) => failure);
  return [...silent, ...tried.filter(({ user }) => !known.has(user))];
}

import type { Call, ClusterPoller, DatedPlace, SlurmLogin, Snapshot } from "../../backends/slurm/backend.ts";
import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import { shardOf } from "../../backends/slurm/wrapper/script.ts";
import { chooseDirectories, mostClockDifferenceMs, type Standing } from "../../core/cleanup/choice.ts";
import type { OverPage } from "../../core/cleanup/over.ts";
import type { Token } from "../../core/slurm/token.ts";
import type { CleanupOutcome } from "./metrics.ts";

/** One login's directories, from a cursor on. */
export interface Visit {
  readonly login: SlurmLogin;
  readonly poller: Pick<ClusterPoller, "begunAfter">;
  /** `<workDirectory>/<install>`. */
  readonly directory: string;
  readonly after: Token | undefined;
  /** Once aborted, nothing more is begun; what has been begun is waited for. */
  readonly until: AbortSignal;
  /** Asked anew before each step; undefined once nothing may be removed any more. */
  readonly standing: () => Omit<Standing, "isInQueue" | "isNeeded"> | undefined;
  /** Asked anew before each removal. Throws while it is not known. */
  readonly needed: (call: Call) => Promise<Standing["isNeeded"]>;
  readonly tell: (outcome: CleanupOutcome, token: Token) => void;
}

/** Of one round. What is left comes in the next. */
const limits = { pages: 16, removed: 1024 };
/** Removing is a command that may take minutes: few at a time, so that the stop of the operator, or of the cleanup, is heard between them. */
const removedAtOnce = 32;

/** The login's clock, or ours, is wrong: ages cannot be told. */
export class ClockDifference extends Error {
  override readonly name = "ClockDifference";
}

/** Directories were to go, and whether they did was not answered. */
export class RemovalUnanswered extends Error {
  override readonly name = "RemovalUnanswered";
}

/** @returns where to go on in the next round; undefined: at the beginning */
export async function visitLogin(visit: Visit, call: Call): Promise<Token | undefined> {
  let after = visit.after;
  let removed = 0;
  for (let page = 0; page < limits.pages && removed < limits.removed; page += 1) {
    const standing = visit.standing();
    if (standing === undefined || visit.until.aborted) return after;
    const listed = await visit.login.listOver(
      {
        directory: visit.directory,
        cluster: standing.cluster,
        retentionSeconds: Math.ceil(standing.retentionMs / 1000),
        after,
      },
      call,
    );
    checkClock(listed);
    const done = await removeFrom(listed, visit, call);
    if (done.isCutShort) return after;
    removed += done.removed;
    after = listed.next;
    if (after === undefined) return undefined;
  }
  return after;
}

function checkClock({ now }: OverPage): void {
  const aheadMs = now - Date.now();
  if (Math.abs(aheadMs) <= mostClockDifferenceMs) return;
  throw new ClockDifference(
    `the clock of the login host is ${Math.round(Math.abs(aheadMs) / 3_600_000)} h ${aheadMs > 0 ? "ahead of" : "behind"} the operator's, so nothing is known of the age of job directories and none is removed; set the wrong one right`,
  );
}

async function removeFrom(
  listed: OverPage,
  visit: Visit,
  call: Call,
): Promise<{ readonly removed: number; readonly isCutShort: boolean }> {
  if (listed.directories.length === 0) return { removed: 0, isCutShort: false };
  /** Asked after the marks were read. */
  const queue = await visit.poller.begunAfter(steadyNow(), call);
  const chosen = await withoutJobs(await choose(listed, queue, visit, call), visit, call);
  let removed = 0;
  for (const tokens of batchesOf(chosen)) {
    call.signal.throwIfAborted();
    if (visit.until.aborted) return { removed, isCutShort: true };
    // Removing a page takes minutes, in which an object may come back or be depended on.
    const batch = { ...listed, directories: listed.directories.filter(({ token }) => tokens.has(token)) };
    removed += await remove(await choose(batch, queue, visit, call), visit, call);
  }
  return { removed, isCutShort: false };
}

/** By what is known now. */
async function choose(
  page: OverPage,
  queue: Snapshot,
  visit: Visit,
  call: Call,
): Promise<readonly DatedPlace[]> {
  const isNeeded = await visit.needed(call);
  const standing = visit.standing();
  if (standing === undefined) return [];
  const { forget, kept } = chooseDirectories(page, {
    ...standing,
    isNeeded,
    isInQueue: (token) => queue.rows.has(token) || queue.unreadable.has(token),
  });
  for (const { token, why } of kept) visit.tell(why, token);
  return forget.map((chosen) => ({
    ...chosen,
    directory: `${visit.directory}/${chosen.token}`,
    cluster: standing.cluster,
  }));
}

/** The login itself is asked as well: no setting of the site hides its own jobs from it. */
async function withoutJobs(
  places: readonly DatedPlace[],
  visit: Visit,
  call: Call,
): Promise<readonly DatedPlace[]> {
  const found = await Promise.all(places.map(async (place) => visit.login.find(place, call)));
  return places.filter((place, index) => {
    const isGone = found[index]?.length === 0;
    if (!isGone) visit.tell("InQueue", place.token);
    return isGone;
  });
}

/** Of one shard each, so that a batch is one command with one time limit. */
function batchesOf(places: readonly DatedPlace[]): readonly ReadonlySet<Token>[] {
  const shards = [...Map.groupBy(places, ({ token }) => shardOf(token)).values()];
  return shards.flatMap((shard) =>
    Array.from(
      { length: Math.ceil(shard.length / removedAtOnce) },
      (_, index) =>
        new Set(shard.slice(index * removedAtOnce, (index + 1) * removedAtOnce).map(({ token }) => token)),
    ),
  );
}

/** @returns how many are gone @throws RemovalUnanswered once the answers that came are told */
async function remove(places: readonly DatedPlace[], visit: Visit, call: Call): Promise<number> {
  if (places.length === 0) return 0;
  let removed = 0;
  let unanswered: string | undefined;
  for (const [token, answer] of await visit.login.forget(places, call)) {
    switch (answer.is) {
      case "forgotten":
        removed += 1;
        visit.tell("Removed", token);
        break;
      case "kept":
        visit.tell(answer.why, token);
        break;
      case "unclear":
        visit.tell("Unclear", token);
        unanswered = answer.text;
        break;
      case "notSent":
        unanswered = answer.text;
        break;
    }
  }
  if (unanswered !== undefined) throw new RemovalUnanswered(unanswered);
  return removed;
}

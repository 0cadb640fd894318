import type { Call, ClusterPoller, DatedPlace, SlurmLogin } from "../../backends/slurm/backend.ts";
import { chooseDirectories, mostClockDifferenceMs, type Standing } from "../../core/cleanup/choice.ts";
import type { OverPage } from "../../core/cleanup/over.ts";
import { instant } from "../../core/instant.ts";
import type { Token } from "../../core/slurm/token.ts";
import type { CleanupOutcome } from "./metrics.ts";

/** One login's directories, from a cursor on. */
export interface Visit {
  readonly login: SlurmLogin;
  readonly poller: Pick<ClusterPoller, "begunAfter">;
  /** `<workDirectory>/<install>`. */
  readonly directory: string;
  readonly after: Token | undefined;
  /** Asked anew before each step; undefined once nothing may be removed any more. */
  readonly standing: () => Omit<Standing, "isInQueue"> | undefined;
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

/** @returns where to go on in the next round; undefined: at the beginning */
export async function visitLogin(visit: Visit, call: Call): Promise<Token | undefined> {
  let after = visit.after;
  let removed = 0;
  for (let page = 0; page < limits.pages && removed < limits.removed; page += 1) {
    const standing = visit.standing();
    if (standing === undefined) return after;
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
    removed += await removeFrom(listed, visit, call);
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

async function removeFrom(listed: OverPage, visit: Visit, call: Call): Promise<number> {
  const chosen = await choose(listed, visit, call);
  let removed = 0;
  for (let start = 0; start < chosen.length; start += removedAtOnce) {
    call.signal.throwIfAborted();
    if (visit.standing() === undefined) return removed;
    const places = chosen.slice(start, start + removedAtOnce);
    for (const [token, answer] of await visit.login.forget(places, call)) {
      if (answer.is === "forgotten") removed += 1;
      visit.tell(answer.is === "forgotten" ? "Removed" : answer.why, token);
    }
  }
  return removed;
}

/** The queue is asked after the marks were read, by the poller and by the login itself, which no setting of the site hides its own jobs from. */
async function choose(listed: OverPage, visit: Visit, call: Call): Promise<readonly DatedPlace[]> {
  if (listed.directories.length === 0) return [];
  const queue = await visit.poller.begunAfter(instant(Date.now()), call);
  const standing = visit.standing();
  if (standing === undefined) return [];
  const { forget, kept } = chooseDirectories(listed, {
    ...standing,
    isInQueue: (token) => queue.rows.has(token) || queue.unreadable.has(token),
  });
  for (const { token, why } of kept) visit.tell(why, token);
  const places = forget.map((chosen) => ({
    ...chosen,
    directory: `${visit.directory}/${chosen.token}`,
    cluster: standing.cluster,
  }));
  const found = await Promise.all(places.map(async (place) => visit.login.find(place, call)));
  return places.filter((place, index) => {
    const isGone = found[index]?.length === 0;
    if (!isGone) visit.tell("InQueue", place.token);
    return isGone;
  });
}

import { after, type Instant } from "../instant.ts";
import type { Token } from "../slurm/token.ts";
import { sendHorizonMs } from "../submission/attempts.ts";
import type { OverDirectory } from "./over.ts";

/** Why a directory that its marks call over is kept all the same. */
export type KeptWhy =
  /** Of another installation: none of our business, whatever its marks say. */
  | "Foreign"
  /** Of another SlurmCluster, or, where its marks do not say, perhaps of another. */
  | "OtherCluster"
  /** Its submission is not finished. */
  | "Live"
  /** A submission that is not finished names its submission in `dependsOn`, and may read what is in it. */
  | "Needed"
  /** Squeue shows a job of it: let in before the close, or one that Slurm could not end. */
  | "InQueue"
  /** Its attempt is younger than its marks pretend: a clock on the cluster was wrong. */
  | "Young";

/** What is known beside the marks, all of it newer than the page. */
export interface Standing {
  readonly install: string;
  readonly cluster: string;
  readonly retentionMs: number;
  /** Whether a directory that does not say whose it is can only be this cluster's. */
  readonly isAlone: boolean;
  readonly isLive: (token: Token) => boolean;
  readonly isNeeded: (token: Token) => boolean;
  readonly isInQueue: (token: Token) => boolean;
}

export interface Choice {
  readonly forget: readonly { readonly token: Token; readonly deadline: Instant }[];
  readonly kept: readonly { readonly token: Token; readonly why: KeptWhy }[];
}

/** Longest difference of clocks that is nobody's fault. The page's times are by the cluster's, and a clock that runs ahead makes everything look old. */
export const mostClockDifferenceMs = 3_600_000;
const dayMs = 86_400_000;

/** Which directories of a page may go. `now` is the cluster's clock. */
export function chooseDirectories(
  page: { readonly now: Instant; readonly directories: readonly OverDirectory[] },
  standing: Standing,
): Choice {
  const judged = page.directories.map((directory) => ({
    token: directory.token,
    deadline: deadlineOf(directory),
    why: whyKept(directory, page.now, standing),
  }));
  return {
    forget: judged.filter(({ why }) => why === undefined).map(({ token, deadline }) => ({ token, deadline })),
    kept: judged.flatMap(({ token, why }) => (why === undefined ? [] : [{ token, why }])),
  };
}

function whyKept(directory: OverDirectory, now: Instant, standing: Standing): KeptWhy | undefined {
  const { token, attempt, lastMarkAt } = directory;
  if (!token.startsWith(`${standing.install}-`)) return "Foreign";
  if (attempt === undefined ? !standing.isAlone : attempt.cluster !== standing.cluster) return "OtherCluster";
  if (standing.isLive(token)) return "Live";
  if (standing.isNeeded(token)) return "Needed";
  if (standing.isInQueue(token)) return "InQueue";
  // Nothing can be over before it was opened, and that is known by another clock than the marks' own.
  const opened = attempt === undefined ? lastMarkAt : after(attempt.deadline, -sendHorizonMs);
  return now - Math.max(lastMarkAt, opened) < standing.retentionMs ? "Young" : undefined;
}

/**
 * Where it was not kept: an attempt is opened before its first mark is made, so the last mark and the horizon are late enough; the day is
 * for the difference between the clock that opened it and the one that dated the mark.
 */
function deadlineOf({ attempt, lastMarkAt }: OverDirectory): Instant {
  return attempt?.deadline ?? after(lastMarkAt, sendHorizonMs + dayMs);
}

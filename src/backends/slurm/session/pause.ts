/** How long a session leaves a login alone that it could not connect to. All in milliseconds. */
export interface PauseLimits {
  /** After the first connection that failed; doubles up to `mostPauseMs`. A connection that was lost is opened again at once. */
  readonly firstPauseMs: number;
  readonly mostPauseMs: number;
  /**
   * After the first time that the key was refused; four times as long each time, up to `mostRefusalPauseMs`. Sites shut out addresses that are
   * refused often (fail2ban's usual default: five times in ten minutes), and then no login of this operator gets in, be its key as good as it may.
   */
  readonly firstRefusalPauseMs: number;
  readonly mostRefusalPauseMs: number;
}

export const defaultPauses: PauseLimits = {
  firstPauseMs: 500,
  mostPauseMs: 60_000,
  firstRefusalPauseMs: 15_000,
  mostRefusalPauseMs: 15 * 60_000,
};

/** Since a connection was last open. */
export interface Failures {
  /** All of them. */
  readonly total: number;
  /** Those where a host refused the key; they count on while the host is down in between. */
  readonly refusals: number;
  readonly wasLastRefused: boolean;
}

/** `jitter`, 0 to 1, shortens the pause by up to a half: logins do not knock in step. */
export function pauseAfter(failures: Failures, limits: PauseLimits, jitter: number): number {
  const { firstPauseMs, mostPauseMs, firstRefusalPauseMs, mostRefusalPauseMs } = limits;
  const pauseMs = failures.wasLastRefused
    ? Math.min(firstRefusalPauseMs * 4 ** (failures.refusals - 1), mostRefusalPauseMs)
    : Math.min(firstPauseMs * 2 ** (failures.total - 1), mostPauseMs);
  return pauseMs * (1 - jitter / 2);
}

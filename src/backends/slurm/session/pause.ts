/** How long a session leaves a login alone that it could not connect to. All in milliseconds. */
export interface PauseLimits {
  /** After the first connection that failed; doubles up to `mostPauseMs`. A connection that was lost is opened again at once, but see `EarlyLosses`. */
  readonly firstPauseMs: number;
  readonly mostPauseMs: number;
  /**
   * After the first time that the key was refused; four times as long each time, up to `mostRefusalPauseMs`. Sites shut out addresses that are
   * refused often (fail2ban's usual default: five times in ten minutes), and then no login of this operator gets in, be its key as good as it may.
   */
  readonly firstRefusalPauseMs: number;
  readonly mostRefusalPauseMs: number;
  /** A connection that lasted less counts as lost early. */
  readonly steadyMs: number;
  /** Between connections that are lost early although they answered: the network's fault, and no reason to wait for long. */
  readonly mostLossPauseMs: number;
}

export const defaultPauses: PauseLimits = {
  firstPauseMs: 500,
  mostPauseMs: 60_000,
  firstRefusalPauseMs: 15_000,
  mostRefusalPauseMs: 15 * 60_000,
  steadyMs: 60_000,
  mostLossPauseMs: 5000,
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

/**
 * Connections in a row that were lost early. A host may let us in and close at once (a quota, an expired password, a session limit), and must not be
 * logged in to as fast as commands come.
 */
export interface EarlyLosses {
  readonly total: number;
  /** The last of them had answered a command. */
  readonly wasLastAnswered: boolean;
}

/** None after the first. */
export function pauseAfterLoss(losses: EarlyLosses, limits: PauseLimits, jitter: number): number {
  if (losses.total < 2) return 0;
  const mostMs = losses.wasLastAnswered ? limits.mostLossPauseMs : limits.mostPauseMs;
  return Math.min(limits.firstPauseMs * 2 ** (losses.total - 2), mostMs) * (1 - jitter / 2);
}

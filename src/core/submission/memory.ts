import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import { isFinal } from "../slurm/job-state-phase.ts";
import { isOf } from "./evidence.ts";
import type { Look, Memory } from "./facts.ts";

/**
 * Counts looks, so that decisions can ask for N of them in a row: rule 7 (THREE_LOOKS). A look that shows the job resets the count: after a restart of the
 * scheduler a job may be away for a moment. So does a tick that goes back: another poller counts from one. One that has already come as far
 * adds no look that was not made, since it made as many looks of its own as its tick says, all of them later; and a token has one poller at a
 * time, that of the login that sent it or the observer's.
 */
export function remember(memory: Memory, attempt: Attempt, look: Look): Memory {
  const own = look.rows.filter(isOf(attempt));
  const { closed, acceptedAt, quietSince, quietFrom, missingSince, missingFrom } = memory;
  const isQuiet = closed !== undefined && look.begun > closed.at && own.every(isFinal);
  const quiet = begin({ tick: quietSince, begun: quietFrom }, look);
  const missing = begin({ tick: missingSince, begun: missingFrom }, look);
  return {
    ...(closed === undefined ? {} : { closed }),
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(isQuiet ? { quietSince: quiet.tick, quietFrom: quiet.begun } : {}),
    ...(own.length === 0 ? { missingSince: missing.tick, missingFrom: missing.begun } : {}),
  };
}

interface Beginning {
  readonly tick: number | undefined;
  readonly begun: Instant | undefined;
}

function begin({ tick, begun }: Beginning, look: Look): { tick: number; begun: Instant } {
  const goesOn = tick !== undefined && begun !== undefined && tick <= look.tick && begun <= look.begun;
  return goesOn ? { tick, begun } : { tick: look.tick, begun: look.begun };
}

/** Whether it has lasted for as many looks, and as long, as what is concluded from it demands. */
export function hasLasted(
  { tick, begun }: Beginning,
  look: Look,
  demand: { quietTicks: number; quietMs: number },
): boolean {
  if (tick === undefined || begun === undefined) return false;
  return look.tick - tick >= demand.quietTicks && look.begun - begun >= demand.quietMs;
}

import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { isFinal } from "../slurm/job-state-phase.ts";
import { isOf } from "./evidence.ts";
import type { Look, Memory } from "./facts.ts";

/**
 * Counts looks, so that decisions can ask for N of them in a row. A look that shows the job resets the count: after a restart of the
 * scheduler a job may be away for a moment.
 */
export function remember(memory: Memory, attempt: Attempt, look: Look): Memory {
  const own = look.rows.filter(isOf(attempt));
  const { quietSince, missingSince, ...rest } = memory;
  const isQuiet = memory.closed !== undefined && look.begun > memory.closed.at && own.every(isFinal);
  return {
    ...rest,
    ...(isQuiet ? { quietSince: quietSince ?? look.tick } : {}),
    ...(own.length === 0 ? { missingSince: missingSince ?? look.tick } : {}),
  };
}

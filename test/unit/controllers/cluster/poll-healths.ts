import type { PollHealth } from "../../../../src/backends/slurm/poll/poll-health.ts";
import { instant } from "../../../../src/core/instant.ts";

/** Of a poller whose last look was answered. */
export const answered: PollHealth = {
  lastGood: {
    at: instant(0),
    clockAheadMs: 0,
    rows: { total: 0, ours: 0 },
    unreadable: { tokens: 0, samples: [] },
  },
  failing: undefined,
};

import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { Instant } from "../instant.ts";
import type { Problem } from "../problem.ts";
import { nextConditions, type Claim } from "../status/conditions.ts";

/** Why an object can be used, or why it cannot. */
export type Readiness =
  | { readonly is: "ready"; readonly reason: string; readonly message: string }
  | { readonly is: "hindered"; readonly problem: Problem };

/**
 * Ready, and beside it what kstatus needs to tell waiters: Reconciling for what may still come right, Stalled for what needs somebody.
 * Each is there only while it is True.
 */
export function claimReadiness(readiness: Readiness): Claim[] {
  switch (readiness.is) {
    case "ready": {
      const { reason, message } = readiness;
      return [{ type: "Ready", status: "True", reason, message }];
    }
    case "hindered": {
      const { policy, reason, message } = readiness.problem;
      const kind = policy === "waiting" ? "Reconciling" : "Stalled";
      return [
        { type: "Ready", status: "False", reason, message },
        { type: kind, status: "True", reason, message },
      ];
    }
  }
}

export const readinessConditions = (
  readiness: Readiness,
  stored: readonly Condition[] | undefined,
  at: { generation: number; now: Instant },
): Condition[] => nextConditions(claimReadiness(readiness), stored ?? [], at);

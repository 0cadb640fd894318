import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { Instant } from "../instant.ts";
import { toTime } from "./time.ts";

/** A condition as a controller claims it; when it changed is worked out against what is stored. */
export interface Claim {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** Longer messages are cut: a status must stay small, and nobody reads more (Flux cuts there too, Kubernetes refuses more). */
const longestMessage = 4096;

/**
 * The conditions to store: exactly the claimed ones, sorted by type. `lastTransitionTime` moves only when the status does.
 * A type that is not claimed is removed, which is how Reconciling and Stalled exist only while they are True (kstatus).
 */
export function nextConditions(
  claims: readonly Claim[],
  stored: readonly Condition[],
  at: { generation: number; now: Instant },
): Condition[] {
  return claims
    .map((claim) => {
      const before = stored.find((condition) => condition.type === claim.type);
      const moved = before === undefined || before.status !== claim.status;
      return {
        type: claim.type,
        status: claim.status,
        reason: claim.reason,
        message: cut(claim.message, longestMessage),
        lastTransitionTime: moved ? toTime(at.now) : before.lastTransitionTime,
        observedGeneration: at.generation,
      };
    })
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** At most `most` UTF-16 units, ending in "..." where something was left out; never half a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 3;
  const splitsPair = /[\uD800-\uDBFF]/u.test(text.charAt(end - 1));
  return `${text.slice(0, splitsPair ? end - 1 : end)}...`;
}

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

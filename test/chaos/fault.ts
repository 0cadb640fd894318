import type { Draw } from "./draw.ts";
import type { Scene } from "./scene.ts";

/**
 * Faults of one lane come one after the other; lanes go on side by side, so that an outage of one part is met by what goes wrong with all others.
 * Faults of `ssh` and `operator` are over within seconds; those of the clusters and of `kube` are outages; `people` is what people do.
 */
export const lanes = ["ssh", "operator", "c1", "c2", "kube", "people"] as const;
export type Lane = (typeof lanes)[number];

/** One kind of thing that goes wrong. It acts from outside, on real parts. */
export interface Fault {
  readonly kind: string;
  readonly lane: Lane;
  /** How many of the 2,000 are to be of this kind. */
  readonly quota: number;
  /** How long it lasts, in seconds and about: a round takes so many outages of a part as fit into it. A moment where absent. */
  readonly lasts?: number;
  /** For a person, in the table of docs/reliability.md. */
  readonly what: string;
  /** Whether jobs may truly end otherwise than their scripts would: Slurm starts them again or forgets them, or they find no room to run in. */
  readonly shakesJobs?: boolean;
  /** Whether it kills shells on a login, which then cannot remove what they were about to put in place. */
  readonly leavesStages?: boolean;
  /** Does it, and puts everything back. @returns whether it hit: what found nothing to break is not counted */
  inject(scene: Scene, draw: Draw): Promise<boolean>;
}

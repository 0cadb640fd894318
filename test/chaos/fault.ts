import type { Draw } from "./draw.ts";
import type { Scene } from "./scene.ts";

/**
 * Faults of one lane come one after the other; lanes go on side by side, so that an outage of one part is met by the moments of all others.
 * `moments`: over within seconds. The others are outages of the part that they are named after.
 */
export type Lane = "moments" | "c1" | "c2" | "kube" | "user";

/** One kind of thing that goes wrong. It acts from outside, on real parts. */
export interface Fault {
  readonly kind: string;
  readonly lane: Lane;
  /** How many of the 2,000 are to be of this kind. */
  readonly quota: number;
  /** For a person, in the table of docs/reliability.md. */
  readonly what: string;
  /** Whether Slurm may start a job again of itself, or forget it: its restart counts and records are then no witness. */
  readonly shakesSlurm?: boolean;
  /** Does it, and puts everything back. @returns whether it hit: what found nothing to break is not counted */
  inject(scene: Scene, draw: Draw): Promise<boolean>;
}

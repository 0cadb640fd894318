import { setTimeout as sleep } from "node:timers/promises";
import type { Ambush } from "../api-proxy.ts";
import type { Draw } from "../draw.ts";
import type { Scene } from "../scene.ts";

const comesWithin = 6000;

/** Springs at the n-th request of its sort, n drawn up to `most`: which step of which life that is, n and the workload decide. @returns whether it came by */
export async function ambushNth(
  { api }: Scene,
  draw: Draw,
  { most, ...ambush }: Ambush & { readonly most: number },
): Promise<boolean> {
  let left = draw.between(1, most);
  using set = api.lieInWait({ ...ambush, matches: (seen) => ambush.matches(seen) && (left -= 1) === 0 });
  return await Promise.race([set.sprung.then(() => true), sleep(comesWithin, false)]);
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Draw } from "./draw.ts";
import type { Scene } from "./scene.ts";
import type { Sent, Sort } from "./sent.ts";

/** What people do to submissions. Counted as faults when they meet one that is not over. */
export const actKinds = [
  "held on its way",
  "cancelled on its way",
  "edited on its way",
  "deleted on its way",
  "deleted and created again",
] as const;
export type ActKind = (typeof actKinds)[number];

const bySort: Partial<Record<Sort, ActKind>> = {
  held: "held on its way",
  cancelled: "cancelled on its way",
  edited: "edited on its way",
  deleted: "deleted on its way",
  recreated: "deleted and created again",
};
export const actOf = (sort: Sort): ActKind | undefined => bySort[sort];

interface Hands {
  /** kubectl for the first thing that is done, whatever is waited for before it goes on. */
  readonly begin: (args: readonly string[]) => Promise<void>;
  readonly kubectl: Scene["kubectl"];
  readonly draw: Draw;
}

const patch = (name: string, spec: Readonly<Record<string, unknown>>): readonly string[] => [
  "patch",
  "jobsubmission",
  name,
  "--type=merge",
  "-p",
  JSON.stringify({ spec }),
];
const remove = (name: string): readonly string[] => [
  "delete",
  "jobsubmission",
  name,
  "--wait=false",
  "--ignore-not-found",
];

/** Each leaves the object, has it deleted, or has waited until its name is free. */
export const actsOf: Readonly<
  Record<ActKind, (sent: Sent, hands: Hands) => Promise<"there" | "deleted" | "free">>
> = {
  "cancelled on its way": async ({ name }, { begin }) => {
    await begin(patch(name, { cancel: true }));
    return "there";
  },
  "held on its way": async ({ name }, { begin, kubectl, draw }) => {
    await begin(patch(name, { suspend: true }));
    await sleep(draw.between(0, 5000));
    await kubectl(patch(name, { suspend: false }));
    return "there";
  },
  "edited on its way": async ({ name, retries }, { begin, kubectl, draw }) => {
    await begin(patch(name, { archived: true, retry: { limit: retries?.laterLimit ?? 0 } }));
    await sleep(draw.between(0, 3000));
    await kubectl(patch(name, { archived: false }));
    return "there";
  },
  "deleted on its way": async ({ name }, { begin }) => {
    await begin(remove(name));
    return "deleted";
  },
  "deleted and created again": async ({ name }, { begin, kubectl }) => {
    await begin(remove(name));
    // The name is free when everything of the first one is over.
    await kubectl(["wait", "jobsubmission", name, "--for=delete", "--timeout=100s"]);
    return "free";
  },
};

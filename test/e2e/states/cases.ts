import { againCases } from "./again.ts";
import type { Case } from "./case.ts";
import { endedCases } from "./ended.ts";
import { heldCases } from "./held.ts";
import { nodeCases } from "./nodes.ts";
import { preemptionCases } from "./preempted.ts";
import { queuedCases } from "./queued.ts";

/** The slow ones first: all are played at once. */
export const cases: readonly Case[] = [
  ...preemptionCases,
  ...nodeCases,
  ...queuedCases,
  ...againCases,
  ...heldCases,
  ...endedCases,
];

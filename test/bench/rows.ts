import type { Row } from "./row.ts";
import { accepted } from "./rows/accepted.ts";
import { change } from "./rows/change.ts";
import { idle } from "./rows/idle.ts";
import { memory } from "./rows/memory.ts";
import { queries } from "./rows/queries.ts";
import { wrapper } from "./rows/wrapper.ts";
import { writes } from "./rows/writes.ts";

/** In the order of the table. */
export const rows: readonly Row[] = [accepted, wrapper, idle, queries, change, memory, writes];

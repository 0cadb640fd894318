import { z } from "zod";
import type { ApiProxy, SeenRequest } from "../chaos/api-proxy.ts";

/** What went through the proxy in a namespace, except for what was only read. */
export interface ApiWrites {
  /** On objects, in their order, events apart. Of a status with the reason that it tells: `PATCH jobsubmissions/a/status JobRunning`. */
  readonly objects: readonly string[];
  /** Reasons of events about an object of that name. */
  eventsOf(name: string): readonly string[];
}

const event = z.object({
  reason: z.string().optional(),
  involvedObject: z.object({ name: z.string() }).optional(),
});

const status = z.object({
  status: z.object({
    finished: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), reason: z.string() })).optional(),
  }),
});

/** Notes every write in a namespace from now on. */
export function noteWrites(proxy: ApiProxy, namespace: string): ApiWrites {
  const objects: string[] = [];
  const events: { name: string; reason: string }[] = [];
  const start = `/namespaces/${namespace}/`;
  const note = (seen: SeenRequest): void => {
    const at = seen.path.indexOf(start);
    if (seen.method === "GET" || at < 0) return;
    const [place = ""] = seen.path.slice(at + start.length).split("?");
    if (!place.startsWith("events")) objects.push([seen.method, place, ...wordsOf(seen)].join(" "));
    else events.push(eventIn(seen));
  };
  // Whoever lies in wait sees every request; this one lets all of them pass.
  const matches = (seen: SeenRequest): boolean => {
    note(seen);
    return false;
  };
  proxy.lieInWait({ matches, at: "before", run: () => undefined, next: "pass" });
  return {
    objects,
    eventsOf: (name) => events.filter((one) => one.name === name).map(({ reason }) => reason),
  };
}

/** @returns the reason that a write tells, of an event or of a status, and whether it is the last one of a status */
export function wordsOf(seen: SeenRequest): readonly string[] {
  if (seen.path.includes("/events")) return [eventIn(seen).reason];
  if (seen.body.length === 0) return [];
  const read = status.safeParse(JSON.parse(seen.body.toString()));
  if (!read.success) return [];
  const { conditions, finished } = read.data.status;
  const told = conditions?.find(({ type }) => type === "Succeeded")?.reason;
  return [told, finished === "true" ? "finished" : undefined].filter((word) => word !== undefined);
}

function eventIn({ body }: SeenRequest): { readonly name: string; readonly reason: string } {
  const { reason = "repeated", involvedObject } = event.parse(JSON.parse(body.toString()));
  return { name: involvedObject?.name ?? "", reason };
}

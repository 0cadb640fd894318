import type { Instant } from "../instant.ts";

/** What accounting says that one run of a job, or of a task of an array, took. A requeued job has several. */
export interface RunUsage {
  /** Slurm's word for how the run ended: of a run that was requeued REQUEUED, NODE_FAIL and the like. */
  readonly state: string;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** Time in which it ran: Slurm leaves out what it was suspended. */
  readonly runSeconds: number;
  /** Of all its steps. */
  readonly cpuSeconds: number;
  /** What it was given, by Slurm's names of resources: `cpu`, `mem`, `gres/gpu`. */
  readonly allocated: ReadonlyMap<string, string>;
  /** Of its largest task; undefined where nobody measured. */
  readonly peakMemoryBytes: number | undefined;
  readonly energyJoules: number | undefined;
}

/** `cpu=4,gres/gpu=2,mem=40M,node=1`. */
export function readResources(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(",")
      .map((pair) => /^(?<name>[^=]+)=(?<value>.*)$/u.exec(pair)?.groups ?? {})
      .flatMap(({ name, value }) =>
        name === undefined || value === undefined ? [] : [[name, value] as const],
      ),
  );
}

const countOf = (resources: ReadonlyMap<string, string>, name: string): number => {
  const value = resources.get(name) ?? "";
  return /^\d{1,9}$/u.test(value) ? Number(value) : 0;
};

export const cpusOf = ({ allocated }: RunUsage): number => countOf(allocated, "cpu");

/** `gres/gpu` counts all of them; a site that lists types only has `gres/gpu:a100`. */
export function gpusOf({ allocated }: RunUsage): number {
  if (allocated.has("gres/gpu")) return countOf(allocated, "gres/gpu");
  return [...allocated.keys()]
    .filter((name) => name.startsWith("gres/gpu:"))
    .reduce((sum, name) => sum + countOf(allocated, name), 0);
}

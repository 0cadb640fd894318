import { type RunUsage, readResources } from "../../../core/slurm/run-usage.ts";
import { momentOf, numberOf } from "./field-text.ts";

/** The fields of sacct that tell of what was used; those of a job's own row, and those of its steps. */
export interface UsageTexts {
  readonly State: string;
  readonly Start: string;
  readonly End: string;
  readonly ElapsedRaw: string;
  readonly AllocTRES: string;
  readonly TotalCPU: string;
  readonly MaxRSS: string;
  readonly ConsumedEnergyRaw: string;
}

/** Of the row of a job's run. What its steps say comes by `withStep`. */
export function readRunUsage(texts: UsageTexts): RunUsage {
  const energy = numberOf(texts.ConsumedEnergyRaw);
  return {
    // `CANCELLED by 1001`.
    state: texts.State.split(" ")[0] ?? "",
    startedAt: momentOf(texts.Start),
    endedAt: momentOf(texts.End),
    runSeconds: numberOf(texts.ElapsedRaw) ?? 0,
    cpuSeconds: secondsOf(texts.TotalCPU) ?? 0,
    allocated: readResources(texts.AllocTRES),
    peakMemoryBytes: bytesOf(texts.MaxRSS),
    // A site that measures none has 0.
    energyJoules: energy === 0 ? undefined : energy,
  };
}

/** Accounting keeps the most of each step, and only of steps. */
export function withStep(run: RunUsage, texts: UsageTexts): RunUsage {
  const peak = bytesOf(texts.MaxRSS);
  const most = Math.max(peak ?? 0, run.peakMemoryBytes ?? 0);
  return most === 0 ? run : { ...run, peakMemoryBytes: most };
}

/** `[D-][HH:]MM:SS[.mmm]`. */
function secondsOf(text: string): number | undefined {
  const match = /^(?:(\d{1,6})-)?(?:(\d{1,6}):)?(\d{1,3}):(\d{2}(?:\.\d{1,6})?)$/u.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

const units = "KMGTP";

/** `5328K`, `1.50M`, bytes without a unit. Slurm's units are of 1024. */
function bytesOf(text: string): number | undefined {
  const match = /^(?<number>\d{1,15}(?:\.\d{1,6})?)(?<unit>[KMGTP]?)$/u.exec(text);
  const { number = "", unit = "" } = match?.groups ?? {};
  if (match === null) return undefined;
  return Math.round(Number(number) * 1024 ** (unit === "" ? 0 : units.indexOf(unit) + 1));
}

import { DirectiveError } from "./directive-error.ts";

const forms = "write minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S, or UNLIMITED";
const withDays = /^(?<days>\d+)-(?:(?<hours>\d+)(?::(?<minutes>\d+)(?::(?<seconds>\d+))?)?)?$/u;
const withHours = /^(?<hours>\d+):(?<minutes>\d+):(?<seconds>\d+)$/u;
const withMinutes = /^(?<minutes>\d+)(?::(?<seconds>\d+))?$/u;
const noLimit = /^(?:-1|infinite|unlimited)$/iu;

/** From here on sbatch's 32-bit count of seconds overflows: `--time=71582788` becomes UNLIMITED. */
const mostMinutes = 71_582_787;

/**
 * Seconds of a duration as `--delay-boot` takes it; `undefined` for no limit. `M:S` and its kin may overflow (`5:99` is 6:39).
 * @throws DirectiveError when sbatch would refuse the text
 * Source: sbatch(1); cases measured on 22.05 and 24.11 in test/integration/sbatch-reading.
 */
export function parseDuration(text: string): number | undefined {
  if (noLimit.test(text)) return undefined;
  const parts = (withDays.exec(text) ?? withHours.exec(text) ?? withMinutes.exec(text))?.groups;
  if (parts === undefined) throw new DirectiveError(text, `is no duration: ${forms}`);
  const part = (name: string): number => Number(parts[name] ?? 0);
  const seconds = ((part("days") * 24 + part("hours")) * 60 + part("minutes")) * 60 + part("seconds");
  if (seconds > mostMinutes * 60) {
    throw new DirectiveError(
      text,
      `is more than the ${mostMinutes} minutes that sbatch can count; use UNLIMITED`,
    );
  }
  return seconds;
}

/**
 * Minutes that `--time` asks for; `undefined` for no limit. Seconds round up.
 * Forms: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S, 0, -1, infinite, UNLIMITED.
 * @throws DirectiveError when sbatch would refuse the text
 * Source: sbatch(1); cases measured on 22.05 and 24.11 in test/integration/sbatch-reading.
 */
export function parseTimeLimit(text: string): number | undefined {
  const seconds = parseDuration(text);
  return seconds === undefined || seconds === 0 ? undefined : Math.ceil(seconds / 60);
}

/** What `--time` takes for at least that many seconds: whole minutes, because Slurm keeps no finer limit. */
export function formatTimeLimit(seconds: number): string {
  return String(Math.max(1, Math.ceil(seconds / 60)));
}

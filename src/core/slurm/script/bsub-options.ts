import { DirectiveError } from "../directive-error.ts";
import { ignored, set } from "./foreign-options.ts";
import type { ForeignOption } from "./foreign-options.ts";
import type { Word } from "./word.ts";

const row = (
  name: string,
  short: string,
  translate: ForeignOption["translate"] = ignored,
): ForeignOption => ({ name, short, argument: "required", translate });

/**
 * The options of LSF's bsub that sbatch understands; every other one is refused.
 * Source: getopt table of the binaries (`#BSUB --=1`), mapping measured on 22.05 and 24.11.
 */
export const bsubOptions: readonly ForeignOption[] = [
  row("cwd", "c", set("chdir")),
  row("error_file", "e", set("error")),
  row("job_name", "J", set("job-name")),
  row("hostname", "m", (value) => [{ name: "nodelist", value: value.replaceAll(" ", ",") }]),
  // LSF counts KB where the unit is missing.
  row("memory_limit", "M", (value) => [
    { name: "mem-per-cpu", value: /^\s*\+?\d+$/u.test(value) ? `${value}K` : value },
  ]),
  // sbatch has no long name for this one; nobody can abbreviate it to an empty word.
  row("\0", "n", tasks),
  row("output_file", "o", set("output")),
  row("queue_name", "q", set("partition")),
  row("time", "W", set("time")),
  {
    name: "exclusive",
    short: "x",
    argument: "none",
    translate: () => [{ name: "exclusive", value: undefined }],
  },
];

/** `MIN,MAX` asks for MAX. */
function tasks(value: string): ReturnType<ForeignOption["translate"]> {
  const comma = value.indexOf(",");
  if (comma === value.length - 1) throw new DirectiveError(value, "ends in a comma: write N or MIN,MAX");
  return [{ name: "ntasks", value: value.slice(comma + 1) }];
}

/** sbatch replaces LSF's `-cwd` by `-c` before it reads the options, but only at every second word, counted from the first. */
export function replaceCwd(words: readonly Word[]): readonly Word[] {
  return words.map((word, index) =>
    index % 2 === 0 && word.text === "-cwd" ? { ...word, text: "-c" } : word,
  );
}

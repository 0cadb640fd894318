import { DirectiveError } from "../directive-error.ts";
import type { Release } from "../options/release.ts";
import { ignored, set } from "./foreign-options.ts";
import type { Current, ForeignOption, Setting } from "./foreign-options.ts";
import { translateResourceList } from "./pbs-resources.ts";

const row = (
  name: string,
  short: string,
  translate: ForeignOption["translate"] = ignored,
): ForeignOption => ({ name, short, argument: "required", translate });
const flag = (
  name: string,
  short: string,
  translate: ForeignOption["translate"] = ignored,
): ForeignOption => ({ name, short, argument: "none", translate });

const common: readonly ForeignOption[] = [
  row("start_time", "a", set("begin")),
  row("account", "A", set("account")),
  row("checkpoint", "c"),
  row("working_dir", "C"),
  row("error", "e", set("error")),
  flag("hold", "h", () => [{ name: "hold", value: undefined }]),
  flag("interactive", "I"),
  row("join", "j"),
  row("job_array", "J", set("array")),
  row("keep", "k"),
  row("resource_list", "l", translateResourceList),
  row("mail_options", "m", mailType),
  row("mail_user_list", "M", set("mail-user")),
  row("job_name", "N", set("job-name")),
  row("out", "o", set("output")),
  row("priority", "p", set("nice")),
  row("destination", "q", set("partition")),
  row("rerunable", "r"),
  row("script_path", "S"),
  row("array", "t", set("array")),
  row("running_user", "u"),
  row("variable_list", "v", (value, current) => [{ name: "export", value: added(current("export"), value) }]),
  flag("all_env", "V"),
  row("attributes", "W", attribute),
  flag("no_std", "z"),
];
// 24.11 has `-d` too; "\0" because it has no long name there.
const withDirectory: readonly ForeignOption[] = [...common, row("\0", "d", set("chdir"))];

/**
 * The options of PBS's qsub that sbatch understands; every other one is refused.
 * Source: getopt table of the binaries (`#PBS --=1`), mapping measured on 22.05 and 24.11.
 */
export function pbsOptions(release: Release): readonly ForeignOption[] {
  return release === "22.05" ? common : withDirectory;
}

const added = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before},${value}`;

function mailType(value: string): readonly Setting[] {
  if (/n/iu.test(value)) return [{ name: "mail-type", value: "NONE" }];
  const types = [/b/iu.test(value) && "BEGIN", /e/iu.test(value) && "END", /a/iu.test(value) && "FAIL"];
  return [{ name: "mail-type", value: types.filter((type) => type !== false).join(",") }];
}

/** `depend=` and `umask=` count (no option of sbatch stands for the latter); other attributes are ignored. */
function attribute(value: string, _current: Current): readonly Setting[] {
  if (/^depend=/iu.test(value)) return [{ name: "dependency", value: value.slice("depend=".length) }];
  if (/^umask=/iu.test(value)) {
    const digits = value.slice("umask=".length);
    const mask = /^0[0-7]/u.test(digits) ? Number.parseInt(digits, 8) : Number.parseInt(digits, 10);
    if (mask > 0o777 || mask < 0) throw new DirectiveError(value, "is no umask: write e.g. umask=022");
  }
  return [];
}

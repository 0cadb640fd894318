import type { OptionName } from "./option-table.ts";

/** Options that would take the submission out of Batchwright's hands, and what they would do. */
const reservedOptions = {
  autocomplete: "makes sbatch print names and submit nothing",
  "export-file": "makes sbatch read the environment from a file or descriptor of its own",
  "get-user-env": "makes sbatch wait for a login shell of the user",
  gid: "submits as another group, which only root may do",
  parsable: "changes the answer that Batchwright reads; it always asks for it itself",
  "test-only": "makes sbatch submit nothing",
  uid: "submits as another user, which only root may do",
  wait: "keeps sbatch waiting until the job has ended",
  wrap: "replaces the script by a command",
} as const satisfies Partial<Record<OptionName, string>>;

/** Options that sbatch obeys on its command line only; there they make it print something and submit nothing, or talk. */
const commandLineOnly = {
  help: "prints help and submits nothing",
  usage: "prints help and submits nothing",
  version: "prints the version and submits nothing",
  quiet: "changes what sbatch says",
  verbose: "changes what sbatch says",
} as const satisfies Partial<Record<OptionName, string>>;

const reserved: ReadonlyMap<string, string> = new Map(Object.entries(reservedOptions));
const ignoredInScripts: ReadonlyMap<string, string> = new Map(Object.entries(commandLineOnly));

/** Why Batchwright refuses the option wherever it stands; `undefined` for one that it takes. */
export function reservationOf(
  option: { readonly name: OptionName; readonly value: string | undefined },
  clusterName: string | undefined,
): string | undefined {
  if (option.name === "clusters" && clusterName !== undefined && option.value !== clusterName) {
    return `submits to another cluster than "${clusterName}", which is the submission's target; choose the cluster in spec.target`;
  }
  const why = reserved.get(option.name);
  return why === undefined ? undefined : `${why}; Batchwright reserves the option: remove it`;
}

/** What an option would do on the command line; in a script sbatch ignores it. `undefined` for other options. */
export function commandLineEffect(name: OptionName): string | undefined {
  return ignoredInScripts.get(name);
}

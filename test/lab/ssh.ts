import { runCommand, type CommandOptions, type Outcome } from "./command.ts";
import type { Cluster, Lab } from "./lab.ts";

export interface Login {
  readonly cluster: keyof Lab["clusters"];
  readonly user: keyof Cluster["users"];
}

/** Runs shell text on a cluster's login node by the OpenSSH client, as a user would; the host key is checked. */
export async function ssh(
  lab: Pick<Lab, "clusters">,
  { cluster, user }: Login,
  script: string,
  options: CommandOptions = {},
): Promise<Outcome> {
  const { ssh: server, users } = lab.clusters[cluster];
  const settings = sshSettings({
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    IdentityFile: users[user].keyFile,
    Port: server.port,
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: server.knownHostsFile,
  });
  return runCommand("ssh", [...settings, `${user}@${server.host}`, script], options);
}

/** Arguments for the OpenSSH client that make it use these settings and no file of the machine's. */
export const sshSettings = (settings: Readonly<Record<string, string | number>>): string[] => [
  "-F",
  "none",
  ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
];

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { freePort } from "./free-port.ts";
import { commandOutput } from "./command.ts";
import { insideRoot } from "./daemons.ts";
import { type ClusterName, type Lab, labCommand } from "./lab.ts";

/** As sshd has it by default where a test does not say otherwise; the first word about a key counts. */
const usual = [
  "PasswordAuthentication no",
  "KbdInteractiveAuthentication no",
  "UsePAM no",
  "LogLevel VERBOSE",
];

/** Runs shell text as root in a cluster. @returns what it printed */
export async function asRoot(lab: Lab, cluster: ClusterName, text: string): Promise<string> {
  const { code, stdout, stderr } = await insideRoot(lab, { cluster, user: "root" }, `set -e\n${text}`);
  if (code !== 0) throw new Error(`on ${cluster}: ${text} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** Gives a cluster tcsh, zsh and fish: built in some seconds the first time on a machine. */
export async function installShells(lab: Lab, cluster: ClusterName): Promise<void> {
  await commandOutput(labCommand, ["--name", lab.name, "shells", cluster], { within: 250_000 });
}

export interface LoginNodeOptions {
  /** Types of its host keys; ed25519 where absent. */
  readonly hostKeys?: readonly string[];
  readonly address?: string;
  /** A free one where absent. Login nodes of one SlurmCluster have different addresses and the same port. */
  readonly port?: number;
  /** Run as root in a mount namespace of the node's own: what it mounts is seen by those who log in there, and by no compute node. */
  readonly mounts?: string;
}

/** A further login node of a cluster, with the sshd of a site that has other habits. */
export class LoginNode implements AsyncDisposable {
  readonly port: number;
  /** A line of known_hosts for each of its host keys. */
  readonly knownHosts: string;
  readonly #lab: Lab;
  readonly #cluster: ClusterName;
  readonly #directory: string;
  readonly #mounts: string | undefined;

  private constructor(
    lab: Lab,
    cluster: ClusterName,
    known: { address: string; port: number; directory: string; keys: string; mounts: string | undefined },
  ) {
    this.#lab = lab;
    this.#cluster = cluster;
    this.#directory = known.directory;
    this.#mounts = known.mounts;
    this.port = known.port;
    this.knownHosts = known.keys
      .split("\n")
      .filter((line) => line !== "")
      .map((key) => `[${known.address}]:${known.port} ${key}\n`)
      .join("");
  }

  /** @param settings lines of sshd_config, which win over the usual ones */
  static async start(
    lab: Lab,
    cluster: ClusterName,
    settings: readonly string[] = [],
    options: LoginNodeOptions = {},
  ): Promise<LoginNode> {
    const { address = "127.0.0.1", port = await freePort() } = options;
    const directory = `/run/lab/sshd-${address}-${port}`;
    const keyTypes = options.hostKeys ?? ["ed25519"];
    const keys = await asRoot(
      lab,
      cluster,
      [
        `mkdir -p ${directory} && cd ${directory}`,
        ...keyTypes.map((type) => `ssh-keygen -q -t ${type} -N '' -C site -f key_${type}`),
        "cut -d' ' -f1,2 key_*.pub",
      ].join("\n"),
    );
    const node = new LoginNode(lab, cluster, { address, port, directory, keys, mounts: options.mounts });
    const penalties =
      (
        await asRoot(lab, cluster, "sshd -T -o PerSourcePenalties=no >/dev/null 2>&1 && echo yes || true")
      ).trim() === "yes"
        ? ["PerSourcePenalties no"]
        : [];
    await node.configure([
      ...settings,
      `Port ${port}`,
      `ListenAddress ${address}`,
      ...keyTypes.map((type) => `HostKey ${directory}/key_${type}`),
      `PidFile ${directory}/pid`,
      ...usual,
      ...penalties,
    ]);
    await node.up();
    return node;
  }

  /** Puts lines before those that are there: the first word about a key counts. It takes them at its next start. */
  async configure(lines: readonly string[]): Promise<void> {
    const file = `${this.#directory}/config`;
    await this.run(
      `touch ${file}; { cat <<'CONFIG'\n${lines.join("\n")}\nCONFIG\ncat ${file}; } > ${file}.new; mv ${file}.new ${file}`,
    );
  }

  async up(): Promise<void> {
    const start = `/usr/sbin/sshd -f ${this.#directory}/config -E ${this.#directory}/log`;
    if (this.#mounts === undefined) await this.run(start);
    else
      await this.run(
        `unshare --mount --propagation private /bin/bash -e <<'MOUNTS'\n${this.#mounts}\n${start}\nMOUNTS`,
      );
  }

  /** Ends the daemon and all its connections, as when the host dies; what runs in them may go on. */
  async down(): Promise<void> {
    await this.run(
      `pid=$(cat ${this.#directory}/pid 2>/dev/null) || exit 0
       kill_sessions() {
         local child
         for child in $(pgrep -P "$1"); do
           case $(cat /proc/$child/comm 2>/dev/null) in sshd*) kill_sessions "$child"; kill -KILL "$child" 2>/dev/null || true ;; esac
         done
       }
       kill_sessions "$pid"
       kill "$pid" 2>/dev/null || true
       while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done`,
    );
  }

  /** What sshd wrote. */
  async log(): Promise<string> {
    return this.run(`cat ${this.#directory}/log`);
  }

  /** How many connections reached it, and how many of them came in. */
  async logins(): Promise<{
    readonly connections: number;
    readonly accepted: number;
    readonly refusedKeys: number;
  }> {
    const log = await this.log();
    const count = (line: RegExp): number => [...log.matchAll(line)].length;
    return {
      connections: count(/^Connection from /gmu),
      accepted: count(/^Accepted publickey /gmu),
      refusedKeys: count(/^Failed publickey |^Connection closed by authenticating user/gmu),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    await this.run(`rm -rf ${this.#directory}`);
  }

  /** As root on the cluster. */
  async run(text: string): Promise<string> {
    return asRoot(this.#lab, this.#cluster, text);
  }
}

export interface AccountOptions {
  /** Path of its login shell; /bin/bash where absent. */
  readonly shell?: string;
  /** Where absent, as the system makes it. */
  readonly home?: string;
  /** Of its home, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A user of one test's own on a cluster, whom alice's key lets in. */
export class Account implements AsyncDisposable {
  readonly user: string;
  readonly home: string;
  readonly #lab: Lab;
  readonly #cluster: ClusterName;

  private constructor(lab: Lab, cluster: ClusterName, known: { user: string; home: string }) {
    this.#lab = lab;
    this.#cluster = cluster;
    this.user = known.user;
    this.home = known.home;
  }

  static async create(lab: Lab, cluster: ClusterName, options: AccountOptions = {}): Promise<Account> {
    const user = `u${randomBytes(4).toString("hex")}`;
    const home = options.home ?? `/home/${user}`;
    const account = new Account(lab, cluster, { user, home });
    const key = await readFile(`${lab.clusters[cluster].users.alice.keyFile}.pub`, "utf8");
    await account.run(
      // '*' and not '!': sshd without PAM refuses locked users.
      `useradd --user-group --create-home --home-dir '${home}' --shell ${options.shell ?? "/bin/bash"} --password '*' ${user}`,
    );
    await account.write({ ".ssh/authorized_keys": key, ...options.files });
    return account;
  }

  /** Files of its home. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(files).map(
      ([path, content]) =>
        `mkdir -p "$(dirname '${path}')" && base64 -d > '${path}' <<< ${Buffer.from(content).toString("base64")}`,
    );
    await this.run(
      `cd '${this.home}' && umask 022\n${lines.join("\n")}\nchown -R ${this.user}:${this.user} .`,
    );
  }

  /** As root. */
  async run(text: string): Promise<string> {
    return asRoot(this.#lab, this.#cluster, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(
      `pkill -KILL -u ${this.user} || true; userdel --force --remove ${this.user} 2>/dev/null || true; rm -rf '${this.home}'`,
    );
  }
}

/** Mounts for a login node on which Slurm's commands are in `/opt/site/bin` and nowhere else. */
export const slurmElsewhere = `
mkdir -p /opt/site/bin /run/lab/elsewhere
mount -t tmpfs tmpfs /run/lab/elsewhere
mkdir /run/lab/elsewhere/upper /run/lab/elsewhere/work
for command in sbatch scancel scontrol sacct sacctmgr squeue sinfo srun; do
  [ ! -e /usr/bin/$command ] || { cp -a --remove-destination /usr/bin/$command /opt/site/bin/; mknod /run/lab/elsewhere/upper/$command c 0 0; }
done
mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/run/lab/elsewhere/upper,workdir=/run/lab/elsewhere/work /usr/bin`;

const withDefaults = "/opt/with-defaults/bin";

/** On sites with cli_filter/user_defaults sbatch reads `~/.slurm/defaults` of its user, whatever HOME says. Here a wrapper in `binDirectory` switches that on. */
export const userDefaults = {
  binDirectory: withDefaults,
  install: `mkdir -p ${withDefaults}
{ grep -v ^CliFilterPlugins /etc/slurm/slurm.conf; echo CliFilterPlugins=cli_filter/user_defaults; } > /opt/with-defaults/slurm.conf
printf '#!/bin/sh\\nSLURM_CONF=/opt/with-defaults/slurm.conf exec /usr/bin/sbatch "$@"\\n' > ${withDefaults}/sbatch
chmod 755 ${withDefaults}/sbatch`,
} as const;

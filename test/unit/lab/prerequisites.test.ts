import { access, chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { type Outcome, runCommand } from "../../lab/command.ts";

const checkout = join(import.meta.dirname, "../../..");

/** What the scripts themselves need of any machine; looked for where this process finds its commands. */
const basics = ["bash", "dirname", "head", "id", "setpriv", "sort", "uname"];

/** What the machine that is checked has: by command, what it prints. */
const wellEquipped = {
  make: "GNU Make 4.3",
  node: "v20.20.2",
  go: "go1.26.8",
  debootstrap: "",
  openssl: "",
  faketime: "",
};

type Machine = Readonly<Partial<Record<string, string>>>;

/** Runs a script of the checkout on such a machine, as an ordinary user. apt-get says that it was called. */
async function on(
  machine: Machine,
  script: ".ci/check-node" | "test/lab/lab",
  ...args: string[]
): Promise<Outcome> {
  const place = await mkdtemp(join(tmpdir(), "machine-"));
  try {
    // Another user has to be able to read it, wherever the checkout is.
    await chmod(place, 0o755);
    for (const part of [".ci", "test/lab"])
      await cp(join(checkout, part), join(place, part), { recursive: true });
    const bin = join(place, "bin");
    await mkdir(bin);
    for (const name of basics) await symlink(await commandPath(name), join(bin, name));
    const commands = Object.entries({ ...machine, "apt-get": "apt-get was called" });
    for (const [name, says] of commands.filter(([, printed]) => printed !== undefined))
      await writeFile(join(bin, name), `#!/bin/bash\necho '${says}'\n`, { mode: 0o755 });
    const asUser =
      process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const [program = "", ...rest] = [...asUser, join(place, script), ...args];
    return await runCommand(program, rest, { env: { PATH: bin, HOME: place }, within: 15_000 });
  } finally {
    await rm(place, { recursive: true });
  }
}

async function commandPath(name: string): Promise<string> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      await access(path);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`there is no ${name} in PATH`);
}

const says = (stderr: string): Outcome => ({ code: 1, stdout: "", stderr: `${stderr}\n` });
const newerNode = "install version 20 or newer (https://nodejs.org/en/download)";

test.each([
  ["no Node.js", { ...wellEquipped, node: undefined }, `Node.js is missing; ${newerNode}`],
  ["an old Node.js", { ...wellEquipped, node: "v18.19.0" }, `Node.js v18.19.0 is too old; ${newerNode}`],
])("with %s, make says so before npm is run, and so does the lab", async (_what, machine, message) => {
  expect(await on(machine, ".ci/check-node")).toEqual(says(message));
  expect(await on(machine, "test/lab/lab", "--name", "x", "check")).toEqual(says(`lab x: ${message}`));
});

test("a Node.js that is new enough is nothing to speak of", async () => {
  expect(await on(wellEquipped, ".ci/check-node")).toEqual({ code: 0, stdout: "", stderr: "" });
});

test.each([
  [
    "without Go",
    { ...wellEquipped, go: undefined },
    "Go is missing; install version 1.24 or newer (https://go.dev/dl): it builds the Kubernetes parts of the lab",
  ],
  [
    "with an old Go",
    { ...wellEquipped, go: "go1.19.8" },
    "Go 1.19.8 is too old; install version 1.24 or newer (https://go.dev/dl)",
  ],
  [
    "by an ordinary user, packages being missing",
    { ...wellEquipped, debootstrap: undefined },
    "the lab needs root (Slurm starts jobs as other users, in namespaces of its own); run it as root, for example with sudo -E",
  ],
])(
  "the lab that is started %s says what is missing, and installs nothing",
  async (_how, machine, message) => {
    expect(await on(machine, "test/lab/lab", "--name", "x", "check")).toEqual(says(`lab x: ${message}`));
  },
);

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Account, LoginNode } from "../../lab/login-node.ts";
import { failureOf, run, sessionOn } from "./session-kit.ts";

const lab = inject("lab");
const directory = mkdtempSync(join(tmpdir(), "keys-"));
const passphrase = "open sesame, ßtraße";
let node: LoginNode;
let account: Account;

interface Form {
  readonly name: string;
  readonly type: string;
  readonly bits?: number;
  /** Of ssh-keygen's -m; OpenSSH's own where absent. */
  readonly format?: "PEM" | "PKCS8";
  readonly encrypted?: boolean;
}

const types = [
  { type: "ed25519" },
  { type: "ecdsa", bits: 256 },
  { type: "ecdsa", bits: 384 },
  { type: "ecdsa", bits: 521 },
  { type: "rsa", bits: 2048 },
];
const forms: Form[] = types.flatMap((kind) =>
  // ssh-keygen writes Ed25519 in its own form only.
  (kind.type === "ed25519" ? [undefined] : ([undefined, "PEM", "PKCS8"] as const)).flatMap((format) =>
    [false, true].map((encrypted) => ({
      ...kind,
      encrypted,
      ...(format === undefined ? {} : { format }),
      name: `${kind.type} ${"bits" in kind ? kind.bits : ""} as ${format ?? "OpenSSH"}${encrypted ? ", encrypted" : ""}`,
    })),
  ),
);

forms.push({ name: "rsa 4096 as OpenSSH", type: "rsa", bits: 4096 });

const fileOf = ({ name }: Form): string => join(directory, name.replaceAll(/\W+/gu, "-"));

function make(form: Form): string {
  const file = fileOf(form);
  const words = ["-q", "-t", form.type, ...(form.bits === undefined ? [] : ["-b", String(form.bits)])];
  const format = form.format === undefined ? [] : ["-m", form.format];
  execFileSync("ssh-keygen", [
    ...words,
    ...format,
    "-N",
    form.encrypted === true ? passphrase : "",
    "-C",
    "",
    "-f",
    file,
  ]);
  return readFileSync(`${file}.pub`, "utf8");
}

beforeAll(async () => {
  node = await LoginNode.start(lab, "c2");
  account = await Account.create(lab, "c2");
  execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", join(directory, "pkcs8-ed25519")]);
  execFileSync("chmod", ["600", join(directory, "pkcs8-ed25519")]);
  execFileSync("openssl", ["genpkey", "-algorithm", "ed448", "-out", join(directory, "ed448")]);
  const ed25519 = ed25519Line();
  await account.write({ ".ssh/authorized_keys": [...forms.map(make), ed25519].join("") });
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await account[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** The line of authorized_keys for a key that ssh-keygen cannot read: openssl says its public half. */
function ed25519Line(): string {
  const der = execFileSync("openssl", [
    "pkey",
    "-in",
    join(directory, "pkcs8-ed25519"),
    "-pubout",
    "-outform",
    "DER",
  ]);
  const blob = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from("ssh-ed25519"),
    Buffer.from([0, 0, 0, 32]),
    der.subarray(-32),
  ]);
  return `ssh-ed25519 ${blob.toString("base64")}\n`;
}

const withKey = async (privateKey: Buffer, words?: string) =>
  sessionOn(lab.clusters.c2, node, {
    user: account.user,
    privateKey,
    ...(words === undefined ? {} : { passphrase: Buffer.from(words) }),
  });

describe("a private key", () => {
  test.each(forms)("$name lets in", async (form) => {
    await using session = await withKey(
      readFileSync(fileOf(form)),
      form.encrypted === true ? passphrase : undefined,
    );
    expect(await run(session, "whoami")).toBe(`${account.user}\n`);
  });

  test("in PKCS#8 lets in when it is Ed25519, too", async () => {
    await using session = await withKey(readFileSync(join(directory, "pkcs8-ed25519")));
    expect(await run(session, "whoami")).toBe(`${account.user}\n`);
  });

  const encrypted = forms.filter((form) => form.encrypted === true);
  test.each(encrypted)("$name is told to lack its passphrase, or to have another", async (form) => {
    await using without = await withKey(readFileSync(fileOf(form)));
    await using other = await withKey(readFileSync(fileOf(form)), "sesame");
    const said = [await failureOf(without), await failureOf(other)];
    expect(said.map(({ kind }) => kind)).toEqual(["AuthenticationFailed", "AuthenticationFailed"]);
    expect(said[0]?.message).toMatch(
      /: it is encrypted, or damaged; put its passphrase into the Secret under passphrase$/u,
    );
    expect(said[1]?.message).toMatch(/: the passphrase in the Secret does not open it$/u);
  });

  const [plain] = forms;
  test.each([
    ["with DOS line breaks", (text: string) => text.replaceAll("\n", "\r\n")],
    ["without its last line break", (text: string) => text.trimEnd()],
    ["with blank lines around it", (text: string) => `\n\n${text}\n\n`],
  ])("%s lets in", async (_what, change) => {
    const text = readFileSync(fileOf(plain!), "utf8");
    await using session = await withKey(Buffer.from(change(text)));
    expect(await run(session, "whoami")).toBe(`${account.user}\n`);
  });

  test("with a passphrase that has a line break behind it, or without need of one, lets in", async () => {
    const form = forms.find(({ encrypted }) => encrypted === true);
    await using echoed = await withKey(readFileSync(fileOf(form!)), `${passphrase}\n`);
    expect(await run(echoed, "whoami")).toBe(`${account.user}\n`);
    await using needless = await withKey(readFileSync(fileOf(plain!)), "needless");
    expect(await run(needless, "whoami")).toBe(`${account.user}\n`);
  });

  test.each([
    [
      "a public key",
      () => readFileSync(`${fileOf(plain!)}.pub`),
      /holds a public key: put the private one there/u,
    ],
    [
      "a certificate",
      () => {
        execFileSync(
          "ssh-keygen",
          ["-q", "-s", fileOf(plain!), "-I", "id", "-n", "alice", `${fileOf(plain!)}.pub`],
          {
            env: { ...process.env, SSH_ASKPASS_REQUIRE: "never" },
          },
        );
        return readFileSync(`${fileOf(plain!)}-cert.pub`);
      },
      /holds a certificate; certificates are not supported/u,
    ],
    ["no key at all", () => Buffer.from("password123\n"), /holds no private key: Ed25519, ECDSA/u],
    [
      "a kind that SSH does not have",
      () => readFileSync(join(directory, "ed448")),
      /it must be Ed25519, ECDSA/u,
    ],
    ["a security token's key", () => Buffer.from(securityKey()), /Security tokens \(sk\)|asks for a touch/u],
  ])("that is %s is told what should be there, and nothing of it", async (_what, key, says) => {
    const bytes = key();
    await using session = await withKey(bytes);
    const { kind, message } = await failureOf(session);
    expect(kind).toBe("AuthenticationFailed");
    expect(message).toMatch(says);
    for (const word of bytes
      .toString("latin1")
      .split(/\s+/u)
      .filter((one) => one.length > 9 && !one.startsWith("-----")))
      expect(message).not.toContain(word);
    // Nothing was tried with it.
    expect(await node.log()).not.toContain("sk-ssh-ed25519");
  });
});

/** As `ssh-keygen -t ed25519-sk` writes it; to make one takes a token. */
function securityKey(): string {
  const word = (text: string | Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  };
  const open = Buffer.concat([word("sk-ssh-ed25519@openssh.com"), word(Buffer.alloc(32, 7)), word("ssh:")]);
  const secret = Buffer.concat([
    Buffer.alloc(8),
    open,
    Buffer.from([1]),
    word(Buffer.alloc(64, 9)),
    word(""),
    word("token"),
    Buffer.from([1, 2, 3]),
  ]);
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    word("none"),
    word("none"),
    word(""),
    Buffer.from([0, 0, 0, 1]),
    word(open),
    word(secret),
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/gu) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

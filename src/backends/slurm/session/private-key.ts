import { createPrivateKey, type KeyObject } from "node:crypto";

import ssh2 from "ssh2";

import { SlurmUnreachable } from "./unreachable.ts";

export interface KeyText {
  readonly privateKey: Buffer;
  readonly passphrase?: Buffer;
}

/**
 * A key in a form that the SSH client reads: OpenSSH's own form and the older PEM as they are, PKCS#8 (`BEGIN PRIVATE KEY`) converted. Nothing of a key
 * is in what it throws.
 * @throws SlurmUnreachable that says what the Secret should hold instead
 */
export function readableKey({ privateKey, passphrase }: KeyText): KeyText {
  const text = privateKey.toString("latin1").replaceAll("\r\n", "\n").trim();
  const problem = notPrivate(text);
  if (problem !== undefined) throw unusable(problem);
  // `echo` and editors put an end of line behind a passphrase that was typed without one.
  const words =
    passphrase === undefined
      ? []
      : [passphrase, Buffer.from(passphrase.toString("latin1").replace(/\r?\n$/u, ""), "latin1")];
  const tries: readonly KeyText[] = [
    ...words.map((word) => ({ privateKey: Buffer.from(`${text}\n`, "latin1"), passphrase: word })),
    { privateKey: Buffer.from(`${text}\n`, "latin1") },
  ];
  const errors: string[] = [];
  for (const key of tries) {
    const converted = /-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/u.test(text) ? fromPkcs8(key) : key;
    const parsed =
      converted === undefined
        ? new Error(pkcs8Failed(text))
        : ssh2.utils.parseKey(converted.privateKey, converted.passphrase);
    if (!(parsed instanceof Error) && converted !== undefined) return converted;
    errors.push(parsed instanceof Error ? parsed.message : pkcs8Failed(text));
  }
  throw unusable(asCure(errors[0] ?? "", { isGiven: passphrase !== undefined }));
}

const pkcs8Failed = (text: string): string =>
  text.includes("BEGIN ENCRYPTED") ? "Encrypted private key, or wrong passphrase" : "Unsupported key type";

const supported = "Ed25519, ECDSA (nistp256, nistp384, nistp521) or RSA, as ssh-keygen writes it, or in PEM";

const unusable = (problem: string): SlurmUnreachable =>
  new SlurmUnreachable("AuthenticationFailed", `the private key cannot be read: ${problem}`);

function notPrivate(text: string): string | undefined {
  if (/^\S+-cert-v\d+@openssh\.com /u.test(text))
    return "ssh-privatekey holds a certificate; certificates are not supported: authorise a plain public key for the login, and put its private key there";
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/u.test(text) || text.startsWith("---- BEGIN SSH2 PUBLIC KEY"))
    return "ssh-privatekey holds a public key: put the private one there (the file without .pub), and replace a key whose private half was lost";
  if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/u.test(text))
    return `ssh-privatekey holds no private key: ${supported}`;
  return undefined;
}

function asCure(message: string, passphrase: { isGiven: boolean }): string {
  if (/sk-(?:ssh|ecdsa)|security key/iu.test(message))
    return `a key on a security token (sk) asks for a touch, and nobody is there: make another one, ${supported}`;
  if (/unsupported|unknown|invalid type/iu.test(message))
    return `${message}; it must be ${supported}. Security tokens (sk), DSA and certificates are not supported`;
  if (/encrypted|passphrase|decrypt|integrity|checksum|malformed/iu.test(message)) {
    return passphrase.isGiven
      ? "the passphrase in the Secret does not open it"
      : "it is encrypted, or damaged; put its passphrase into the Secret under passphrase";
  }
  return `${message}; it must be ${supported}`;
}

/** Undefined where it cannot be opened or is of another kind. */
function fromPkcs8({ privateKey, passphrase }: KeyText): KeyText | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: privateKey, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return undefined;
  }
  const { asymmetricKeyType: type } = key;
  if (type === "rsa") return { privateKey: Buffer.from(key.export({ type: "pkcs1", format: "pem" })) };
  if (type === "ec") return { privateKey: Buffer.from(key.export({ type: "sec1", format: "pem" })) };
  return type === "ed25519" ? { privateKey: openSshEd25519(key) } : undefined;
}

/** Of OpenSSH's PROTOCOL.key: the only form of an Ed25519 key that SSH clients share. */
function openSshEd25519(key: KeyObject): Buffer {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const seed = Buffer.from(d, "base64url");
  const open = Buffer.from(x, "base64url");
  const type = word(Buffer.from("ssh-ed25519"));
  const check = Buffer.alloc(8);
  const body = Buffer.concat([
    check,
    type,
    word(open),
    word(Buffer.concat([seed, open])),
    word(Buffer.alloc(0)),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, index) => index + 1));
  const none = word(Buffer.from("none"));
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    none,
    none,
    word(Buffer.alloc(0)),
    Buffer.from([0, 0, 0, 1]),
    word(Buffer.concat([type, word(open)])),
    word(Buffer.concat([body, padding])),
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/gu) ?? [];
  return Buffer.from(
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`,
  );
}

function word(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A line of a known_hosts file: `[@marker] patterns type key [comment]`. */
interface KnownHost {
  readonly revoked: boolean;
  readonly patterns: string;
  readonly type: string;
  readonly key: Buffer;
}

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Numbers of lines that are neither empty, comment nor entry: said in the error, because one of them may be the one that is missed. */
  readonly unreadable: readonly number[];
}

export type HostKeyJudgement =
  { is: "known" } | { is: "mismatch"; message: string } | { is: "unknown"; message: string };

/** Reads OpenSSH's format (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). `@cert-authority` lines are left out: ssh2 offers no host certificates. */
export function parseKnownHosts(text: string): KnownHosts {
  const entries: KnownHost[] = [];
  const unreadable: number[] = [];
  for (const [index, raw] of text.split(/\r?\n/u).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const words = line.split(/\s+/u);
    const marker = line.startsWith("@") ? words.shift() : undefined;
    if (marker === "@cert-authority") continue;
    const [patterns, type, base64] = words;
    const key = Buffer.from(base64 ?? "", "base64");
    const isReadable = patterns !== undefined && type !== undefined && keyType(key) === type;
    if (isReadable && (marker === undefined || marker === "@revoked"))
      entries.push({ revoked: marker === "@revoked", patterns, type, key });
    else unreadable.push(index + 1);
  }
  return { entries, unreadable };
}

/** Types of the keys known for this host, in the file's order: asked for first, so that the host shows one that can be compared. */
export function knownTypes(known: KnownHosts, host: string, port: number): readonly string[] {
  const own = known.entries.filter(
    (entry) => !entry.revoked && matches(entry.patterns, hostName(host, port)),
  );
  return [...new Set(own.map((entry) => entry.type))];
}

export function judgeHostKey(
  known: KnownHosts,
  host: { name: string; port: number },
  key: Buffer,
  field = "spec.ssh.knownHosts",
): HostKeyJudgement {
  const name = hostName(host.name, host.port);
  const shown = `${keyType(key) ?? "unreadable key"} ${fingerprint(key)}`;
  const own = known.entries.filter((entry) => matches(entry.patterns, name));
  if (own.some((entry) => entry.revoked && same(entry.key, key)))
    return {
      is: "mismatch",
      message: `host key of ${name} is revoked in ${field}: ${shown}; the host needs another key, and that one goes there`,
    };
  const valid = own.filter((entry) => !entry.revoked);
  if (valid.some((entry) => same(entry.key, key))) return { is: "known" };
  if (valid.length > 0) {
    const expected = valid.map((entry) => `${entry.type} ${fingerprint(entry.key)}`).join(", ");
    return {
      is: "mismatch",
      message: `host key of ${name} is ${shown}, but ${field} expects ${expected}; if the host was really reinstalled, compare the new fingerprint with the site's published one and put the new key there`,
    };
  }
  const skipped =
    known.unreadable.length > 0 ? ` (lines that cannot be read: ${known.unreadable.join(", ")})` : "";
  return {
    is: "unknown",
    message: `${field} has no key for ${name}${skipped}; the host shows ${shown}: compare that with the site's published fingerprint, then add its line from ssh-keyscan`,
  };
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/u, "")}`;
}

/** The wire format begins with the type as a string (RFC 4253, 6.6). */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 5) return undefined;
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? undefined : key.toString("latin1", 4, 4 + length);
}

/** Port 22 is never written; a host on another port is known by `[host]:port` only. */
const hostName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

const same = (left: Buffer, right: Buffer): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith("|")) return matchesHash(patterns, name);
  let found = false;
  for (const pattern of patterns.toLowerCase().split(",")) {
    const negated = pattern.startsWith("!");
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name under the salt. */
function matchesHash(field: string, name: string): boolean {
  const [, version, salt, hash] = field.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  const mac = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return same(mac, Buffer.from(hash, "base64"));
}

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/gu, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "u").test(name);
}

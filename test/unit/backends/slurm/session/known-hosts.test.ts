import { expect, test } from "vitest";
import {
  fingerprint,
  judgeHostKey,
  parseKnownHosts,
} from "../../../../../src/backends/slurm/session/known-hosts.ts";

/** As on the wire: the type with its length, then the key with its length. */
function ed25519(fill: number): Buffer {
  const type = "ssh-ed25519";
  const head = Buffer.alloc(4 + type.length);
  head.writeUInt32BE(type.length);
  head.write(type, 4);
  return Buffer.concat([head, Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, fill)]);
}

const host = { name: "login", port: 22 };
const [known, other] = [ed25519(1), ed25519(2)];
const lineOf = (name: string, key: Buffer): string => `${name} ssh-ed25519 ${key.toString("base64")}`;

test("another key than the known one is told with both fingerprints and one cure", () => {
  expect(judgeHostKey(parseKnownHosts(lineOf("login", known)), host, other)).toEqual({
    is: "mismatch",
    message: `host key of login is ssh-ed25519 ${fingerprint(other)}, but spec.ssh.knownHosts expects ssh-ed25519 ${fingerprint(known)}; if the host was really reinstalled, compare the new fingerprint with the site's published one and put the new key there`,
  });
});

test("a host that no line names is told with the numbers of the lines that cannot be read", () => {
  const text = `${lineOf("elsewhere", known)}\n\nlogin ssh-ed25519 not-base64\n# fine\nlogin\n`;
  expect(judgeHostKey(parseKnownHosts(text), host, other)).toEqual({
    is: "unknown",
    message: `spec.ssh.knownHosts has no key for login (lines that cannot be read: 3, 5); the host shows ssh-ed25519 ${fingerprint(other)}: compare that with the site's published fingerprint, then add its line from ssh-keyscan`,
  });
});

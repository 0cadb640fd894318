const words: ReadonlySet<string> = new Set([
  "password",
  "passwd",
  "passphrase",
  "passcode",
  "pass",
  "pwd",
  "secret",
  "secrets",
  "token",
  "credential",
  "credentials",
  "authorization",
  "apikey",
  "cookie",
  "jwt",
  "pat",
]);

/** What makes a secret of the word `key` behind it. */
const keys: ReadonlySet<string> = new Set([
  "api",
  "access",
  "auth",
  "private",
  "secret",
  "signing",
  "encryption",
  "account",
  "license",
]);

/** What is about a secret, and none: where it lies, how many there are. */
const abouts: ReadonlySet<string> = new Set([
  "file",
  "path",
  "dir",
  "name",
  "count",
  "limit",
  "length",
  "size",
  "type",
  "ttl",
]);

/** Whether what is called so is a secret: DB_PASSWORD, apiKey, X-Auth-Token. Not PWD, max_tokens, TOKEN_FILE. */
export function isSecretName(name: string): boolean {
  const parts = name
    .replaceAll(/(?<low>[a-z0-9])(?<high>[A-Z])/gu, "$<low>_$<high>")
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((part) => part !== "");
  if (/^(?:old)?pwd$/iu.test(name) || abouts.has(parts.at(-1) ?? "")) return false;
  return parts.some(
    (part, index) =>
      words.has(part) || (/^keys?$/u.test(part) && index > 0 && keys.has(parts[index - 1] ?? "")),
  );
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maskEnd, maskSecrets } from "../../../../src/core/secrets/mask.ts";
import { isSecretName } from "../../../../src/core/secrets/names.ts";

const alnum = (length: number) => "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8".repeat(20).slice(0, length);
const key = `${alnum(64)}\n${alnum(64)}\n${alnum(20)}==`;
const jwt = `eyJ${alnum(20)}.eyJ${alnum(30)}.${alnum(43)}`;

describe("what looks like a secret is masked, and what is around it stays", () => {
  const table: [what: string, text: string, masked: string][] = [
    [
      "a private key of OpenSSH",
      `a\n-----BEGIN OPENSSH PRIVATE KEY-----\n${key}\n-----END OPENSSH PRIVATE KEY-----\nb`,
      "a\n-----BEGIN OPENSSH PRIVATE KEY-----***-----END OPENSSH PRIVATE KEY-----\nb",
    ],
    [
      "a private key of PKCS#8",
      `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
      "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----",
    ],
    [
      "one of PGP",
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${key}\n-----END PGP PRIVATE KEY BLOCK-----`,
      "-----BEGIN PGP PRIVATE KEY BLOCK-----***-----END PGP PRIVATE KEY BLOCK-----",
    ],
    [
      "a key without its end",
      `-----BEGIN RSA PRIVATE KEY-----\n${key}`,
      "-----BEGIN RSA PRIVATE KEY-----***",
    ],
    [
      "Bearer in a header",
      `> Authorization: Bearer ${alnum(30)}\r\n> Accept: */*`,
      "> Authorization: ***\r\n> Accept: */*",
    ],
    ["Basic in a header", "authorization: Basic YWxpY2U6b3BlbnNlc2FtZQ==", "authorization: ***"],
    [
      "a header in JSON",
      `{"Authorization": "token ${alnum(9)}", "a": 1}`,
      '{"Authorization": "***", "a": 1}',
    ],
    ["Bearer alone", `sent bearer ${alnum(20)} to it`, "sent bearer *** to it"],
    ["Basic alone", "with Basic YWxpY2U6b3BlbnNlc2FtZQ== to it", "with Basic *** to it"],
    ["an AWS key id", "key AKIAIOSFODNN7EXAMPLE used", "key *** used"],
    ["an AWS secret", `aws_secret_access_key = wJalr/${alnum(30)}`, "aws_secret_access_key = ***"],
    ["a GitHub token", `cloning with ghp_${alnum(36)}.`, "cloning with ***."],
    ["a fine-grained GitHub token", `github_pat_${alnum(22)}_${alnum(59)}`, "***"],
    ["a GitLab token", `glpat-${alnum(20)}`, "***"],
    ["a Slack token", `xoxb-1234567890-${alnum(24)}`, "***"],
    [
      "a Slack web hook",
      `https://hooks.slack.com/services/T0/B0/${alnum(24)}`,
      "https://hooks.slack.com/services/***",
    ],
    ["a Hugging Face token", `hf_${alnum(34)}`, "***"],
    ["a JSON web token", `SLURM_JWT=${jwt}`, "SLURM_JWT=***"],
    ["a JSON web token alone", `got ${jwt}, went on`, "got ***, went on"],
    ["a credential of munge", `MUNGE:${alnum(80)}:`, "MUNGE:***:"],
    ["user:password in a URL", "postgres://ada:hunter2@db:5432/x", "postgres://ada:***@db:5432/x"],
    ["a password with an @ in a URL", "https://ada:p@ss@host/path", "https://ada:***@host/path"],
    ["a password without a user in a URL", "redis://:hunter2@cache", "redis://:***@cache"],
    ["password=", "password=hunter2 next", "password=*** next"],
    ["password:", "Password: hunter2", "Password: ***"],
    ["a name that ends in it", "export DB_PASSWORD='hunter 2' X=1", "export DB_PASSWORD='***' X=1"],
    ["a quoted value", '{"api_key": "a b\\"c", "n": 1}', '{"api_key": "***", "n": 1}'],
    ["camel case", "clientSecret=abc", "clientSecret=***"],
    ["YAML", "  token: abc", "  token: ***"],
    ["a long option", "tool --token abc --count 3", "tool --token *** --count 3"],
    ["a long option with =", "tool --api-key=abc", "tool --api-key=***"],
    ["a quote without its end", 'secret="abc def\nghi', 'secret="***\nghi'],
    ["an npmrc", "//registry.example.org/:_authToken=abc", "//registry.example.org/:_authToken=***"],
    ["a netrc", "machine h login ada password hunter2", "machine h login ada password ***"],
    ["what a secret is glued to", `x${alnum(3)}ghp_${alnum(36)}`, `x${alnum(3)}***`],
  ];
  test.each(table)("%s", (_what, text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  test.each([
    "energy = -15.8 Ry, 12 tokens/s, max_tokens=512, num_tokens: 7",
    "PWD=/home/alice OLDPWD=/tmp TOKEN_FILE=/run/token KEY=value",
    "Basic information about bearer traffic",
    "https://example.org:8080/path?a=b@c http://[::1]:80/",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "sha256:aaaa job 8_3 on n[1-2] at 12:30:00, 2026-11-27T19:00:00Z",
    "the token ring, a secret garden, passes: 3, keys: a, b",
  ])("not: %s", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});

describe("what is known to be secret is masked wherever it stands", () => {
  const secrets = ["open sesame!", "short", "line one\nline two"];

  test.each([
    ["in the middle of a word", "xopen sesame!y", "x***y"],
    ["in base64", `blob ${Buffer.from("open sesame!").toString("base64")}`, "blob ***"],
    ["in a URL", "q=open%20sesame!&b=1", "q=***&b=1"],
    ["over lines", "a line one\nline two b", "a *** b"],
    ["not what is too short to be told from words", "a short way", "a short way"],
  ])("%s", (_where, text, masked) => {
    expect(maskSecrets(text, secrets)).toBe(masked);
  });
});

describe("the end of a text", () => {
  const end = (text: string, mostBytes: number, { isCut = false, secrets = [] as string[] } = {}) =>
    maskEnd({ text, isCut, mostBytes }, secrets);

  test("has at most so many bytes, and no half character", () => {
    expect(end("aäöü", 5)).toBe("öü");
    expect(end("aäöü", 20)).toBe("aäöü");
  });

  test("masks a token of which only the end would be shown", () => {
    const text = `before ghp_${alnum(36)} after`;
    expect(end(text, 16)).toBe("*** after");
    expect(end(text, 6)).toBe(" after");
  });

  test("masks a private key of which only the end is there", () => {
    const text = `${key}\n-----END RSA PRIVATE KEY-----\nb`;
    expect(end(text, 4000, { isCut: true })).toBe("***-----END RSA PRIVATE KEY-----\nb");
    expect(end(text, 40, { isCut: true })).toBe("***-----END RSA PRIVATE KEY-----\nb");
    expect(end(`-----BEGIN RSA PRIVATE KEY-----\n${text}`, 60)).toBe("***-----END RSA PRIVATE KEY-----\nb");
  });

  test("masks what is left of a known secret, at either end", () => {
    const secrets = ["open sesame!"];
    expect(end("sesame! and", 100, { isCut: true, secrets })).toBe("*** and");
    expect(end("sesame! and", 100, { isCut: false, secrets })).toBe("sesame! and");
    expect(end("and open sesa", 100, { secrets })).toBe("and ***");
  });
});

const words = [
  "password token api_key Authorization bearer basic https:// eyJ ghp_ AKIA hunter22 hunter 22 -- ***".split(
    " ",
  ),
  ["=", ":", "@", '"', "'", "\\", "\n", " ", "*", "/", "."],
  ["-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", alnum(40), alnum(16).toUpperCase()],
].flat();
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  fc.constantFrom(...words),
);
const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
const secretLists = fc.array(
  fc.oneof(fc.constantFrom("hunter22", "hunter", "***", "=:\"'", "password"), fc.string({ maxLength: 20 })),
  { maxLength: 3 },
);

describe("for any text", () => {
  test("masking twice is masking once", () => {
    fc.assert(
      fc.property(texts, secretLists, (text, secrets) => {
        const once = maskSecrets(text, secrets);
        expect(maskSecrets(once, secrets)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test("the end is bounded, whole UTF-8, and masked for good", () => {
    fc.assert(
      fc.property(texts, secretLists, fc.nat(200), fc.boolean(), (text, secrets, mostBytes, isCut) => {
        const shown = maskEnd({ text, isCut, mostBytes }, secrets);
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(Math.max(mostBytes, 3));
        expect(shown.isWellFormed()).toBe(true);
        expect(text.includes("\u{FFFD}") || !shown.includes("\u{FFFD}")).toBe(true);
        expect(maskSecrets(shown, secrets)).toBe(shown);
      }),
      { numRuns: 2000 },
    );
  });

  test("no known secret is left in it, wherever the window begins", () => {
    fc.assert(
      fc.property(
        texts,
        texts,
        fc.stringMatching(/^[A-Za-z0-9!%=:]{8,40}$/u),
        fc.nat(120),
        (before, after, secret, mostBytes) => {
          const shown = maskEnd({ text: `${before}${secret}${after}`, isCut: true, mostBytes }, [secret]);
          expect(shown).not.toContain(secret);
          expect(after.startsWith(secret.slice(-6)) || !shown.startsWith(`${secret.slice(-6)}${after}`)).toBe(
            true,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("it takes no time to speak of", () => {
    const worst = [
      "password=".repeat(2500),
      "-----BEGIN RSA PRIVATE KEY-----\n".repeat(700),
      "a".repeat(20_000),
      "a:".repeat(10_000),
      "https://".repeat(2500),
      `${"eyJ".repeat(6000)}.`,
      "bearer ".repeat(3000),
      '\\"'.repeat(10_000),
      "-".repeat(20_000),
    ];
    const begun = performance.now();
    for (const text of worst) maskEnd({ text, isCut: true, mostBytes: 4000 }, ["hunter22"]);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

test.each([
  ["DB_PASSWORD", true],
  ["apiKey", true],
  ["X-Auth-Token", true],
  ["spring.datasource.password", true],
  ["AWS_SECRET_ACCESS_KEY", true],
  ["WANDB_API_KEY", true],
  ["HF_TOKEN", true],
  ["PARAM_passphrase", true],
  ["PWD", false],
  ["max_tokens", false],
  ["TOKEN_FILE", false],
  ["KEY", false],
  ["key", false],
  ["cutoff", false],
  ["monkey", false],
  ["compass", false],
])("a variable called %s: %s", (name, isSecret) => {
  expect(isSecretName(name)).toBe(isSecret);
});

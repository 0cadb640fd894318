import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLogger } from "../../../src/runtime/logger.ts";

function loggedBy(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      callback();
    },
  });
  write(createLogger({ level: "info", destination }));
  return lines;
}

test("a line is one JSON object with a constant message and fields", () => {
  const [line] = loggedBy((logger) => logger.child({ controller: "c" }).info({ object: "a/b" }, "looked"));
  expect(line).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u) as string,
    controller: "c",
    object: "a/b",
    msg: "looked",
  });
});

test("what is named like a secret is censored, two levels down too", () => {
  const [line] = loggedBy((logger) =>
    logger.info(
      {
        token: "t",
        login: { password: "p", user: "alice", headers: { authorization: "Bearer x" } },
        data: { privateKey: "k", "key.pem": "k" },
      },
      "m",
    ),
  );
  expect(line).toMatchObject({
    token: "[redacted]",
    login: { password: "[redacted]", user: "alice", headers: { authorization: "[redacted]" } },
    data: { privateKey: "[redacted]", "key.pem": "[redacted]" },
  });
});

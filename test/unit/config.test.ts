import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";

test("without flags everything has its default", () => {
  expect(readConfig([], {})).toEqual({
    namespace: "batchwright-system",
    "metrics-bind-address": { host: "0.0.0.0", port: 8080 },
    "health-probe-bind-address": { host: "0.0.0.0", port: 8081 },
    "leader-elect": false,
    "log-level": "info",
    concurrency: 256,
    "cleanup-interval-seconds": 3600,
  });
});

test("the namespace comes from the flag, else from the pod", () => {
  expect(readConfig(["--namespace", "a"], { POD_NAMESPACE: "b" })?.namespace).toBe("a");
  expect(readConfig([], { POD_NAMESPACE: "b" })?.namespace).toBe("b");
});

test("an address of 0 switches a server off", () => {
  expect(readConfig(["--metrics-bind-address=0"], {})?.["metrics-bind-address"]).toBeUndefined();
});

test.each([
  [
    ["--concurrency", "0"],
    '--concurrency: "0" is not allowed: Too small: expected number to be >=1; see --help',
  ],
  [
    ["--metrics-bind-address", "8080"],
    '--metrics-bind-address: "8080" is not allowed: is an address like ":8080" or "127.0.0.1:8080", or 0 for none; see --help',
  ],
  [
    ["--cleanup-interval-seconds", "0"],
    '--cleanup-interval-seconds: "0" is not allowed: Too small: expected number to be >=1; see --help',
  ],
  [["--colour"], /^Unknown option '--colour'/u],
])("%j is refused with flag and value", (words, message) => {
  expect(() => readConfig(words, {})).toThrow(message);
});

test("help is asked for, not read", () => {
  expect(readConfig(["--help"], {})).toBeUndefined();
});

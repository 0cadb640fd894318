import { expect, test } from "vitest";
import { nameFailures, nobodyAnswered } from "../../../../src/core/cluster/login-failure.ts";
import { waiting } from "../../../../src/core/problem.ts";

const failure = (user: string, message = `${user} is refused`) => ({
  user,
  problem: waiting("AuthenticationFailed", message),
});

test("logins that fail are named with what each says", () => {
  expect(nameFailures([failure("alice"), failure("bob")])).toBe(
    "alice: alice is refused; bob: bob is refused",
  );
});

test("however many fail, and whatever they say, the text stays short", () => {
  const failures = Array.from({ length: 128 }, (_, n) => failure(`u${n}`, "x".repeat(10_000)));
  const text = nameFailures(failures);
  expect(text.length).toBeLessThan(2600);
  expect(text).toMatch(/; and 123 more$/u);
});

test("the only login that fails speaks for the cluster", () => {
  expect(nobodyAnswered([failure("alice")])).toEqual(failure("alice").problem);
});

test("several are named, under the first one's reason", () => {
  expect(nobodyAnswered([failure("alice"), failure("bob")])).toEqual(
    waiting("AuthenticationFailed", "no login is answered: alice: alice is refused; bob: bob is refused"),
  );
});

test("a spec without any login says what to set", () => {
  expect(nobodyAnswered([])).toMatchObject({
    policy: "final",
    reason: "NoLogin",
    message: expect.stringContaining("set spec.observer, or add the tenants' logins to spec.tenants"),
  });
});

import { expect, test } from "vitest";
import { formatMicroTime } from "../../../src/kube/micro-time.ts";

test("a MicroTime has six digits, always", () => {
  expect(formatMicroTime(new Date(0))).toBe("1970-01-01T00:00:00.000000Z");
  expect(formatMicroTime(new Date("2026-11-22T23:13:12.567Z"))).toBe("2026-11-22T23:13:12.567000Z");
});

/**
 * sum.ts RESULTS CODE: prints "N passed, N failed" over what the steps of `make test` left in the folder RESULTS.
 * CODE is make's exit code: a failure that left no trace counts too.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What vitest's JSON reporter writes, as far as it is counted. */
const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

interface Count {
  readonly passed: number;
  readonly failed: number;
}

function countOf(results: string, step: string): Count {
  const hasFailed = readFileSync(join(results, `${step}.step`), "utf8").trim() === "failed";
  const { passed, failed } = countTests(join(results, `${step}.json`));
  return { passed, failed: hasFailed ? Math.max(failed, 1) : failed };
}

/** Nothing where there is no whole report: not a step of vitest, or one that ended before it could tell. */
function countTests(file: string): Count {
  const read = existsSync(file) ? report.safeParse(parse(readFileSync(file, "utf8"))) : undefined;
  if (read?.success !== true) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, testResults } = read.data;
  // A file that could not be loaded has failed without a test that did.
  const broken = testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [results = ".lab/results", code = "0"] = process.argv.slice(2);
const counts = readdirSync(results)
  .filter((name) => name.endsWith(".step"))
  .map((name) => countOf(results, name.slice(0, -".step".length)));
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`${passed} passed, ${code !== "0" && failed === 0 ? 1 : failed} failed`);

// sum.mjs RESULTS CODE: prints "N passed, N failed" over what the steps of `make test` left in the folder RESULTS. Plain
// JavaScript, as it must run when nothing is installed. CODE is make's exit code: a failure that left no trace counts too.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [results, code] = process.argv.slice(2);
let passed = 0;
let failed = 0;

/** A file that could not be loaded has failed without a test that did. */
const brokenFiles = (report) =>
  report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;

for (const name of readdirSync(results)) {
  if (!name.endsWith(".step")) continue;
  const stepFailed = readFileSync(join(results, name), "utf8").trim() === "failed";
  let failures = 0;
  try {
    const report = JSON.parse(readFileSync(join(results, name.replace(/\.step$/, ".json")), "utf8"));
    passed += report.numPassedTests;
    failures = report.numFailedTests + brokenFiles(report);
  } catch {
    // Not a step of vitest, or one that ended before it could report.
  }
  failed += stepFailed ? Math.max(failures, 1) : failures;
}
if (code !== "0" && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);

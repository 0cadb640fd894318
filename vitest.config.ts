import { defineConfig } from "vitest/config";

/** One project a kind of test: `unit` needs nothing, `model` Spin and gcc, `integration` and `e2e` start the lab's real parts. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 20_000 } },
      // Two at once: a search takes one core, and the largest some gigabytes.
      { test: { name: "model", include: ["test/model/**/*.test.ts"], maxConcurrency: 2 } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/lab/vitest-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "test/chaos/**/*.test.ts"],
          globalSetup: ["test/lab/vitest-setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

import { describe, expect, test } from "vitest";
import { readJobName, writeJobName } from "../../../../src/core/slurm/job-id.ts";

describe("a job's id as people write it", () => {
  test.each([
    ["8", { is: "job", jobId: 8 }, "8"],
    ["8_3", { is: "tasks", jobId: 8, indexes: "3" }, "8_3"],
    ["8_[4-5]", { is: "tasks", jobId: 8, indexes: "4-5" }, "8_[4-5]"],
    ["8_[6-200:2%3]", { is: "tasks", jobId: 8, indexes: "6-200:2" }, "8_[6-200:2]"],
    ["20+1", { is: "component", jobId: 20, offset: 1 }, "20+1"],
  ] as const)("%s", (text, name, written) => {
    expect(readJobName(text)).toEqual(name);
    expect(writeJobName(name)).toBe(written);
  });

  test.each(["8.batch", "8.0", "20+0.batch", "", "x", "8_", "-8", "8_[4-5"])("%j is none", (text) => {
    expect(readJobName(text)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { jobSubmissionStatus } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import { keepOutputs } from "../../../../src/core/submission/kept-outputs.ts";

const outputsOf = (tasks: number, value: string) =>
  Array.from({ length: tasks }, (_, taskIndex) => ({ name: "energy", value, taskIndex }));

describe("outputs in a status", () => {
  it("are kept as they are where there is room", () => {
    const outputs = [
      { name: "energy", value: "-15.8", taskIndex: undefined },
      { name: "volume", value: "265.9", taskIndex: 3 },
    ];
    expect(keepOutputs({ outputs })).toEqual({
      outputs: [
        { name: "energy", value: "-15.8" },
        { name: "volume", value: "265.9", task: 3 },
      ],
      loss: undefined,
    });
  });

  it("of a large array are as many as the list takes, and the message says how many are missing", () => {
    const { outputs, loss } = keepOutputs({ outputs: outputsOf(1000, "1") });
    expect(outputs).toHaveLength(256);
    expect(outputs.at(-1)).toEqual({ name: "energy", value: "1", task: 255 });
    expect(loss).toBe("744 of 1000 (a status takes 256, with names of at most 63 characters)");
  });

  it("with a name that is too long are left out, and the others kept", () => {
    const outputs = [
      { name: "n".repeat(64), value: "1", taskIndex: undefined },
      { name: "n".repeat(63), value: "2", taskIndex: undefined },
    ];
    const kept = keepOutputs({ outputs });
    expect(kept.outputs).toEqual([{ name: "n".repeat(63), value: "2" }]);
    expect(kept.loss).toMatch(/^1 of 2 /u);
  });

  it("never make a status that its schema refuses or that is too large to store", () => {
    const { outputs } = keepOutputs({ outputs: outputsOf(1000, "v".repeat(5000)) });
    expect(jobSubmissionStatus.safeParse({ outputs }).error).toBeUndefined();
    expect(JSON.stringify(outputs).length).toBeLessThan(300_000);
  });

  it("tell what the cluster's side has left out already", () => {
    expect(keepOutputs({ outputs: [], outputsCut: "task 3: more bytes than are kept" }).loss).toBe(
      "task 3: more bytes than are kept",
    );
  });
});

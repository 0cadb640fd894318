import { describe, expect, test } from "vitest";
import type { RunUsage } from "../../../../src/core/slurm/run-usage.ts";
import { instant } from "../../../../src/core/instant.ts";
import { toTime } from "../../../../src/core/status/time.ts";
import { usageOf } from "../../../../src/core/submission/usage.ts";
import { asked, attempt, decided, now, row, sent, submission, tokenAt, written } from "./world.ts";

const run = (change: Partial<RunUsage> = {}): RunUsage => ({
  state: "COMPLETED",
  startedAt: now,
  endedAt: instant(now + 10_000),
  runSeconds: 10,
  cpuSeconds: 15.6,
  allocated: new Map([
    ["cpu", "4"],
    ["gres/gpu", "2"],
  ]),
  peakMemoryBytes: 1000,
  energyJoules: undefined,
  ...change,
});
const ended = row({ state: "COMPLETED", endedAt: now, runs: [run()] });
const of = attempt({ jobId: "7", ended: "Over" });

const over = {
  ...sent.status,
  phase: "Done",
  startedAt: toTime(now),
  attempts: [of],
  conditions: [
    {
      type: "Succeeded",
      status: "True",
      reason: "JobSucceeded",
      message: "",
      lastTransitionTime: toTime(now),
      observedGeneration: 1,
    },
  ],
} as const;
const released = (change = {}) =>
  submission(
    { ...over, attempts: [...over.attempts], conditions: [...over.conditions], ...change },
    {
      metadata: { finalizers: [] },
    },
  );

describe("what a job took", () => {
  test("is asked for once the end is stored and nobody holds the object, and written with finished", () => {
    const held = submission({ ...over, attempts: [of], conditions: [...over.conditions] });
    expect(asked(decided({ submission: held }))).toBe("removeFinalizer");
    expect(decided({ submission: released() })).toEqual({
      do: "ask",
      question: { ask: "usage", of: [of] },
    });
    const step = decided({ submission: released(), answers: { usage: [ended] } });
    expect(written(step)).toMatchObject({
      finished: "true",
      allocatedResources: [
        { name: "cpu", value: "4" },
        { name: "gres/gpu", value: "2" },
      ],
      usage: {
        runSeconds: 10,
        cpuSeconds: 16,
        allocatedCpuSeconds: 40,
        cpuEfficiencyPercent: 40,
        gpuSeconds: 20,
        peakMemoryBytes: 1000,
        runs: [{ attempt: 1, state: "COMPLETED", runSeconds: 10, cpuSeconds: 16, peakMemoryBytes: 1000 }],
      },
    });
  });

  test("is waited for while accounting trails, and for no longer than ten seconds", () => {
    const open = row({ state: "RUNNING", runs: [run({ endedAt: undefined })] });
    for (const rows of [[], [open]]) {
      const at = (ms: number) =>
        decided({ submission: released(), now: instant(now + ms), answers: { usage: rows } });
      expect(at(9999)).toEqual({ do: "wait", ms: 1000 });
      expect(written(at(10_000))).toMatchObject({ finished: "true" });
    }
  });

  test.each([
    ["the cluster keeps no accounting", released(), { usage: "none" }],
    [
      "the cluster does not answer",
      released(),
      { unreachable: { policy: "waiting", reason: "R", message: "m" } },
    ],
    ["it never started", released({ startedAt: undefined }), {}],
    ["nothing of it ran", released({ attempts: [attempt({ jobId: "7", ended: "DidNotRun" })] }), {}],
    ["nothing was sent", released({ attempts: undefined }), {}],
  ] as const)("holds nothing up where %s", (_why, submitted, answers) => {
    const status = written(decided({ submission: submitted, answers }));
    expect(status.finished).toBe("true");
    expect(status).not.toHaveProperty("usage");
  });
});

describe("the sum", () => {
  test("is of all runs of all attempts, of the rows that are theirs", () => {
    const second = attempt({ index: 2, jobId: "9", ended: "Over" });
    const usage = usageOf(
      [of, second],
      [
        row({ runs: [run({ state: "REQUEUED", runSeconds: 5, energyJoules: 70 }), run()] }),
        row({ token: tokenAt(2), jobId: 9, runs: [run({ peakMemoryBytes: 5000, energyJoules: 7 })] }),
        row({ token: tokenAt(2), jobId: 10, runs: [run({ runSeconds: 1_000_000 })] }),
        row({ token: tokenAt(3), runs: [run({ runSeconds: 1_000_000 })] }),
      ],
    );
    expect(usage).toMatchObject({
      runSeconds: 25,
      allocatedCpuSeconds: 100,
      gpuSeconds: 50,
      peakMemoryBytes: 5000,
      energyJoules: 77,
    });
    expect(usage?.runs?.map(({ attempt: index, state }) => `${index} ${state}`)).toEqual([
      "1 REQUEUED",
      "1 COMPLETED",
      "2 COMPLETED",
    ]);
  });

  test("of an array is of all its tasks, without a list of runs", () => {
    const usage = usageOf(
      [of],
      [row({ taskIndexes: "0", runs: [run()] }), row({ taskIndexes: "1", runs: [run()] })],
    );
    expect(usage).toEqual({
      runSeconds: 20,
      cpuSeconds: 31,
      allocatedCpuSeconds: 80,
      cpuEfficiencyPercent: 39,
      gpuSeconds: 40,
      peakMemoryBytes: 1000,
    });
  });

  test("names at most the last 16 runs, and counts all", () => {
    const usage = usageOf(
      [of],
      [row({ runs: Array.from({ length: 20 }, (_, n) => run({ runSeconds: n })) })],
    );
    expect(usage?.runSeconds).toBe(190);
    expect(usage?.runs?.map(({ runSeconds }) => runSeconds)).toEqual([
      4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    ]);
  });

  test("counts GPUs by type where the site has no sum of them", () => {
    const allocated = new Map([
      ["gres/gpu:a100", "1"],
      ["gres/gpu:v100", "2"],
    ]);
    expect(usageOf([of], [row({ runs: [run({ allocated })] })])?.gpuSeconds).toBe(30);
  });
});

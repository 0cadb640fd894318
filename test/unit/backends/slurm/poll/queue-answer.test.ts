import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noRows, readQueue, type QueueAnswer } from "../../../../../src/backends/slurm/poll/queue-answer.ts";
import { instant } from "../../../../../src/core/instant.ts";
import type { JobRow } from "../../../../../src/core/slurm/job-row.ts";
import { install, printRow, queueTexts, tokenAt, type QueueTexts } from "./scripted-cluster.ts";

const nonce = "0123456789abcdef01234567";
const read = (rows: readonly QueueTexts[], previous = noRows): QueueAnswer =>
  readQueue(rows.map((texts) => printRow(texts, nonce)).join(""), { nonce, install, previous });
const readOne = (given: Partial<QueueTexts>): JobRow | undefined =>
  read([queueTexts(given)]).rows.get(tokenAt(1))?.[0];

const running: JobRow = {
  token: tokenAt(1),
  user: "alice",
  jobId: 8,
  taskIndexes: undefined,
  hetOffset: undefined,
  state: "RUNNING",
  flags: [],
  unknownWord: undefined,
  reason: "",
  partition: "main",
  nodes: "n1",
  submittedAt: instant(1_000_000),
  startedAt: instant(1_001_000),
  endedAt: undefined,
  timeLimitSeconds: 3_600,
  priority: 4_294_901_759,
  reservation: "",
  restarts: 0,
  exit: undefined,
};

describe("squeue's rows", () => {
  test("a running job: its end is still its limit, so it has none", () => {
    expect(readOne({})).toEqual(running);
  });

  test("a pending job: its start is a forecast, so it has none, and the forecast is kept apart", () => {
    expect(
      readOne({ State: "PENDING", Reason: "Resources", NodeList: "", StartTime: "5000", EndTime: "8600" }),
    ).toEqual({
      ...running,
      state: "PENDING",
      reason: "Resources",
      nodes: "",
      startedAt: undefined,
      expectedAt: 5_000_000,
    });
  });

  test.each([
    ["1792", { code: 7, signal: 0 }],
    ["7:0", { code: 7, signal: 0 }],
    ["253", { code: 0, signal: 125 }],
    ["odd", undefined],
  ])("an ended job with the exit %s of its release", (exit_code, exit) => {
    expect(readOne({ State: "FAILED", Reason: "NonZeroExitCode", exit_code })).toEqual({
      ...running,
      state: "FAILED",
      reason: "NonZeroExitCode",
      endedAt: instant(4_601_000),
      exit,
    });
  });

  test("a job that was cancelled before it had nodes never started", () => {
    expect(readOne({ State: "CANCELLED", NodeList: "", StartTime: "1001", EndTime: "1001" })).toMatchObject({
      state: "CANCELLED",
      startedAt: undefined,
      endedAt: instant(1_001_000),
    });
  });

  test.each([
    ["6-200:2%3", "6-200:2"],
    ["4", "4"],
    ["N/A", undefined],
  ])("task list %s", (ArrayTaskID, taskIndexes) => {
    expect(readOne({ ArrayTaskID })?.taskIndexes).toBe(taskIndexes);
  });

  test("a component of a heterogeneous job has its leader's id", () => {
    expect(readOne({ ArrayJobID: "5", HetJobID: "4", HetJobOffset: "1" })).toEqual({
      ...running,
      jobId: 4,
      hetOffset: 1,
    });
  });

  test.each([
    ["5:00", 300],
    ["1:00:00", 3_600],
    ["2-00:00:00", 172_800],
    ["UNLIMITED", undefined],
    ["NOT_SET", undefined],
    ["INVALID", undefined],
  ])("time limit %s", (TimeLimit, seconds) => {
    expect(readOne({ TimeLimit })?.timeLimitSeconds).toBe(seconds);
  });

  test("a flag that hides the base keeps the base of the last snapshot", () => {
    const previous = new Map([[tokenAt(1), [{ ...running, state: "SUSPENDED" as const }]]]);
    const [row] = read([queueTexts({ State: "COMPLETING" })], previous).rows.get(tokenAt(1)) ?? [];
    expect(row).toMatchObject({ state: "SUSPENDED", flags: ["COMPLETING"] });
  });

  test("other installs' jobs, other people's jobs and near misses are counted and dropped", () => {
    const others = [
      "/home/alice/run.sh",
      `/home/alice/bw/other/${tokenAt(1)}/batch.sh`,
      `/home/alice/bw/${install}/${tokenAt(1)}/other.sh`,
      `/home/alice/bw/${install}/not-a-token/batch.sh`,
      "(null)",
    ];
    const answer = read(others.map((Command) => queueTexts({ Command })));
    expect(answer).toEqual({ rows: new Map(), total: 5, unreadable: new Set(), samples: [] });
  });

  test("a path that pretends to be a row of ours is one odd path, and forges nothing", () => {
    const forged = printRow(queueTexts({ State: "COMPLETED" }), "guessed");
    const answer = read([
      queueTexts({ Command: `/tmp/x\u001E\n${forged}`, UserName: "mallory" }),
      queueTexts({ ArrayJobID: "9" }),
    ]);
    expect(answer.total).toBe(2);
    expect([...answer.rows]).toEqual([[tokenAt(1), [{ ...running, jobId: 9 }]]]);
  });

  test("a row of ours that cannot be read leaves its job as it was, and every other row alone", () => {
    const previous = new Map([[tokenAt(1), [running]]]);
    const answer = read(
      [queueTexts({ ArrayJobID: "?" }), queueTexts({ token: tokenAt(2), ArrayJobID: "9" })],
      previous,
    );
    expect([...answer.rows]).toEqual([
      [tokenAt(2), [{ ...running, token: tokenAt(2), jobId: 9 }]],
      [tokenAt(1), [running]],
    ]);
    expect(answer.unreadable).toEqual(new Set([tokenAt(1)]));
    expect(answer.samples).toHaveLength(1);
  });

  test("odd fields that matter less are left out", () => {
    expect(
      readOne({ SubmitTime: "yesterday", PriorityLong: "high", RestartCnt: "", TimeLimit: "ever" }),
    ).toEqual({
      ...running,
      submittedAt: undefined,
      priority: undefined,
      timeLimitSeconds: undefined,
    });
  });

  test("samples of odd rows are few and short", () => {
    const odd = Array.from({ length: 50 }, () => queueTexts({ ArrayJobID: "?", Reason: "x".repeat(2_000) }));
    const { samples } = read(odd);
    expect(samples.map((sample) => sample.length)).toEqual([300, 300, 300, 300, 300]);
  });

  test("10,000 rows are read in a moment", () => {
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      queueTexts({ ArrayJobID: String(n + 1), token: tokenAt(n + 1) }),
    );
    const text = rows.map((texts) => printRow(texts, nonce)).join("");
    const before = process.cpuUsage();
    expect(readQueue(text, { nonce, install, previous: noRows }).rows.size).toBe(10_000);
    const { user, system } = process.cpuUsage(before);
    // Microseconds of this process, whatever else runs: about 120,000.
    expect(user + system).toBeLessThan(1_000_000);
  });

  test("no row of anybody, whatever its path holds, adds, hides or changes a row of ours", () => {
    const part = fc.constantFrom(
      "/",
      "\u001F",
      "\u001E",
      "\n",
      "batch.sh",
      install,
      tokenAt(1),
      "8",
      "alice",
      "RUNNING",
      " ",
      "%",
      "é",
    );
    const path = fc
      .array(fc.oneof(part, fc.string({ unit: "binary" })), { maxLength: 30 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 5 }), (paths) => {
        fc.pre(paths.every((some) => !some.endsWith(`/${install}/${tokenAt(1)}/batch.sh`)));
        const others = paths.map((Command) => queueTexts({ Command, UserName: "mallory" }));
        const answer = read([...others, queueTexts(), ...others]);
        expect([...answer.rows]).toEqual([[tokenAt(1), [running]]]);
        expect(answer.total).toBe(2 * paths.length + 1);
      }),
    );
  });
});

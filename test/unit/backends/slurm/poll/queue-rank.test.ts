import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noRows, readQueue } from "../../../../../src/backends/slurm/poll/queue-answer.ts";
import { install, printRow, queueTexts, tokenAt, type QueueTexts } from "./scripted-cluster.ts";

const nonce = "0123456789abcdef01234567";
const waiting = (given: Partial<QueueTexts>): QueueTexts =>
  queueTexts({ State: "PENDING", Reason: "Priority", NodeList: "", PriorityLong: "500", ...given });
const strangers = (given: Partial<QueueTexts>): QueueTexts =>
  waiting({ UserName: "carol", Command: "/home/carol/job.sh", ...given });

/** @returns how many jobs go before each of ours, by job id */
function aheadOf(rows: readonly QueueTexts[], isWhole = true): Readonly<Record<number, number | undefined>> {
  const text = rows.map((texts) => printRow(texts, nonce)).join("");
  const { rows: ours } = readQueue(text, { nonce, install, previous: noRows, isWhole });
  return Object.fromEntries([...ours.values()].flat().map(({ jobId, ahead }) => [jobId, ahead]));
}

describe("how many jobs go before ours", () => {
  test.each<[string, readonly Partial<QueueTexts>[], number]>([
    ["alone in its partition", [{ Partition: "other", PriorityLong: "900" }], 0],
    ["by priority", ["499", "500", "501", "900"].map((PriorityLong) => ({ PriorityLong })), 2],
    ["of one priority by who came first", [{ ArrayJobID: "7" }, { ArrayJobID: "9" }], 1],
    ["what runs is past the line", [{ State: "RUNNING", PriorityLong: "900" }], 0],
    [
      "what is held, or waits for a time or another job, is not in line",
      ["JobHeldUser", "JobHeldAdmin", "BeginTime", "Dependency"].map((Reason) => ({
        Reason,
        PriorityLong: "900",
      })),
      0,
    ],
    ["in one of a stranger's partitions", [{ Partition: "other,main", PriorityLong: "900" }], 1],
    ["an unreadable row is nobody's", [{ PriorityLong: "?" }, { ArrayJobID: "?" }], 0],
  ])("%s", (_, others, ahead) => {
    const rows = others.map((given) => strangers({ ArrayJobID: "9", ...given }));
    expect(aheadOf([...rows, waiting({ ArrayJobID: "8" })])).toEqual({ 8: ahead });
  });

  test("of several partitions the shortest line counts", () => {
    const rows = [1, 2, 3].map((n) => strangers({ ArrayJobID: String(n), PriorityLong: "900" }));
    const other = strangers({ ArrayJobID: "4", PriorityLong: "900", Partition: "other" });
    expect(aheadOf([...rows, other, waiting({ Partition: "main,other" })])).toEqual({ 8: 1 });
  });

  test("is told of what is in line only, and not where others may be hidden", () => {
    const rows = [
      strangers({ ArrayJobID: "1", PriorityLong: "900" }),
      waiting({ ArrayJobID: "2" }),
      waiting({ ArrayJobID: "3", Reason: "JobHeldUser", PriorityLong: "0" }),
      queueTexts({ ArrayJobID: "4", token: tokenAt(4) }),
    ];
    expect(aheadOf(rows)).toEqual({ 2: 1, 3: undefined, 4: undefined });
    expect(aheadOf(rows, false)).toEqual({ 2: undefined, 3: undefined, 4: undefined });
  });

  test("is not told of a queue of more than 20,000 rows", () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => strangers({ ArrayJobID: String(n + 1) }));
    expect(aheadOf([...rows.slice(1), waiting({ ArrayJobID: "20001" })])).toEqual({ 20001: 19_999 });
    expect(aheadOf([...rows, waiting({ ArrayJobID: "20001" })])).toEqual({ 20001: undefined });
  });

  test("is what counting them one by one gives", () => {
    const job = fc.record({ priority: fc.integer({ min: 1, max: 5 }), partition: fc.constantFrom("a", "b") });
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 30 }), (jobs) => {
        const rows = jobs.map(({ priority, partition }, n) =>
          waiting({
            ArrayJobID: String(n + 1),
            PriorityLong: String(priority),
            Partition: partition,
            Command: `/home/alice/bw/${install}/${tokenAt(n + 1)}/batch.sh`,
          }),
        );
        const counted = jobs.map(
          (mine, at) =>
            jobs.filter(
              (other, n) =>
                other.partition === mine.partition &&
                (other.priority > mine.priority || (other.priority === mine.priority && n < at)),
            ).length,
        );
        expect(Object.values(aheadOf(rows))).toEqual(counted);
      }),
    );
  });
});

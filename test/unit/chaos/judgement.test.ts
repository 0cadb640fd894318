import { describe, expect, test } from "vitest";
import { judge, type Seen } from "../../chaos/judgement.ts";
import type { Start } from "../../chaos/marks.ts";
import type { Reported } from "../../chaos/oracle.ts";
import type { Sent } from "../../chaos/workload.ts";

const sent: Sent = {
  name: "r0-1",
  run: "r0-1-17",
  sort: "good",
  cluster: "c1",
  code: 0,
  tasks: undefined,
  seconds: 1,
};
const start = (change: Partial<Start> = {}): Start => ({
  slurmId: 8,
  jobId: 8,
  task: undefined,
  restart: 0,
  code: 0,
  ...change,
});

const done = {
  phase: "Done",
  state: "COMPLETED",
  finished: "true",
  exitCode: 0,
  jobId: "8",
  attempts: [{ index: 1, jobId: "8", ended: "Over" }],
  conditions: [{ type: "Succeeded", reason: "JobSucceeded", message: "The job completed." }],
} as const;
const turnedAway = { phase: "Aborted", state: "CANCELLED", exitCode: undefined } as const;
type Status = Partial<Reported["status"]>;

function seen(
  status: Status,
  given: { starts?: readonly Start[]; record?: string; exit?: string; isShaken?: boolean; of?: Sent } = {},
): Seen {
  const { starts = [start()], record = "COMPLETED", exit = "0:0", isShaken = false, of = sent } = given;
  const object: Reported = {
    metadata: { name: of.name, uid: "u", finalizers: [] },
    spec: { variables: [{ name: "RUN", value: of.run }] },
    status: { ...done, attempts: [...done.attempts], conditions: [...done.conditions], ...status },
  };
  return {
    cluster: "c1",
    objects: [object],
    marks: new Map([[of.run, starts]]),
    records: new Map([["8", { jobId: "8", state: record, exit }]]),
    keepsRecords: true,
    isShaken,
  };
}

describe("the oracle says nothing of", () => {
  test.each<[string, Sent, Seen]>([
    ["what ran once and ended well", sent, seen({})],
    [
      "what failed as its script did",
      { ...sent, code: 7 },
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7 },
        { starts: [start({ code: 7 })], record: "FAILED" },
      ),
    ],
    [
      "what Slurm started again after a crash of its own",
      sent,
      seen({}, { starts: [start({ code: undefined }), start({ restart: 1 })], isShaken: true }),
    ],
    [
      "what was cancelled before its script began, and turned away by its launcher",
      { ...sent, sort: "cancelled" },
      seen(turnedAway, { starts: [], record: "FAILED", exit: "113:0" }),
    ],
    ["what another cluster was sent", { ...sent, cluster: "c2" }, seen({}, { starts: [] })],
  ])("%s", (_name, one, given) => {
    expect(judge([one], given)).toEqual([]);
  });
});

describe("the oracle complains of", () => {
  test.each<[string, Sent, Seen, RegExp]>([
    [
      "a script that ran as two jobs",
      sent,
      seen({}, { starts: [start(), start({ slurmId: 9, jobId: 9 })] }),
      /ran as 2 jobs: 8, 9/u,
    ],
    [
      "one id that started twice",
      sent,
      seen({}, { starts: [start(), start({ restart: 1 })] }),
      /started 2 times/u,
    ],
    [
      "two jobs even after a crash of Slurm's",
      sent,
      seen({}, { starts: [start(), start({ slurmId: 9, jobId: 9 })], isShaken: true }),
      /ran as 2 jobs/u,
    ],
    ["a job told as done that never ran", sent, seen({}, { starts: [] }), /it never ran/u],
    [
      "a job told as done whose script did not come to its end",
      sent,
      seen({}, { starts: [start({ code: undefined })] }),
      /did not end well/u,
    ],
    [
      "a job told as failed that ended well",
      sent,
      seen({ phase: "Aborted", state: "FAILED", exitCode: 1 }),
      /expected Done COMPLETED|ended with nothing/u,
    ],
    [
      "another exit code than the script's",
      { ...sent, code: 7 },
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 1 },
        { starts: [start({ code: 7 })], record: "FAILED" },
      ),
      /its script ended with 7/u,
    ],
    ["another state than Slurm's own", sent, seen({}, { record: "TIMEOUT" }), /Slurm says TIMEOUT/u],
    [
      "a failure of its script told as cancelled",
      { ...sent, sort: "cancelled", code: 7 },
      seen(turnedAway, { starts: [start({ code: 7 })], record: "FAILED", exit: "7:0" }),
      /Slurm says FAILED 7:0/u,
    ],
    [
      "an end of the launcher's own told as cancelled, though its script began",
      { ...sent, sort: "cancelled" },
      seen(turnedAway, { starts: [start()], record: "FAILED", exit: "113:0" }),
      /Slurm says FAILED 113:0/u,
    ],
    ["an id that Slurm has no record of", sent, seen({ jobId: "9" }), /no record of job 9/u],
    [
      "two attempts that ran",
      sent,
      seen({
        attempts: [
          { index: 1, jobId: "7", ended: "Over" },
          { index: 2, jobId: "8", ended: "Over" },
        ],
      }),
      /2 attempts of it ran/u,
    ],
    [
      "wrong counts of an array",
      { ...sent, tasks: 2, sort: "array" },
      seen(
        { array: { states: [{ state: "COMPLETED", count: 1 }] } },
        {
          starts: [start({ task: 0 }), start({ slurmId: 9, task: 1 })],
          of: { ...sent, tasks: 2, sort: "array" },
        },
      ),
      /expected 0 failed task of 2/u,
    ],
  ])("%s", (_name, one, given, complaint) => {
    expect(judge([one], given).join("\n")).toMatch(complaint);
  });
});

import { describe, expect, test } from "vitest";
import { judge, type Seen } from "../../chaos/judgement.ts";
import type { Start } from "../../chaos/marks.ts";
import type { Reported } from "../../chaos/oracle.ts";
import type { Sent } from "../../chaos/sent.ts";

const sent: Sent = {
  name: "r0-1",
  run: "r0-1-17",
  sort: "good",
  cluster: "c1",
  code: 0,
  failures: 0,
  retries: undefined,
  tasks: undefined,
  seconds: 1,
};
const failing: Sent = { ...sent, sort: "fails", code: 7, failures: 1000 };
const retried: Sent = {
  ...sent,
  sort: "retried",
  code: 7,
  failures: 1,
  retries: { limit: 1, laterLimit: 1, backoffSeconds: 0, scope: "Job" },
};
const retriedTasks: Sent = {
  ...retried,
  sort: "retried-tasks",
  tasks: 2,
  retries: { limit: 1, laterLimit: 1, backoffSeconds: 0, scope: "FailedTasks" },
};
const start = (change: Partial<Start> = {}): Start => ({
  slurmId: 8,
  jobId: 8,
  task: undefined,
  restart: 0,
  code: 0,
  beganAt: 0,
  endedAt: 1,
  ...change,
});
const failed = (change: Partial<Start> = {}): Start => start({ slurmId: 7, jobId: 7, code: 7, ...change });
/** After one that had failed. */
const next = (change: Partial<Start> = {}): Start => start({ beganAt: 2, endedAt: 3, ...change });

const done = {
  phase: "Done",
  state: "COMPLETED",
  finished: "true",
  exitCode: 0,
  jobId: "8",
  attempts: [{ index: 1, jobId: "8", ended: "Over" }],
  conditions: [{ type: "Succeeded", reason: "JobSucceeded", message: "The job completed." }],
} as const;
const twoAttempts = [
  { index: 1, jobId: "7", ended: "Over" },
  { index: 2, jobId: "8", ended: "Over" },
];
const turnedAway = { phase: "Aborted", state: "CANCELLED", exitCode: undefined } as const;
type Status = Partial<Reported["status"]>;

function seen(
  status: Status,
  given: {
    starts?: readonly Start[];
    record?: string;
    exit?: string;
    /** Of job 7. */
    before?: string;
    /** States of tasks, by Slurm's names of them. */
    tasks?: Readonly<Record<string, string>>;
    isShaken?: boolean;
    of?: Sent;
  } = {},
): Seen {
  const { starts = [start()], record = "COMPLETED", isShaken = false, of = sent } = given;
  const { before = "FAILED", exit = record === "FAILED" ? "7:0" : "0:0", tasks = {} } = given;
  const object: Reported = {
    metadata: { name: of.name, uid: "u", finalizers: [] },
    spec: { variables: [{ name: "RUN", value: of.run }] },
    status: { ...done, attempts: [...done.attempts], conditions: [...done.conditions], ...status },
  };
  return {
    cluster: "c1",
    objects: [object],
    marks: new Map([[of.run, starts]]),
    records: new Map([
      ["7", { jobId: "7", state: before, exit: "7:0" }],
      ["8", { jobId: "8", state: record, exit }],
      ...Object.entries(tasks).map(([jobId, state]) => [jobId, { jobId, state, exit: "" }] as const),
    ]),
    keepsRecords: true,
    isShaken,
  };
}

describe("the oracle says nothing of", () => {
  test.each<[string, Sent, Seen]>([
    ["what ran once and ended well", sent, seen({})],
    [
      "what failed as its script did",
      failing,
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
    [
      "what failed, was run again and ended well",
      retried,
      seen({ attempts: twoAttempts }, { starts: [failed(), next()] }),
    ],
    [
      "what failed as often as it may be run",
      { ...retried, failures: 3 },
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7, attempts: twoAttempts },
        { starts: [failed(), next({ code: 7 })], record: "FAILED" },
      ),
    ],
    [
      "what was run again or not as its limit was changed on the way",
      { ...retried, retries: { limit: 0, laterLimit: 1, backoffSeconds: 0, scope: "Job" } },
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7 },
        { starts: [start({ code: 7 })], record: "FAILED" },
      ),
    ],
    [
      "an array of which the failed task was run again",
      retriedTasks,
      seen(
        { attempts: twoAttempts, array: { states: [{ state: "COMPLETED", count: 2 }] } },
        {
          starts: [
            failed({ task: 0, code: 0, endedAt: 1 }),
            failed({ task: 1, slurmId: 6 }),
            next({ task: 1 }),
          ],
          tasks: { "7_0": "COMPLETED", "7_1": "FAILED", "8_1": "COMPLETED" },
        },
      ),
    ],
    [
      "an exit that squeue shows as wait(2) gave it",
      failing,
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7 },
        { starts: [start({ code: 7 })], record: "FAILED", exit: "1792" },
      ),
    ],
    [
      "an exit above 128, which sacct shows as the signal that a shell means by it",
      { ...failing, sort: "killed", code: 137 },
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 137 },
        { starts: [start({ code: 137 })], record: "FAILED", exit: "9:0" },
      ),
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
      failing,
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 1 },
        { starts: [start({ code: 7 })], record: "FAILED" },
      ),
      /its script ended with 7/u,
    ],
    ["another state than Slurm's own", sent, seen({}, { record: "TIMEOUT" }), /Slurm says TIMEOUT/u],
    [
      "a failure of its script told as cancelled",
      { ...failing, sort: "cancelled" },
      seen(turnedAway, { starts: [start({ code: 7 })], record: "FAILED", exit: "7:0" }),
      /Slurm says FAILED 7:0/u,
    ],
    [
      "an end of the launcher's own told as cancelled, though its script began",
      { ...sent, sort: "cancelled" },
      seen(turnedAway, { starts: [start()], record: "FAILED", exit: "113:0" }),
      /Slurm says FAILED 113:0/u,
    ],
    [
      "another exit code than Slurm's own",
      failing,
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7 },
        { starts: [start({ code: 7 })], record: "FAILED", exit: "9:0" },
      ),
      /Slurm says FAILED 9:0/u,
    ],
    [
      "a signal that Slurm does not know of",
      failing,
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7, signal: 9 },
        { starts: [start({ code: 7 })], record: "FAILED" },
      ),
      /Slurm says FAILED 7:0/u,
    ],
    [
      "other counts of an array than Slurm's own",
      { ...sent, tasks: 2, sort: "array" },
      seen(
        { array: { states: [{ state: "COMPLETED", count: 2 }] } },
        {
          starts: [start({ task: 0 }), start({ slurmId: 9, task: 1 })],
          tasks: { "8_0": "COMPLETED", "8_1": "NODE_FAIL" },
        },
      ),
      /Slurm counts COMPLETED 1, NODE_FAIL 1, told are COMPLETED 2/u,
    ],
    [
      "a task told as done that Slurm has no record of",
      { ...sent, tasks: 2, sort: "array" },
      seen(
        { array: { states: [{ state: "COMPLETED", count: 2 }] } },
        { starts: [start({ task: 0 }), start({ slurmId: 9, task: 1 })], tasks: { "8_0": "COMPLETED" } },
      ),
      /no record of task 1/u,
    ],
    ["an id that Slurm has no record of", sent, seen({ jobId: "9" }), /no record of job 9/u],
    ["two attempts that ran", sent, seen({ attempts: twoAttempts }), /2 attempts of it ran/u],
    [
      "a run again after one that ended well",
      retried,
      seen({ attempts: twoAttempts }, { starts: [failed({ code: 0 }), next()] }),
      /job 8 ran after job 7, which had ended well/u,
    ],
    [
      "a run again while the one before lives",
      retried,
      seen({ attempts: twoAttempts }, { starts: [failed({ endedAt: 3 }), next({ endedAt: 4 })] }),
      /job 8 ran after job 7, which was not over/u,
    ],
    [
      "a run again of tasks that had ended well",
      retriedTasks,
      seen(
        { attempts: twoAttempts },
        { starts: [failed({ task: 0, code: 0 }), failed({ task: 1, slurmId: 6 }), next({ task: 0 })] },
      ),
      /with tasks that had ended well: 0/u,
    ],
    [
      "a run more than the limit allows",
      retried,
      seen(
        { attempts: twoAttempts },
        { starts: [failed({ slurmId: 6, jobId: 6 }), failed({ beganAt: 2, endedAt: 3 }), next()] },
      ),
      /ran as 3 jobs: 6, 7, 8/u,
    ],
    [
      "a retry that did not come",
      retried,
      seen(
        { phase: "Aborted", state: "FAILED", exitCode: 7 },
        { starts: [start({ code: 7 })], record: "FAILED" },
      ),
      /ran 1 times, and should have 2 times/u,
    ],
    [
      "a run again that no attempt tells of",
      retried,
      seen({}, { starts: [failed(), next()] }),
      /it ran as 7, 8, and attempts are told that ran as 8/u,
    ],
    [
      "a run again after one that Slurm does not say has failed",
      retried,
      seen({ attempts: twoAttempts }, { starts: [failed(), next()], before: "NODE_FAIL" }),
      /Slurm says NODE_FAIL of job 7, which was run again/u,
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

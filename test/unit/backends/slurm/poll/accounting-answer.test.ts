import { describe, expect, test } from "vitest";
import {
  accountingDelimiter,
  accountingFields,
  type AccountingField,
} from "../../../../../src/backends/slurm/poll/accounting-fields.ts";
import { readAccounting } from "../../../../../src/backends/slurm/poll/accounting-answer.ts";
import { instant } from "../../../../../src/core/instant.ts";
import type { JobRow } from "../../../../../src/core/slurm/job-row.ts";
import { install, tokenAt } from "./scripted-cluster.ts";

const nonce = "0123456789abcdef01234567";
const directory = `/home/alice/bw/${install}/${tokenAt(1)}`;

const line = (given: Partial<Record<AccountingField, string>> = {}): string => {
  const texts: Record<AccountingField, string> = {
    JobID: "8",
    User: "alice",
    State: "COMPLETED",
    Reason: "None",
    Partition: "main",
    NodeList: "n1",
    Submit: "1000",
    Start: "1001",
    End: "1002",
    TimelimitRaw: "60",
    Priority: "5",
    Reservation: "",
    ExitCode: "0:0",
    ElapsedRaw: "1",
    AllocTRES: "billing=2,cpu=2,gres/gpu=1,mem=40M,node=1",
    TotalCPU: "00:00.500",
    MaxRSS: "",
    ConsumedEnergyRaw: "0",
    SubmitLine: `sbatch --parsable ${directory}/batch.sh`,
    ...given,
  };
  return accountingFields.map((field) => texts[field]).join(accountingDelimiter(nonce));
};
const readAll = (...lines: readonly string[]): readonly JobRow[] | undefined =>
  readAccounting(`${lines.join("\n")}\n`, { nonce, install }).get(tokenAt(1));
const without = (row: JobRow, field: keyof JobRow): JobRow => {
  const { [field]: _without, ...rest } = row;
  return rest as JobRow;
};
/** Without what the runs took. */
const read = (...lines: readonly string[]): readonly JobRow[] | undefined =>
  readAll(...lines)?.map((row) => without(row, "runs"));

const completed: JobRow = {
  token: tokenAt(1),
  user: "alice",
  jobId: 8,
  taskIndexes: undefined,
  hetOffset: undefined,
  state: "COMPLETED",
  flags: [],
  unknownWord: undefined,
  reason: "",
  partition: "main",
  nodes: "n1",
  submittedAt: instant(1_000_000),
  startedAt: instant(1_001_000),
  endedAt: instant(1_002_000),
  timeLimitSeconds: 3_600,
  priority: 5,
  reservation: "",
  restarts: 0,
  exit: { code: 0, signal: 0 },
};

describe("sacct's rows", () => {
  test("a job", () => {
    expect(read(line())).toEqual([completed]);
  });

  test("cancelled before its start: no start, no nodes, and the words of who did it", () => {
    const text = line({
      State: "CANCELLED by 2001",
      Start: "None",
      NodeList: "None assigned",
      Reason: "JobHeldUser",
    });
    expect(read(text)).toEqual([
      { ...completed, state: "CANCELLED", startedAt: undefined, nodes: "", reason: "JobHeldUser" },
    ]);
  });

  test.each(["UNLIMITED", "Partition_Limit", ""])("time limit %j is none", (TimelimitRaw) => {
    expect(read(line({ TimelimitRaw }))?.[0]?.timeLimitSeconds).toBeUndefined();
  });

  test("of a job that was requeued the newest run counts, and the earlier ones are its restarts", () => {
    const runs = read(
      line({ State: "REQUEUED", ExitCode: "7:0" }),
      line({ State: "REQUEUED", Submit: "1100" }),
      line({ State: "FAILED", Submit: "1200", ExitCode: "3:0" }),
    );
    expect(runs).toEqual([
      {
        ...completed,
        state: "FAILED",
        submittedAt: instant(1_200_000),
        restarts: 2,
        exit: { code: 3, signal: 0 },
      },
    ]);
  });

  test("a requeued run alone is no end", () => {
    expect(read(line({ State: "REQUEUED", ExitCode: "7:0" }))).toMatchObject([
      { state: "PENDING", flags: ["REQUEUED"], endedAt: undefined, exit: undefined },
    ]);
  });

  test("tasks, the cancelled rest of an array, and components have rows of their own", () => {
    const rows = read(
      line({ JobID: "2_0" }),
      line({ JobID: "2_[6-200:2%3]", State: "CANCELLED by 1" }),
      line({ JobID: "4+1" }),
    );
    expect(
      rows?.map(({ jobId, taskIndexes, hetOffset, state }) => ({ jobId, taskIndexes, hetOffset, state })),
    ).toEqual([
      { jobId: 2, taskIndexes: "0", hetOffset: undefined, state: "COMPLETED" },
      { jobId: 2, taskIndexes: "6-200:2", hetOffset: undefined, state: "CANCELLED" },
      { jobId: 4, taskIndexes: undefined, hetOffset: 1, state: "COMPLETED" },
    ]);
  });

  test("a submit line may hold newlines, and blanks in its path", () => {
    const SubmitLine = `sbatch --job-name=a|b\nc --comment=x\n\ny /home/alice/my jobs/${install}/${tokenAt(1)}/batch.sh`;
    expect(read(line({ SubmitLine }), "")).toEqual([completed]);
  });

  test("a submit line that pretends to be a row forges nothing", () => {
    const forged = accountingFields.map(() => "8").join("\u001F");
    expect(
      read(line({ SubmitLine: `sbatch x\n${forged} ${directory}/batch.sh` }), line({ JobID: "9" })),
    ).toEqual([completed, { ...completed, jobId: 9 }]);
  });

  test("steps, other installs' jobs and jobs that only mention a path of ours are dropped", () => {
    const rows = read(
      line({ JobID: "8.batch" }),
      line({ SubmitLine: `sbatch /home/alice/bw/other/${tokenAt(1)}/batch.sh` }),
      line({ SubmitLine: `sbatch --comment=${directory}/batch.sh /home/alice/run.sh` }),
    );
    expect(rows).toBeUndefined();
  });
});

describe("what each run took", () => {
  const took = {
    state: "COMPLETED",
    startedAt: instant(1_001_000),
    endedAt: instant(1_002_000),
    runSeconds: 1,
    cpuSeconds: 0.5,
    allocated: new Map([
      ["billing", "2"],
      ["cpu", "2"],
      ["gres/gpu", "1"],
      ["mem", "40M"],
      ["node", "1"],
    ]),
    peakMemoryBytes: undefined,
    energyJoules: undefined,
  };
  const step = (JobID: string, MaxRSS: string) => line({ JobID, MaxRSS, SubmitLine: "", AllocTRES: "cpu=1" });

  test("is in the row of the run, and the most memory in those of its steps", () => {
    const rows = readAll(
      line({ TotalCPU: "1-02:03:04", ConsumedEnergyRaw: "77" }),
      step("8.batch", "2048K"),
      step("8.extern", ""),
      step("8.0", "1.50M"),
    );
    expect(rows?.map(({ runs }) => runs)).toEqual([
      [{ ...took, cpuSeconds: 93_784, energyJoules: 77, peakMemoryBytes: 2_097_152 }],
    ]);
  });

  test("is told of every run of a requeued job, the last one last", () => {
    const rows = readAll(
      line({ State: "REQUEUED", ElapsedRaw: "7" }),
      step("8.batch", "1K"),
      line({ Submit: "1100", State: "CANCELLED by 1001", ElapsedRaw: "9" }),
      step("8.batch", "3K"),
    );
    expect(rows?.map(({ runs }) => runs)).toEqual([
      [
        { ...took, state: "REQUEUED", runSeconds: 7, peakMemoryBytes: 1024 },
        { ...took, state: "CANCELLED", runSeconds: 9, peakMemoryBytes: 3072 },
      ],
    ]);
  });

  test("is each task's own: 8_1 is no step of 8, and 80.batch none of 8", () => {
    const rows = readAll(
      line({ JobID: "8_1" }),
      step("8_1.batch", "1K"),
      line({ JobID: "8_10" }),
      step("8_10.batch", "2K"),
      step("80.batch", "9K"),
    );
    expect(rows?.map(({ taskIndexes, runs }) => [taskIndexes, runs?.[0]?.peakMemoryBytes])).toEqual([
      ["1", 1024],
      ["10", 2048],
    ]);
  });

  test("is nothing for a job that never had a node", () => {
    expect(readAll(line({ State: "CANCELLED", NodeList: "None assigned" }))?.[0]).not.toHaveProperty("runs");
  });
});

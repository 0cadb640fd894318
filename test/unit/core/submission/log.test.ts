import { describe, expect, test } from "vitest";
import { annotations } from "../../../../src/api/group.ts";
import {
  decided,
  attempt,
  asked,
  exited,
  look,
  now,
  owned,
  row,
  sent,
  submission,
  written,
} from "./world.ts";

const path = `${attempt().directory}/work/slurm-7.out`;
const running = look([row()]);
const asking = (request: string, status = sent.status) =>
  submission(status, { metadata: { annotations: { [annotations.readLog]: request } } });
const found = { text: "step 3\n", size: 12_345 };
const told = { path, readAt: "2026-11-22T12:00:00Z", size: 12_345, tail: "step 3\n", request: "now" };

describe("the annotation that asks for the log", () => {
  test("has it read, and answers with one write", () => {
    const seen = { submission: asking("now"), latest: running };
    expect(decided(seen)).toEqual({ do: "ask", question: { ask: "log", path } });
    const step = decided({ ...seen, answers: { log: found } });
    expect(written(step).log).toEqual(told);
    const after = decided({ ...seen, submission: asking("now", written(step)) });
    expect(asked(after)).toBe("wait");
    const again = decided({ ...seen, submission: asking("again", written(step)) });
    expect(asked(again)).toBe("log");
  });

  test("is not answered with another file than the one that is the job's now", () => {
    const seen = { submission: asking("now"), latest: running };
    expect(asked(decided({ ...seen, answers: { log: found, logPath: "/elsewhere" } }))).toBe("log");
  });

  test("is told where there is no file", () => {
    const step = decided({ submission: asking("now"), latest: running, answers: { log: null } });
    expect(written(step).log).toEqual({
      path,
      readAt: "2026-11-22T12:00:00Z",
      request: "now",
      message: "There is no such file, or it cannot be read.",
    });
  });

  test("is answered by the end, too", () => {
    const over = look([row({ state: "COMPLETED", exit: { code: 0, signal: 0 }, endedAt: now })], {
      begun: 2000,
      tick: 2,
    });
    const step = decided({
      submission: asking("now"),
      latest: over,
      memory: owned,
      answers: { marks: exited(0), log: found },
    });
    expect(written(step)).toMatchObject({ phase: "Done", log: told });
  });

  describe("of an array", () => {
    const array = {
      ...sent.status,
      effectiveOptions: [{ option: "array", value: "0-3", from: "Script" }] as const,
    };
    const status = { ...array, effectiveOptions: [...array.effectiveOptions] };
    const rows = look([
      row({ taskIndexes: "1", state: "FAILED", exit: { code: 3, signal: 0 } }),
      row({ taskIndexes: "0" }),
      row({ taskIndexes: "2" }),
      row({ taskIndexes: "3", state: "PENDING", startedAt: undefined }),
    ]);
    const pathOf = (submissionAsking: ReturnType<typeof asking>, latest = rows) => {
      const step = decided({ submission: submissionAsking, latest });
      return step.do === "ask" && step.question.ask === "log"
        ? step.question.path.split("/").at(-1)
        : step.do;
    };

    test.each([
      ["the task that it names", "task=2", "slurm-7_2.out"],
      ["the task that it names among other words", "17:00 task=3", "slurm-7_3.out"],
      ["the first that failed", "now", "slurm-7_1.out"],
    ])("reads that of %s", (_which, request, name) => {
      expect(pathOf(asking(request, status))).toBe(name);
    });

    test("reads that of one that runs where none has failed", () => {
      const live = look([row({ taskIndexes: "2" }), row({ taskIndexes: "[0-1,3]", state: "PENDING" })]);
      expect(pathOf(asking("now", status), live)).toBe("slurm-7_2.out");
    });

    test.each([
      ["task=7", "The array has no task 7.", rows.rows],
      ["now", "No task has begun.", [row({ taskIndexes: "0-3", state: "PENDING" })]],
    ])("says why there is none: %s", (request, message, all) => {
      const step = decided({ submission: asking(request, status), latest: look(all) });
      expect(written(step).log).toEqual({ message, request, readAt: "2026-11-22T12:00:00Z" });
    });
  });
});

import { expect, test } from "vitest";

import {
  readFenceAnswers,
  readForgetAnswers,
} from "../../../../../src/backends/slurm/login/fence-answers.ts";
import { readMarks } from "../../../../../src/backends/slurm/login/marks-answers.ts";
import { readOutputs } from "../../../../../src/backends/slurm/login/outputs.ts";
import { readPutAnswers } from "../../../../../src/backends/slurm/login/put-answers.ts";

const word = (text: string): string => Buffer.from(text).toString("base64");

test("every answer of a put is read; a job whose answer is missing or odd is unclear", () => {
  const frames = [
    ["a", "new", "7", word("warned\n")],
    ["b", "known", "8", "-"],
    ["c", "answered", "1", word("no")],
    ["d", "voided", "-", "-"],
    ["e", "look", "-", "-"],
    ["f", "notSent", "LockBusy", word("busy")],
    ["g", "unclear", "-", word("killed")],
    ["h", "new", "x7", "-"],
    ["j", "new", "9", "-"],
  ];
  const jobs = Array.from("abcdefghij", (token) => ({ token }));
  expect(readPutAnswers(jobs, frames, "lost")).toEqual([
    { is: "accepted", jobId: 7, known: false, text: "warned" },
    { is: "accepted", jobId: 8, known: true, text: "" },
    { is: "answered", code: 1, text: "no" },
    { is: "voided" },
    { is: "look" },
    { is: "notSent", why: "LockBusy", text: "busy" },
    { is: "unclear", text: "killed" },
    { is: "unclear", text: "lost" },
    { is: "unclear", text: "lost" },
    { is: "unclear", text: "lost" },
  ]);
});

test("a fence that did not answer is unclear, and so is a place that did not answer: it may be gone", () => {
  const frames = [
    ["a", "fenced", "void"],
    ["b", "fenced", "12"],
    ["c", "fenced", "1x"],
    ["d", "unclear", word("disk full")],
  ];
  expect(readFenceAnswers(Array.from("abcde"), frames, "lost")).toEqual([
    { is: "fenced", owner: { is: "void" } },
    { is: "fenced", owner: { is: "job", jobId: 12 } },
    { is: "unclear", text: "lost" },
    { is: "unclear", text: "disk full" },
    { is: "unclear", text: "lost" },
  ]);
  const forgets = [
    ["a", "forgotten"],
    ["b", "kept", "NotClosed", word("open")],
    ["c", "kept", "Whatever"],
  ];
  expect(readForgetAnswers(Array.from("abcd"), forgets, "lost")).toEqual([
    { is: "forgotten" },
    { is: "kept", why: "NotClosed", text: "open" },
    { is: "unclear", text: "lost" },
    { is: "unclear", text: "lost" },
  ]);
});

test("marks are read whole, ends of other forms are left out, the last of an output's name wins", () => {
  const marks = readMarks([
    ["fence", "12", "yes", "yes"],
    ["exit", "exited", "143", "12", "3", "1", "1700000000", "terminated"],
    ["exit", "turned-away", "113", "13", "-", "0", "1700000001", "-"],
    ["exit", "exited", "", "12", "-", "0", "1700000000", "-"],
    ["outputs", "3", word("x=1\ny=2\nx=3\nnoise\n")],
    ["captured", "3", word("y=4\n5\0z=\0")],
    ["cut", "4"],
  ]);
  expect(marks).toEqual({
    owner: { is: "job", jobId: 12 },
    closed: true,
    tried: true,
    exits: [
      {
        jobId: 12,
        taskIndex: 3,
        restart: 1,
        at: 1_700_000_000_000,
        end: { is: "exited", code: 143, terminated: true },
      },
      { jobId: 13, taskIndex: undefined, restart: 0, at: 1_700_000_001_000, end: { is: "turnedAway" } },
    ],
    outputs: [
      { name: "x", value: "3", taskIndex: 3 },
      { name: "y", value: "4\n5", taskIndex: 3 },
      { name: "z", value: "", taskIndex: 3 },
    ],
    outputsCut: "task 4: more bytes than are kept",
  });
  expect(readMarks([["fence", "-", "no", "no"]])).toEqual({
    owner: { is: "none" },
    closed: false,
    tried: false,
    exits: [],
    outputs: [],
  });
  expect(readMarks([["exit", "exited", "0"]])).toBeUndefined();
});

test("a value is cut between characters", () => {
  const { outputs, cut } = readOutputs(Buffer.from(`a=${"é".repeat(3000)}\n`), "\n");
  expect(outputs).toEqual([{ name: "a", value: "é".repeat(2048) }]);
  expect(cut).toEqual(["a: more than 4096 bytes"]);
});

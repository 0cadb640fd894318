import { z } from "zod";
import { int32, plainList, text } from "./schema.ts";

export const finding = z.object({
  file: text(255).describe("File of the script."),
  line: int32(1, 10_000_000).describe("Line, from 1."),
  column: int32(1, 10_000_000).describe("Column, from 1."),
  message: text(1024).describe("What surprises there, and what to write instead."),
});
export type Finding = z.infer<typeof finding>;

export const findings = plainList(finding, 32);

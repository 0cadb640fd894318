import { fieldEnd } from "./field-text.ts";

/**
 * What is asked of squeue, by the names of `-O` (`-o` has neither exit code nor restarts). Command stays last: it is the only field that can hold
 * any byte. Names and comments are not asked for: they can too, and their owner may change them.
 */
export const queueFields = [
  "ArrayJobID",
  "ArrayTaskID",
  "HetJobID",
  "HetJobOffset",
  "UserName",
  "State",
  "Reason",
  "Partition",
  "NodeList",
  "SubmitTime",
  "StartTime",
  "EndTime",
  "TimeLimit",
  "PriorityLong",
  "Reservation",
  "RestartCnt",
  "exit_code",
  "Command",
] as const;

export type QueueField = (typeof queueFields)[number];

/** Ends a row in a way that no path can: users choose what Command holds, and the nonce is new in each question. */
export const rowEnd = (nonce: string): string => `\u001E${nonce}`;

/** Width 0 is "as long as it is"; what follows it is printed behind the field. `:` and `,` cannot be part of it. */
export function queueFormat(nonce: string): string {
  return queueFields.map((field) => `${field}:0${field === "Command" ? rowEnd(nonce) : fieldEnd}`).join(",");
}

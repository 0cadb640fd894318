import type { Phase } from "../../api/v1alpha1/job-submission-status.ts";
import type { Problem } from "../problem.ts";
import type { Claim } from "../status/conditions.ts";
import { reasons } from "./reasons.ts";

/** Where a submission stands, as its conditions tell it. */
export type Situation =
  | { is: "waiting"; problem: Problem }
  /** Held back on purpose: nothing goes on by itself. `isSent`: it waits in the scheduler's queue. */
  | { is: "suspended"; message: string; isSent: boolean }
  | { is: "dispatching"; message: string }
  /** An attempt has ended, and the next is to come. */
  | { is: "retrying"; message: string }
  | { is: "unclear"; reason: string; message: string }
  | { is: "live"; reason: string; message: string }
  | { is: "rejected"; problem: Problem }
  | { is: "succeeded"; message: string }
  | { is: "aborted"; reason: string; message: string; ran: boolean };

export function phaseOf(situation: Situation): Phase {
  switch (situation.is) {
    case "waiting":
    case "dispatching":
    case "retrying":
    case "unclear":
      return "Created";
    case "suspended":
      return situation.isSent ? "Submitted" : "Created";
    case "live":
      return "Submitted";
    case "rejected":
      return "Rejected";
    case "succeeded":
      return "Done";
    case "aborted":
      return "Aborted";
  }
}

/**
 * Conditions by the table that kubectl wait, kstatus, Flux and Argo CD read: Succeeded and Ready are Unknown while it lives,
 * Reconciling exists while something can still happen by itself, Stalled once somebody has to act.
 */
export function claimsOf(situation: Situation): Claim[] {
  switch (situation.is) {
    case "waiting":
      return underway(
        situation.problem.reason,
        situation.problem.message,
        dispatched("False", situation.problem.reason, "Nothing was sent."),
      );
    case "suspended":
      return [
        { type: "Succeeded", status: "Unknown", reason: reasons.Suspended, message: situation.message },
        { type: "Ready", status: "Unknown", reason: reasons.Suspended, message: situation.message },
        situation.isSent ? accepted : dispatched("False", reasons.Suspended, "Nothing was sent."),
      ];
    case "dispatching":
      return underway(
        reasons.Dispatching,
        situation.message,
        dispatched("False", reasons.Dispatching, situation.message),
      );
    case "retrying":
      return underway(
        reasons.Retrying,
        situation.message,
        dispatched("False", reasons.Retrying, "The next attempt is not sent yet."),
      );
    case "unclear":
      return underway(
        situation.reason,
        situation.message,
        dispatched("Unknown", situation.reason, situation.message),
      );
    case "live":
      return underway(situation.reason, situation.message, accepted);
    case "rejected":
      return ended(
        "False",
        situation.problem.reason,
        asFinal(situation.problem.message),
        dispatched("False", situation.problem.reason, "Nothing of this submission ran, and nothing will."),
      );
    case "succeeded":
      return ended("True", reasons.JobSucceeded, situation.message, accepted);
    case "aborted":
      return ended(
        "False",
        situation.reason,
        situation.message,
        situation.ran
          ? accepted
          : dispatched("False", situation.reason, "Nothing of this submission ran, and nothing will."),
      );
  }
}

/** The field that a message tells to set can no longer be set in this object. */
const asFinal = (message: string): string =>
  /\b(?:new|another) submission\b|\b(?:submit|create)\b.*\bagain\b/u.test(message)
    ? message
    : `${message}; this submission is final, correct it in a new one`;

const dispatched = (status: Claim["status"], reason: string, message: string): Claim => ({
  type: "Dispatched",
  status,
  reason,
  message,
});
const accepted = dispatched("True", reasons.Dispatched, "The scheduler has accepted the job.");

function underway(reason: string, message: string, dispatch: Claim): Claim[] {
  return [
    { type: "Succeeded", status: "Unknown", reason, message },
    { type: "Ready", status: "Unknown", reason, message },
    { type: "Reconciling", status: "True", reason, message },
    dispatch,
  ];
}

function ended(status: "True" | "False", reason: string, message: string, dispatch: Claim): Claim[] {
  const stalled: Claim[] = status === "False" ? [{ type: "Stalled", status: "True", reason, message }] : [];
  return [
    { type: "Succeeded", status, reason, message },
    { type: "Ready", status, reason, message },
    ...stalled,
    dispatch,
  ];
}

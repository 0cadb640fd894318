import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { expandIndexes, parseArraySpec } from "../slurm/array-spec.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { isUnwanted, type Observed } from "./observed.ts";
import { pictureOf, type Picture } from "./picture.ts";

export function isOf(attempt: Attempt): (row: JobRow) => boolean {
  const jobId = Number(attempt.jobId);
  return (row) => row.jobId === jobId;
}

/** What rows, accounting and marks together say of the attempt's job. Rule 7: rows count only with our token, so all of these carry it. */
export function pictureFrom(
  seen: Observed,
  attempt: Attempt,
  given: { rows: readonly JobRow[]; waitsOver: boolean },
): Picture {
  const { accounting, marks } = seen.answers;
  const own = isOf(attempt);
  return pictureOf({
    rows: given.rows.filter(own),
    accounting: accounting === undefined || accounting === "none" ? [] : accounting.filter(own),
    exits: (marks?.exits ?? []).filter((mark) => mark.jobId === Number(attempt.jobId)),
    cancelled: isUnwanted(seen),
    waitsOver: given.waitsOver,
    turnedAwayCode: seen.turnedAwayCode,
    indexes: arrayIndexes(seen),
    reported: seen.submission.status.array,
  });
}

function arrayIndexes({ submission }: Observed): readonly number[] | undefined {
  const spec = submission.status.effectiveOptions?.find(({ option }) => option === "array");
  return spec === undefined ? undefined : expandIndexes(parseArraySpec(spec.value));
}

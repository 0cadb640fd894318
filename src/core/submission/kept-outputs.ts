import { type JobSubmissionStatus, outputBounds } from "../../api/v1alpha1/job-submission-status.ts";
import type { Marks } from "../slurm/marks.ts";
import { cut } from "../status/conditions.ts";

/** All values together, in UTF-16 units: the object must stay far below what the API server stores (1.5 MiB). */
const mostInAll = 262_144;

export interface KeptOutputs {
  readonly outputs: NonNullable<JobSubmissionStatus["outputs"]>;
  /** What was left out or cut, for the message; undefined when nothing was. */
  readonly loss: string | undefined;
}

/**
 * The outputs that a status takes. A script may put out anything, and one output too many must not keep the end of its job from being
 * stored: the rest is left out, and told.
 * @param earlier of tasks of the same array that are not run again; they come first
 */
export function keepOutputs(
  marks: Pick<Marks, "outputs" | "outputsCut">,
  earlier: KeptOutputs["outputs"] = [],
): KeptOutputs {
  const outputs: KeptOutputs["outputs"] = [...earlier];
  let room = earlier.reduce((left, { value }) => left - value.length, mostInAll);
  let leftOut = 0;
  for (const { name, value, taskIndex } of marks.outputs) {
    const kept = cut(value, outputBounds.valueLength);
    const fits = name.length <= outputBounds.nameLength && outputs.length < outputBounds.most;
    if (!fits || kept.length > room) {
      leftOut += 1;
      continue;
    }
    room -= kept.length;
    outputs.push({ name, value: kept, ...(taskIndex === undefined ? {} : { task: taskIndex }) });
  }
  const losses = [
    ...(leftOut === 0
      ? []
      : [
          `${leftOut} of ${marks.outputs.length} (a status takes ${outputBounds.most}, with names of at most ${outputBounds.nameLength} characters)`,
        ]),
    ...(marks.outputsCut === undefined ? [] : [marks.outputsCut]),
  ];
  return { outputs, loss: losses.length === 0 ? undefined : losses.join("; ") };
}

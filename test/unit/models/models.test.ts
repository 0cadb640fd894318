import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import type { jobScriptSpec, jobScriptStatus } from "../../../src/api/v1alpha1/job-script.ts";
import type { jobSubmissionSpec } from "../../../src/api/v1alpha1/job-submission.ts";
import type { jobSubmissionStatus } from "../../../src/api/v1alpha1/job-submission-status.ts";
import type { jobTemplateSpec, jobTemplateStatus } from "../../../src/api/v1alpha1/job-template.ts";
import type { slurmClusterSpec } from "../../../src/api/v1alpha1/slurm-cluster.ts";
import type { slurmClusterStatus } from "../../../src/api/v1alpha1/slurm-cluster-status.ts";
import {
  JobScript,
  JobSubmission,
  JobTemplate,
  SlurmCluster,
  ValidationError,
  type JobScriptSpec,
  type JobScriptStatus,
  type JobSubmissionSpec,
  type JobSubmissionStatus,
  type JobTemplateSpec,
  type JobTemplateStatus,
  type SlurmClusterSpec,
  type SlurmClusterStatus,
} from "../../../src/models/index.ts";

const spec = { from: { script: { name: "hello" } }, target: { slurm: { name: "c1" } } };

describe("a model", () => {
  it("knows its version and kind, puts them first, and leaves out what is undefined", () => {
    const submission = new JobSubmission({ metadata: { name: "a" }, spec: { ...spec, cancel: false } });
    Object.assign(submission.spec, { resources: undefined });
    expect(JSON.stringify(submission)).toBe(
      '{"apiVersion":"batchwright.dev/v1alpha1","kind":"JobSubmission","metadata":{"name":"a"},"spec":{"from":{"script":{"name":"hello"}},"target":{"slurm":{"name":"c1"}},"cancel":false}}',
    );
  });

  it("tells its own kind from others", () => {
    const object: unknown = JSON.parse(JSON.stringify(new JobSubmission({ spec })));
    expect([JobTemplate, JobScript, JobSubmission, SlurmCluster].map((model) => model.is(object))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("is valid when its types and bounds are right", () => {
    expect(() => new JobSubmission({ spec }).validate()).not.toThrow();
  });

  it("says every field that is wrong", () => {
    const submission = new JobSubmission({
      spec: { ...spec, resources: { tasks: 0, sbatch: ["--comment=a\nb"] } },
    });
    expect(() => submission.validate()).toThrow(
      new ValidationError("JobSubmission", [
        { field: "spec.resources.tasks", message: "Too small: expected number to be >=1" },
        {
          field: "spec.resources.sbatch[0]",
          message: "Invalid string: must match pattern /^[^\\r\\n\\0]*$/",
        },
      ]),
    );
  });

  it("exists for every kind", () => {
    expect(definitions.map(({ kind }) => kind)).toEqual(
      [JobTemplate, JobScript, JobSubmission, SlurmCluster].map(({ kind }) => kind),
    );
  });

  it("has the types that its schema reads", () => {
    expectTypeOf<JobTemplateSpec>().toExtend<z.input<typeof jobTemplateSpec>>();
    expectTypeOf<JobTemplateStatus>().toExtend<z.input<typeof jobTemplateStatus>>();
    expectTypeOf<JobScriptSpec>().toExtend<z.input<typeof jobScriptSpec>>();
    expectTypeOf<JobScriptStatus>().toExtend<z.input<typeof jobScriptStatus>>();
    expectTypeOf<JobSubmissionSpec>().toExtend<z.input<typeof jobSubmissionSpec>>();
    expectTypeOf<JobSubmissionStatus>().toExtend<z.input<typeof jobSubmissionStatus>>();
    expectTypeOf<SlurmClusterSpec>().toExtend<z.input<typeof slurmClusterSpec>>();
    expectTypeOf<SlurmClusterStatus>().toExtend<z.input<typeof slurmClusterStatus>>();
  });
});

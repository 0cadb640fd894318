import { describe, expect, test } from "vitest";
import { classifyRefusal } from "../../../../src/core/slurm/refusal.ts";

const failed = (words: string): string => `sbatch: error: Batch job submission failed: ${words}\n`;

describe("what sbatch's answer means", () => {
  test.each([
    [
      255,
      "sbatch: unrecognized option '--frob'\nTry \"sbatch --help\" for more information\n",
      "unrecognized option '--frob'",
    ],
    [
      255,
      "Invalid time specification (pos=0): gaga\nsbatch: error: Invalid --begin specification\n",
      "Invalid time specification (pos=0): gaga; Invalid --begin specification",
    ],
    [
      1,
      `sbatch: error: invalid partition specified: nosuch\n${failed("Invalid partition name specified")}`,
      "invalid partition specified: nosuch; Batch job submission failed: Invalid partition name specified",
    ],
    [
      1,
      "sbatch: error: This does not look like a batch script.  The first\nsbatch: error: line must start with #! followed by the path to an interpreter.\nsbatch: error: For instance: #!/bin/sh\n",
      "This does not look like a batch script. The first line must start with #! followed by the path to an interpreter.; For instance: #!/bin/sh",
    ],
    [
      1,
      "sbatch: error: Invalid generic resource (gres) specification\n",
      "Invalid generic resource (gres) specification",
    ],
    [
      1,
      'sbatch: fatal: x.sh: line 2: Unmatched `"` in [--comment="abc]\n',
      'x.sh: line 2: Unmatched `"` in [--comment="abc]',
    ],
  ])("exit code %d with %j is a refusal", (code, text, words) => {
    expect(classifyRefusal({ code, text })).toEqual({ is: "refused", text: words });
  });

  test.each([
    "Invalid account or account/partition combination specified",
    "Invalid qos specification",
    "Invalid wckey specification",
    "Invalid license specification",
    "Invalid generic resource (gres) specification",
    "Invalid feature specification",
    "Invalid job array specification",
    "Invalid time specified",
    "Invalid node name specified",
    "Invalid Trackable RESource (TRES) specification",
    "Requested node configuration is not available",
    "Memory required by task is not available",
    "More processors requested than permitted",
    "Node count specification invalid",
    "Requested time limit is invalid (missing or exceeds some limit)",
    "Job dependency problem",
    "Circular job dependency",
    "User's group not permitted to use this partition",
    "Access/permission denied",
    "Pathname of a file, directory or other parameter too long",
    "Requested reservation is invalid",
  ])("%s is a refusal", (words) => {
    expect(classifyRefusal({ code: 1, text: failed(words) }).is).toBe("refused");
  });

  test.each([
    "Socket timed out on send/recv operation",
    "Zero Bytes were transmitted or received",
    "Unexpected message received",
    "Unable to contact slurm controller (connect failure)",
    "Communication connection failure",
    "Slurm controller is in standby mode",
    "Resource temporarily unavailable",
    "I/O error writing script/environment to file",
    "Words of a release to come",
  ])("%s is unclear: the job may be in the queue", (words) => {
    expect(classifyRefusal({ code: 1, text: failed(words) })).toEqual({
      is: "unclear",
      text: `Batch job submission failed: ${words}`,
    });
  });

  test.each([2, 124, 137, 143, 254])("exit code %d is unclear, whatever the words", (code) => {
    expect(classifyRefusal({ code, text: failed("Invalid partition name specified") }).is).toBe("unclear");
  });

  const policy = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";

  test.each(["AssocMaxSubmitJobLimit", "QOSMaxSubmitJobPerUserLimit", "AssocGrpSubmitJobsLimit"])(
    "%s beside the words on policy is a limit",
    (limit) => {
      expect(classifyRefusal({ code: 1, text: `sbatch: error: ${limit}\n${failed(policy)}` })).toEqual({
        is: "limit",
        text: `${limit}; Batch job submission failed: ${policy}`,
      });
    },
  );

  test("another limit beside them is a refusal: the same job will never fit", () => {
    const text = `sbatch: error: QOSMaxWallDurationPerJobLimit\n${failed(policy)}`;
    expect(classifyRefusal({ code: 1, text }).is).toBe("refused");
  });

  test("policy without a named limit waits: a wait can be ended by a person, a refusal cannot", () => {
    expect(classifyRefusal({ code: 1, text: failed(policy) }).is).toBe("limit");
  });

  test("the last answer counts when sbatch asked again by itself", () => {
    const text = `${failed("Invalid partition name specified")}${failed("Socket timed out on send/recv operation")}`;
    expect(classifyRefusal({ code: 1, text }).is).toBe("unclear");
  });

  test("a refusal's words in another place refuse nothing", () => {
    const text = "sbatch: error: job_submit plugin: Invalid partition name? try again later\n";
    expect(classifyRefusal({ code: 1, text }).is).toBe("unclear");
  });

  test("lines that were joined on the way are taken apart", () => {
    const text =
      "sbatch: error: invalid partition specified: x sbatch: error: Batch job submission failed: Invalid partition name specified";
    expect(classifyRefusal({ code: 1, text }).is).toBe("refused");
  });

  test("silence is unclear and says so", () => {
    expect(classifyRefusal({ code: 1, text: "" })).toEqual({
      is: "unclear",
      text: "sbatch ended with exit code 1 and said nothing",
    });
  });

  test("the text is bounded", () => {
    expect(classifyRefusal({ code: 1, text: "x".repeat(100_000) }).text).toHaveLength(500);
  });
});

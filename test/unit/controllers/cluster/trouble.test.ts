import { expect, test } from "vitest";
import {
  type SlurmCluster,
  slurmCluster,
  slurmClusterDefinition,
} from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { PollFailure } from "../../../../src/backends/slurm/poll/failure.ts";
import { SlurmUnreachable } from "../../../../src/backends/slurm/session/unreachable.ts";
import { problemOf, slurmFailed } from "../../../../src/controllers/cluster/trouble.ts";

const metadata = {
  name: "c1",
  uid: "u",
  resourceVersion: "1",
  creationTimestamp: "2026-01-01T00:00:00Z",
};
const example = slurmCluster.parse({ ...slurmClusterDefinition.example, metadata });
const clusterWith = (binDirectory: string | undefined): SlurmCluster => {
  const { binDirectory: _other, ...spec } = example.spec;
  return { ...example, spec: binDirectory === undefined ? spec : { ...spec, binDirectory } };
};
const failed = (message: string, binDirectory?: string) =>
  problemOf(clusterWith(binDirectory), new PollFailure("SlurmFailed", message));

const contact = "slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)";

test("what Slurm says several times, and once cut off, is said once, with the cure", () => {
  expect(
    failed(`scontrol show config ended with 1: ${contact}\n${contact}\n${contact}\nslurm_load_c`),
  ).toEqual({
    policy: "waiting",
    reason: "SlurmFailed",
    message: `scontrol show config ended with 1: ${contact}; is slurmctld up (scontrol ping)? It is asked again`,
  });
});

test.each([
  [undefined, "if Slurm's commands are not in the usual places, set spec.binDirectory"],
  ["/opt/other/bin", "are Slurm's commands in spec.binDirectory /opt/other/bin?"],
])("commands that are not found lead to spec.binDirectory (now %s)", (binDirectory, cure) => {
  const said = "scontrol show config ended with 127: /bin/sh: 4: scontrol: not found";
  expect(failed(said, binDirectory)?.message).toBe(`${said}; ${cure}`);
});

test("where the login's own profile finds the commands is said as the value to set", () => {
  const error = new PollFailure("SlurmFailed", "scontrol ended with 127: scontrol: not found");
  const said = (binDirectory: string | undefined, elsewhere: string) =>
    slurmFailed(clusterWith(binDirectory), error, elsewhere).message;
  expect([said(undefined, "/sw/bin"), said("/opt/bin", "/sw/bin"), said("/sw/bin", "/sw/bin")]).toEqual([
    "scontrol ended with 127: scontrol: not found; Slurm's commands are not in the usual places; the login's own profile finds them in /sw/bin: set spec.binDirectory to that",
    "scontrol ended with 127: scontrol: not found; Slurm's commands are not in spec.binDirectory /opt/bin; the login's own profile finds them in /sw/bin: set spec.binDirectory to that",
    "scontrol ended with 127: scontrol: not found; are Slurm's commands in spec.binDirectory /sw/bin?",
  ]);
});

test("a login's shell that runs nothing is told apart from Slurm's commands", () => {
  expect(problemOf(clusterWith(undefined), new PollFailure("NoShell", "it said no"))).toEqual({
    policy: "waiting",
    reason: "ShellFailed",
    message: expect.stringMatching(/^it said no; give the login a shell that runs commands/u),
  });
});

test.each(["HostKeyMismatch", "HostKeyUnknown"] as const)(
  "%s is said in the session's own words, which name the cure",
  (kind) => {
    const text = "host key of a is x; put it into spec.ssh.knownHosts";
    expect(problemOf(clusterWith(undefined), new SlurmUnreachable(kind, text))).toEqual({
      policy: "waiting",
      reason: kind,
      message: text,
    });
  },
);

/** A fault that a test of its own plays at a chosen place, every time: what is drawn in rounds hits wherever it does. */
export interface NamedTest {
  readonly fault: string;
  /** Relative to test/. */
  readonly file: string;
  /** How its title begins, in the source. */
  readonly title: string;
}

const named = (fault: string, file: string, title: string): NamedTest => ({ fault, file, title });

export const namedTests: readonly NamedTest[] = [
  named(
    "the wrapper under dash, bash, bash --posix and busybox",
    "integration/dispatch/shells.test.ts",
    "every verb answers as the protocol says",
  ),
  named(
    "a text of the wrapper that is cut anywhere",
    "integration/dispatch/shells.test.ts",
    "a text that was cut anywhere runs nothing at all",
  ),
  named(
    "the launcher under dash, bash, bash --posix and busybox",
    "integration/dispatch/runs.test.ts",
    "the launcher itself runs under %s",
  ),
  named(
    "put racing void",
    "integration/dispatch/put.test.ts",
    "put and void at the same moment: what runs and what void said agree",
  ),
  named(
    "two puts of one token",
    "integration/dispatch/put.test.ts",
    "two puts of one token at once, from two connections, make one job",
  ),
  named(
    "a job sent twice on purpose",
    "integration/dispatch/put.test.ts",
    "a job sent twice runs once: the other ends at the fence with its own code and mark",
  ),
  named(
    "the operator killed at every step of a life",
    "chaos/steps.test.ts",
    "an operator killed at each step of a life",
  ),
  named(
    "the operator killed as it stores a retry, or opens the attempt",
    "e2e/retry.test.ts",
    "an operator that is killed as it stores a retry, or opens the attempt",
  ),
  named(
    "the connection cut in every range of bytes of a batch, either way",
    "chaos/cuts.test.ts",
    "the connection to %s is cut in every range of bytes of a batch",
  ),
  named(
    "hold, cancel, delete, deletion and creation anew, edits of spec, script and cluster, at three moments of a dispatch",
    "chaos/in-flight.test.ts",
    "a submission that is held, cancelled, edited, deleted or created anew",
  ),
  named(
    "an sbatch killed while slurmctld is frozen",
    "integration/dispatch/faults.test.ts",
    "an sbatch that is killed while slurmctld thinks is unclear",
  ),
  named(
    "the shell of a batch killed, its sbatch not",
    "integration/dispatch/faults.test.ts",
    "while an sbatch whose shell was killed lives on, nobody gets past the lock",
  ),
  named(
    "slurmctld frozen with our request in its backlog, for shorter and longer than the credential lives",
    "integration/dispatch/backlog.test.ts",
    "for %s its credential lives: the job comes late or never",
  ),
  named(
    "no bytes, no inodes and no quota left (EDQUOT of btrfs) while a job is put, fenced or started",
    "integration/dispatch/full-disk.test.ts",
    "while a job is put stops it before it is sent",
  ),
  named(
    "the cluster object leads to another cluster, and back",
    "e2e/clusters.test.ts",
    "a cluster object that leads elsewhere stops everything until it is put back",
  ),
  named(
    "the cluster object deleted under running jobs",
    "e2e/clusters.test.ts",
    "a deleted cluster stays until no live submission names it",
  ),
  named(
    "what Slurm has purged while nobody looked",
    "e2e/endings.test.ts",
    "a job that ended and was forgotten by Slurm while nobody looked",
  ),
];

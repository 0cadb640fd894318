import * as fc from "fast-check";
import type { Resources } from "../../../../../src/api/v1alpha1/resources.ts";

const quantity = fc.constantFrom("1Gi", "500M", "2Gi");
const memory = fc.constantFrom<Partial<Resources>>(
  {},
  { memory: "1Gi" },
  { memoryPerCpu: "500M" },
  { memoryPerGpu: "2Gi" },
);
const entries = fc.constantFrom(
  "--comment='a \"b\" #c'",
  "-N 2",
  "-n8",
  "--mail-type=BEGIN",
  "--mail-type=END",
  "--hint=nomultithread",
  "--threads-per-core=1",
  "--mem-per-cpu=300M",
  "--gres=gpu:1,nvme:2",
  "--requeue",
  "--no-requeue",
  "--oversubscribe",
  "--nice",
  "--nice=5",
  "--switches=2",
  "--kill-on-invalid-dep=no",
  "--cpus-per-gpu=2",
  "--ntasks-per-gpu=1",
  "--ignore-pbs",
  "--hold",
  "--core-spec=1",
  "--signal=B:USR1@60",
  "--exclusive=user",
);

/** Resources as a level may ask for, not always possible ones. */
export const arbitraryResources: fc.Arbitrary<Resources> = fc
  .tuple(
    fc.record<Resources>(
      {
        partition: fc.constantFrom("main", "short"),
        account: fc.constantFrom("a1", "a2"),
        nodes: fc.constantFrom({ min: 1 }, { min: 1, max: 2 }),
        tasks: fc.integer({ min: 4, max: 8 }),
        tasksPerNode: fc.integer({ min: 1, max: 3 }),
        cpusPerTask: fc.integer({ min: 1, max: 3 }),
        gpus: fc.record({
          count: fc.integer({ min: 1, max: 2 }),
          per: fc.constantFrom("Job", "Node", "Task"),
        }),
        timeLimitSeconds: fc.integer({ min: 1, max: 10_000 }),
        exclusive: fc.constantFrom("None", "Node", "User"),
        localDisk: quantity,
        licenses: fc.constantFrom(["x:1"], ["x:1", "y"]),
        array: fc.constantFrom("0-3", "1,5%2"),
        sbatch: fc.array(entries, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    memory,
  )
  .map(([resources, memory]) => ({ ...resources, ...memory }));

const lines = fc.constantFrom(
  "#SBATCH -N 2 --mem=4G  # mine",
  "#SBATCH --ntasks=6",
  "#SBATCH -t 5:30 -p short",
  "#SBATCH --gres=gpu:1,nvme:1 --mail-type=END",
  "#SBATCH -J",
  '#SBATCH "a name"',
  "#SBATCH --exclusive",
  "#SBATCH -s",
  "#SBATCH --comment='it\\'s'",
  "#SBATCH --mail-type=FAIL --mail-user=me",
  "#SBATCH --cpus-per-task=2 --hint=compute_bound",
  "#SBATCH --requeue",
  "#SBATCH --switches=1@10",
  "#SBATCH --kill-on-invalid-dep=yes",
  "#SBATCH hetjob",
  "#SBATCH",
  "# a comment",
  "",
  "#PBS -l walltime=9,mem=1gb -N pbs",
  "#PBS -W umask=027 -m ab",
  "#BSUB -W 8 -J bsub",
  "#SBATCH --hold --",
);

/** Job scripts of lines that sbatch takes one by one. */
export const arbitraryJobScript: fc.Arbitrary<string> = fc
  .array(lines, { maxLength: 6 })
  .map((lines) => `#!/bin/sh\n${lines.join("\n")}\ntrue\n`);

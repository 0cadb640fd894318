import type { Fault } from "../fault.ts";
import { apiFaults } from "./api.ts";
import { kubeFaults } from "./kube.ts";
import { operatorFaults } from "./operator.ts";
import { peopleFaults } from "./people.ts";
import { sbatchFaults } from "./sbatch.ts";
import { slurmFaults } from "./slurm.ts";
import { sshFaults } from "./ssh.ts";

/** Everything that can go wrong in a round. */
export const allFaults: readonly Fault[] = [
  ...sshFaults,
  ...operatorFaults,
  ...apiFaults,
  ...sbatchFaults,
  ...slurmFaults,
  ...kubeFaults,
  ...peopleFaults,
];

import type { Fault } from "../fault.ts";
import { apiFaults } from "./api.ts";
import { kubeFaults } from "./kube.ts";
import { operatorFaults } from "./operator.ts";
import { actFaults, peopleFaults } from "./people.ts";
import { sbatchFaults } from "./sbatch.ts";
import { siteFaults } from "./site.ts";
import { slurmFaults } from "./slurm.ts";
import { sshFaults } from "./ssh.ts";

/** Everything that a round can be made to suffer. */
export const drawnFaults: readonly Fault[] = [
  ...sshFaults,
  ...operatorFaults,
  ...apiFaults,
  ...sbatchFaults,
  ...slurmFaults,
  ...siteFaults,
  ...kubeFaults,
  ...peopleFaults,
];

/** Everything that is counted. */
export const allFaults: readonly Fault[] = [...drawnFaults, ...actFaults];

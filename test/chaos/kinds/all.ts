import type { Fault } from "../fault.ts";
import { accountingFaults } from "./accounting.ts";
import { apiFaults } from "./api.ts";
import { clockFaults } from "./clocks.ts";
import { clusterDeletedFaults } from "./cluster-deleted.ts";
import { forgetfulFaults } from "./forgetful.ts";
import { kubeFaults } from "./kube.ts";
import { oddProgramFaults } from "./odd-programs.ts";
import { operatorFaults } from "./operator.ts";
import { actFaults, peopleFaults } from "./people.ts";
import { sbatchFaults } from "./sbatch.ts";
import { siteFaults } from "./site.ts";
import { slurmFaults } from "./slurm.ts";
import { sshFaults } from "./ssh.ts";
import { workDirectoryFaults } from "./work-directory.ts";

/** Everything that a round can be made to suffer. */
export const drawnFaults: readonly Fault[] = [
  ...sshFaults,
  ...operatorFaults,
  ...apiFaults,
  ...sbatchFaults,
  ...slurmFaults,
  ...accountingFaults,
  ...oddProgramFaults,
  ...clockFaults,
  ...forgetfulFaults,
  ...siteFaults,
  ...workDirectoryFaults,
  ...kubeFaults,
  ...peopleFaults,
  ...clusterDeletedFaults,
];

/** Everything that is counted. */
export const allFaults: readonly Fault[] = [...drawnFaults, ...actFaults];

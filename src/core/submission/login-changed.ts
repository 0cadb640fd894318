import { type Problem, waiting } from "../problem.ts";
import { reasons } from "./reasons.ts";

/** A job can be asked for and cancelled only as the login that sent it. */
export const loginChanged = (cluster: string, user: string): Problem =>
  waiting(
    reasons.LoginChanged,
    `the job was sent as ${user}, and no tenant of SlurmCluster "${cluster}" has that login any more; put it back until the job is over`,
  );

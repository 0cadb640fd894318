import type { MutantName } from "./names.ts";

/** A mutant of the model that no course plays. */
export interface Listed {
  readonly name: MutantName;
  readonly why: string;
  /** The test nearest to it; absent where there is nothing to test. */
  readonly test?: string;
}

/** "Nothing found": the model itself finds no harm in it, as the marks are shared with the compute nodes (docs/adr/0004). */
export const listed: readonly Listed[] = [
  {
    name: "M_NOVOID",
    why: "nothing runs: a put that comes after void sends a job that the fence turns away, and all that the model finds is that it was sent; that it is not is tested where the wrapper is",
    test: "test/integration/dispatch/shells.test.ts",
  },
  {
    name: "M_NOINHERIT",
    why: "nothing runs, for the same reason; that an sbatch keeps the lock whose shell was killed is tested where the wrapper is",
    test: "test/integration/dispatch/faults.test.ts",
  },
  {
    name: "M_NOTTL",
    why: "no counterpart: nothing is concluded from the life of a credential where the marks are shared",
  },
  {
    name: "M_ONEANSWER",
    why: "no counterpart: nothing is concluded from two answers of squeue where the fence can be taken",
  },
  {
    name: "M_NOSECONDLOOK",
    why: "no counterpart: the second look at an end is for marks that are not shared; here the close stands for it",
  },
  {
    name: "M_NOVOIDFENCE",
    why: "nothing found: it is the slower repair (void first, then absence by time), and no absence by time is built",
  },
  {
    name: "M_CANCELBYID",
    why: "nothing found: only slower; here jobs are never cancelled by a stored id",
  },
];

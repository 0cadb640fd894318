import { cases } from "../../e2e/states/cases.ts";
import { rowOf, type StateId } from "../../e2e/states/table.ts";

/** Where a row is seen to hold: on Slurm of the lab, or on rows as Slurm writes them. */
export type Shown =
  { readonly on: "Slurm"; readonly file: string; readonly title: string } | { readonly on: "rows" };

export function shownBy(id: StateId): Shown {
  const { inEndings } = rowOf(id);
  if (inEndings !== undefined) return { on: "Slurm", file: "endings.test.ts", title: inEndings };
  const title = cases.find(({ rows }) => rows.includes(id))?.title;
  return title === undefined ? { on: "rows" } : { on: "Slurm", file: "states.test.ts", title };
}

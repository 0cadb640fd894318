/**
 * The releases whose reading was measured. They differ in options, in a few values and in what a backslash does to a blank.
 * The text of a release orders as the release does.
 */
export const releases = ["22.05", "24.11"] as const;
export type Release = (typeof releases)[number];

export const newestRelease: Release = "24.11";

/** The measured release that reads as the given version of Slurm (`22.05.8`, `24.11.5`) does, as far as known: the newest that is not newer. */
export function releaseOf(version: string): Release {
  const [year = "", month = ""] = version.split(".");
  const release = `${year.padStart(2, "0")}.${month.padStart(2, "0")}`;
  return releases.findLast((measured) => measured <= release) ?? "22.05";
}

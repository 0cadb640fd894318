import { describe, expect, it } from "vitest";
import { clusterReasons } from "../../../src/core/cluster/reasons.ts";
import { scriptReasons } from "../../../src/core/jobscript/reasons.ts";
import { launcherCodes } from "../../../src/core/slurm/launcher/layout.ts";
import { reasons } from "../../../src/core/submission/reasons.ts";
import { templateReasons } from "../../../src/core/template/reasons.ts";
import { readText } from "./manifests.ts";

const page = readText("docs/troubleshooting.md");
const sections = new Map(
  page.split(/^## /mu).map((section) => [section.slice(0, section.indexOf("\n")), section]),
);

/** The words in the first column of a section's tables. */
const listedIn = (title: string): Set<string> =>
  new Set(
    [...(sections.get(title) ?? "").matchAll(/^\| *(`[^|]*) \|/gmu)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([A-Za-z]+)`/gu)].map(([, word = ""]) => word),
    ),
  );

const missing = (title: string, words: readonly string[]): string[] =>
  words.filter((word) => !listedIn(title).has(word));

describe("the troubleshooting page", () => {
  it("explains every reason of a JobSubmission", () => {
    expect(missing("JobSubmission", Object.values(reasons))).toEqual([]);
  });

  it("explains every reason of a JobScript and its template", () => {
    const inTemplates = new Set<string>([templateReasons.valid, templateReasons.invalidParameters]);
    const words = [...Object.values(scriptReasons), ...Object.values(templateReasons)];
    expect(
      missing(
        "JobScript",
        words.filter((word) => !inTemplates.has(word)),
      ),
    ).toEqual([]);
    expect(missing("JobTemplate", [...inTemplates])).toEqual([]);
  });

  it("explains every reason of a SlurmCluster", () => {
    expect(missing("SlurmCluster", Object.values(clusterReasons))).toEqual([]);
  });

  it("names no reason that is not there", () => {
    // What a live job is called follows Slurm's state.
    const ofStates = { pending: "JobPending", running: "JobRunning", suspended: "JobSuspended" };
    const known = new Set<string>(
      [reasons, scriptReasons, templateReasons, clusterReasons, ofStates].flatMap((each) =>
        Object.values(each),
      ),
    );
    const named = ["JobSubmission", "JobScript", "JobTemplate", "SlurmCluster"].flatMap((title) => [
      ...listedIn(title),
    ]);
    expect(named.filter((word) => !known.has(word))).toEqual([]);
  });

  it("explains the launcher's own exit codes", () => {
    const listed = [...page.matchAll(/^\| *(\d{3}) *\|/gmu)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(launcherCodes));
  });
});

import { describe, expect, it } from "vitest";
import { jobSubmissionSpec } from "../../../src/api/v1alpha1/job-submission.ts";
import { jobTemplateSpec } from "../../../src/api/v1alpha1/job-template.ts";
import { planScript } from "../../../src/core/jobscript/plan-script.ts";
import { checkTemplate } from "../../../src/core/template/template-check.ts";
import { loadSource } from "../../../src/core/template/source.ts";
import { readManifests, readText } from "./manifests.ts";

const read = (path: string) => readManifests(path, readText(`examples/silicon/${path}`));

const templates = new Map(
  read("templates.yaml").map(({ manifest }) => [
    manifest.metadata?.name ?? "",
    jobTemplateSpec.parse(manifest["spec"]),
  ]),
);
const templateOf = (name: string) => {
  const spec = templates.get(name);
  if (spec === undefined) throw new Error(`templates.yaml has no JobTemplate ${name}`);
  return { name, generation: 1, spec };
};

/** What kustomization.yaml makes of the Python files. */
const pythonFiles = ["eos.py", "birch_murnaghan.py", "energy_curve.py"];
const configMaps = new Map([
  [
    "silicon-eos",
    {
      data: Object.fromEntries(pythonFiles.map((name) => [name, readText(`examples/silicon/${name}`)])),
      binaryData: {},
    },
  ],
]);

/** The script that a submission of the example would run. */
function plan(path: string, changed: Readonly<Record<string, string>> = {}) {
  const [placed] = read(path);
  const source = jobSubmissionSpec.parse(placed?.manifest["spec"]).from.template;
  if (source === undefined) throw new Error(`${path} is not from a template`);
  const parameters = [
    ...(source.parameters ?? []).filter(({ name }) => !(name in changed)),
    ...Object.entries(changed).map(([name, value]) => ({ name, value })),
  ];
  const spec = { from: { template: { ...source, parameters } } };
  return planScript({ spec, template: templateOf(source.name), configMaps });
}

const planned = (path: string, changed?: Readonly<Record<string, string>>) => {
  const outcome = plan(path, changed);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
};

describe("the templates of the silicon example", () => {
  it.each([...templates.keys()])("%s is valid", (name) => {
    const { spec } = templateOf(name);
    const loaded = loadSource(spec, configMaps);
    expect(loaded).toMatchObject({ ok: true });
    expect(loaded.ok ? checkTemplate(spec, loaded.value) : loaded.problem).toEqual([]);
  });

  it("run seven volumes as an array by default, without a warning", () => {
    const { reading } = planned("scf.yaml");
    expect(reading.warnings).toEqual([]);
    expect(reading.directives).toEqual([
      { option: "job-name", value: "silicon-scf", line: 2 },
      { option: "array", value: "0-6%2", line: 3 },
    ]);
  });

  it("put cutoff and mesh into the input of pw.x", () => {
    const { script } = planned("scf.yaml", { points: "11", cutoff: "60", kpoints: "8" });
    const [input] = script.supportFiles;
    const text = Buffer.from(input?.base64 ?? "", "base64").toString("utf8");
    expect(script.entrypoint.text).toContain("#SBATCH --array=0-10%2\n");
    expect(text).toContain("ecutwfc = 60\n");
    expect(text).toMatch(/^ {2}8 8 8 1 1 1$/mu);
  });

  it.each([
    { changed: { cutoff: "1200" }, message: /"cutoff": "1200" is above the maximum 120/u },
    { changed: { lattice_min: "5,25" }, message: /"lattice_min"/u },
    { changed: { pseudopotential: "/tmp/$(id)" }, message: /"pseudopotential"/u },
    { changed: { k_points: "4" }, message: /"k_points": the template has no such parameter/u },
  ])("refuse $changed", ({ changed, message }) => {
    const outcome = plan("scf.yaml", changed);
    expect(outcome.ok ? "" : outcome.problem.message).toMatch(message);
  });

  it("take the Python files as they are", () => {
    const { script, reading } = planned("eos.yaml");
    expect(script.entrypoint).toEqual({ name: "eos.py", text: readText("examples/silicon/eos.py") });
    expect(script.supportFiles.map(({ path }) => path)).toEqual(["birch_murnaghan.py", "energy_curve.py"]);
    expect(reading).toEqual({ directives: [], warnings: [] });
  });
});

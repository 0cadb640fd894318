import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasPython, runPython } from "./python.ts";

/** pw.x 6.7 with Si.pz-vbc.UPF, 40 Ry, shifted 4x4x4 mesh: lattice constant (Angstrom), volume (bohr^3), energy (Ry). */
const computed: readonly (readonly [number, number, number])[] = [
  [5.25, 244.1263, -15.84645846],
  [5.3, 251.1679, -15.85018452],
  [5.35, 258.3437, -15.85234766],
  [5.4, 265.6549, -15.8530657],
  [5.45, 273.1028, -15.85246389],
  [5.5, 280.6885, -15.85065244],
  [5.55, 288.4135, -15.84773938],
];

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "batchwright-eos-"));
  mkdirSync(join(home, "points"));
  mkdirSync(join(home, "output"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function leavePoint(index: number, change: Readonly<Record<string, unknown>> = {}): void {
  const [lattice_constant, volume, energy] = computed[index] ?? [];
  const point = {
    lattice_constant,
    volume,
    energy,
    points: computed.length,
    series: "as computed",
    ...change,
  };
  writeFileSync(join(home, "points", `point-${String(index)}.json`), JSON.stringify(point));
}

/** Runs the entrypoint as a job does. */
const runEntrypoint = () =>
  runPython(["eos.py"], {
    env: {
      HOME: home,
      PARAM_results: "points",
      JOB_OUTPUT_DIR: join(home, "output"),
      JOB_OUTPUTS: join(home, "outputs"),
    },
  });

describe.skipIf(!hasPython)("the entrypoint of silicon-eos", () => {
  it("reports lattice constant, bulk modulus and energies of the points", () => {
    computed.forEach((_, index) => {
      leavePoint(index);
    });
    expect(runEntrypoint()).toEqual({
      code: 0,
      stdout: "a = 5.4015 Angstrom, B = 94.37 GPa, B' = 4.16\n",
      stderr: "",
    });
    expect(readFileSync(join(home, "outputs"), "utf8")).toBe(
      [
        "lattice_constant=5.4015",
        "bulk_modulus=94.37",
        "bulk_modulus_derivative=4.16",
        "fit_error=0.0015",
        `energies=${JSON.stringify(computed.map(([lattice, , energy]) => [lattice, energy])).replaceAll(",", ", ")}`,
        "",
      ].join("\n"),
    );
  });

  it("leaves a summary, the data of the plot and the plot", () => {
    computed.forEach((_, index) => {
      leavePoint(index);
    });
    runEntrypoint();
    const output = (name: string) => readFileSync(join(home, "output", name), "utf8");
    expect(readdirSync(join(home, "output")).sort()).toEqual(["eos.dat", "eos.json", "eos.svg"]);
    expect(JSON.parse(output("eos.json"))).toMatchObject({ lattice_constant: 5.4015, bulk_modulus: 94.37 });
    const [points, curve] = output("eos.dat").split("\n\n\n");
    expect(points?.split("\n").slice(1)).toEqual(
      computed.map(([, volume, energy]) => `${volume.toFixed(4)} ${energy.toFixed(8)}`),
    );
    expect(curve?.trimEnd().split("\n")).toHaveLength(102);
    expect(output("eos.svg").match(/<circle /gu)).toHaveLength(computed.length + 1);
  });

  it("refuses points of different series", () => {
    computed.forEach((_, index) => {
      leavePoint(index, index === 3 ? { series: "at another cutoff" } : {});
    });
    const { code, stderr } = runEntrypoint();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^silicon-eos: .* holds points of different series \(as computed.*at another cutoff.*\); give each series a directory of its own\n$/u,
    );
  });

  it("refuses a series of which a point is missing", () => {
    [0, 1, 2, 4, 5, 6].forEach((index) => {
      leavePoint(index);
    });
    const { code, stderr } = runEntrypoint();
    expect(code).toBe(1);
    expect(stderr).toContain("holds 6 of 7 points; look which tasks of silicon-scf failed");
  });

  it("says where it looked when there are no points", () => {
    const { code, stderr } = runEntrypoint();
    expect(code).toBe(1);
    expect(stderr).toContain(`no point-*.json in ${join(home, "points")}; set parameter results`);
  });
});

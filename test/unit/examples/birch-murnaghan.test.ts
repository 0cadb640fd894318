import { describe, expect, it } from "vitest";
import { z } from "zod";
import { hasPython, runPython } from "./python.ts";

interface Crystal {
  /** bohr^3. */
  readonly volume: number;
  /** Ry. */
  readonly energy: number;
  /** GPa. */
  readonly modulus: number;
  readonly derivative: number;
}

/** GPa for a Ry/bohr^3, from CODATA 2022. */
const gpa = (2.179872361103e-18 / 0.529177210544e-10 ** 3) * 1e-9;

/** The equation as Birch wrote it down, not as the fit uses it. */
function birchMurnaghan({ volume: v0, energy, modulus, derivative }: Crystal, volume: number): number {
  const strain = (v0 / volume) ** (2 / 3) - 1;
  const stiffness = (9 * v0 * modulus) / gpa / 16;
  return energy + stiffness * (strain ** 3 * derivative + strain ** 2 * (6 - 4 * (strain + 1)));
}

const range = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));

const fitted = z.object({
  volume: z.number(),
  energy: z.number(),
  bulk_modulus: z.number(),
  bulk_modulus_derivative: z.number(),
  rms_error: z.number(),
});

const program = `
import dataclasses, json, sys
from birch_murnaghan import fit
print(json.dumps(dataclasses.asdict(fit(*json.load(sys.stdin)))))
`;

const runFit = (volumes: readonly number[], energies: readonly number[]) =>
  runPython(["-c", program], { input: JSON.stringify([volumes, energies]) });

function fit(volumes: readonly number[], energies: readonly number[]) {
  const { code, stdout, stderr } = runFit(volumes, energies);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return fitted.parse(JSON.parse(stdout));
}

const silicon: Crystal = { volume: 265.88, energy: -15.8507, modulus: 94.4, derivative: 4.16 };
const crystals: readonly (Crystal & { name: string })[] = [
  { name: "silicon", ...silicon },
  { name: "diamond", volume: 75.1, energy: -22.8, modulus: 443, derivative: 3.6 },
  { name: "sodium", volume: 224, energy: -93.5, modulus: 7.7, derivative: 3.7 },
  // B' = 4 makes the cubic a parabola: its third coefficient vanishes.
  { name: "a solid of second order", volume: 150, energy: -7, modulus: 50, derivative: 4 },
];

describe.skipIf(!hasPython)("the fit of the silicon example", () => {
  it.each(crystals)("gives $name back from energies that follow the equation", (crystal) => {
    const volumes = range(0.92 * crystal.volume, 1.09 * crystal.volume, 7);
    const eos = fit(
      volumes,
      volumes.map((volume) => birchMurnaghan(crystal, volume)),
    );
    expect(eos.volume).toBeCloseTo(crystal.volume, 6);
    expect(eos.energy).toBeCloseTo(crystal.energy, 10);
    expect(eos.bulk_modulus).toBeCloseTo(crystal.modulus, 5);
    expect(eos.bulk_modulus_derivative).toBeCloseTo(crystal.derivative, 4);
    expect(eos.rms_error).toBeLessThan(1e-12);
  });

  it("moves little when the last printed digit of an energy is wrong", () => {
    const volumes = range(244, 288, 7);
    const energies = volumes.map(
      (volume, index) => birchMurnaghan(silicon, volume) + (index % 2 === 0 ? 1e-8 : -1e-8),
    );
    const eos = fit(volumes, energies);
    expect(Math.abs(eos.volume - silicon.volume)).toBeLessThan(1e-3);
    expect(Math.abs(eos.bulk_modulus - silicon.modulus)).toBeLessThan(1e-2);
    expect(eos.rms_error).toBeGreaterThan(1e-9);
  });

  it.each([
    {
      why: "a minimum outside of the volumes",
      volumes: range(200, 240, 7),
      message: /outside of the volumes/u,
    },
    { why: "three volumes", volumes: [240, 260, 280], message: /at least 4/u },
  ])("refuses $why", ({ volumes, message }) => {
    const run = runFit(
      volumes,
      volumes.map((volume) => birchMurnaghan(silicon, volume)),
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(message);
  });

  it("refuses energies without a valley", () => {
    const volumes = range(244, 288, 7);
    const run = runFit(
      volumes,
      volumes.map((volume) => -((volume - 266) ** 2)),
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/do not have a minimum|outside of the volumes/u);
  });
});

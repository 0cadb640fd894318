#!/usr/bin/env python3
"""Equation of state of silicon from the points that silicon-scf left: lattice constant, bulk modulus, curve."""

import json
import os
import sys
from pathlib import Path

from birch_murnaghan import BOHR_ANGSTROM, EquationOfState, NoMinimum, fit
from energy_curve import draw


class UnusablePoints(ValueError):
    """The results directory does not hold one whole series."""


def main() -> None:
    try:
        points = read_points(Path.home() / os.environ["PARAM_results"])
        eos = fit([point["volume"] for point in points], [point["energy"] for point in points])
    except (UnusablePoints, NoMinimum) as problem:
        sys.exit(f"silicon-eos: {problem}")
    results = summarise(eos, points)
    write_files(Path(os.environ["JOB_OUTPUT_DIR"]), eos, points, results)
    with open(os.environ["JOB_OUTPUTS"], "a", encoding="utf-8") as outputs:
        for name, value in results.items():
            outputs.write(f"{name}={value if isinstance(value, str) else json.dumps(value)}\n")
    print("a = {lattice_constant} Angstrom, B = {bulk_modulus} GPa, B' = {bulk_modulus_derivative}".format(**results))


def read_points(directory: Path) -> list[dict]:
    """The points by rising volume. Raises UnusablePoints unless they are one series, and all of it."""
    points = [json.loads(path.read_text(encoding="utf-8")) for path in directory.glob("point-*.json")]
    if not points:
        raise UnusablePoints(
            f"no point-*.json in {directory}; set parameter results to the directory that silicon-scf wrote to"
        )
    series = sorted({f"{point['series']}, {point['points']} points" for point in points})
    if len(series) > 1:
        raise UnusablePoints(
            f"{directory} holds points of different series ({'; '.join(series)}); give each series a directory of its own"
        )
    if len(points) != points[0]["points"]:
        raise UnusablePoints(
            f"{directory} holds {len(points)} of {points[0]['points']} points; look which tasks of silicon-scf failed"
        )
    return sorted(points, key=lambda point: point["volume"])


def summarise(eos: EquationOfState, points: list[dict]) -> dict:
    return {
        "lattice_constant": round(lattice_constant(eos.volume), 4),
        "bulk_modulus": round(eos.bulk_modulus, 2),
        "bulk_modulus_derivative": round(eos.bulk_modulus_derivative, 2),
        "fit_error": round(eos.rms_error * 1e3, 5),
        "energies": json.dumps([[point["lattice_constant"], point["energy"]] for point in points]),
    }


def lattice_constant(volume: float) -> float:
    """Of the cubic cell, in Angstrom: it holds four of the primitive cells, whose volume is in bohr^3."""
    return (4 * volume) ** (1 / 3) * BOHR_ANGSTROM


def write_files(directory: Path, eos: EquationOfState, points: list[dict], results: dict) -> None:
    measured = [(point["volume"], point["energy"]) for point in points]
    first, last = measured[0][0], measured[-1][0]
    volumes = [first + (last - first) * step / 100 for step in range(101)]
    fitted = [(volume, eos.energy_at(volume)) for volume in volumes]
    summary = {
        **results,
        "energies": json.loads(results["energies"]),
        "volume_bohr3": round(eos.volume, 4),
        "energy_ry": round(eos.energy, 8),
        "series": points[0]["series"],
    }
    (directory / "eos.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    # Two blocks, as gnuplot's `index` takes them.
    blocks = [block_of("pw.x", measured), block_of("Birch-Murnaghan", fitted)]
    (directory / "eos.dat").write_text("\n\n".join(blocks), encoding="utf-8")
    title = f"Silicon: a = {results['lattice_constant']:.3f} Å, B = {results['bulk_modulus']:.1f} GPa"
    (directory / "eos.svg").write_text(draw(title, measured, fitted, (eos.volume, eos.energy)), encoding="utf-8")


def block_of(name: str, points: list[tuple[float, float]]) -> str:
    lines = [f"{volume:.4f} {energy:.8f}\n" for volume, energy in points]
    return f"# {name}: volume (bohr^3), energy (Ry)\n" + "".join(lines)


if __name__ == "__main__":
    main()

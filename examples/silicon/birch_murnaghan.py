"""Third-order Birch-Murnaghan equation of state, fitted by linear least squares.

F. Birch, Phys. Rev. 71, 809 (1947). With x = V^(-2/3) the energy E(V) is a cubic polynomial in x, so the fit is linear:
it has one solution, needs no starting guess and cannot get stuck. Standard library only.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

# CODATA 2022 (SI).
BOHR_ANGSTROM = 0.529177210544
RYDBERG_JOULE = 2.1798723611030e-18
GPA_PER_RYDBERG_PER_BOHR3 = RYDBERG_JOULE / (BOHR_ANGSTROM * 1e-10) ** 3 * 1e-9


class NoMinimum(ValueError):
    """The energies have no minimum within the volumes."""


@dataclass(frozen=True)
class EquationOfState:
    """Volume in bohr^3 and energies in Ry, both of the primitive cell; bulk modulus in GPa."""

    volume: float
    energy: float
    bulk_modulus: float
    bulk_modulus_derivative: float
    rms_error: float
    centre: float
    coefficients: tuple[float, float, float, float]

    def energy_at(self, volume: float) -> float:
        return evaluate(self.coefficients, volume ** (-2 / 3) - self.centre)


def fit(volumes: list[float], energies: list[float]) -> EquationOfState:
    """Raises NoMinimum, or ValueError for fewer than four different volumes."""
    if len(set(volumes)) < 4:
        raise ValueError(f"{len(set(volumes))} different volumes; four coefficients need at least 4, better 7")
    xs = [volume ** (-2 / 3) for volume in volumes]
    # Around the centre the powers of x are small and the polynomial loses no digits.
    centre = sum(xs) / len(xs)
    coefficients = least_squares([x - centre for x in xs], energies)
    volume = minimum(coefficients, centre)
    if not min(volumes) < volume < max(volumes):
        raise NoMinimum(
            f"the fitted minimum, {volume:.2f} bohr^3, is outside of the volumes {min(volumes):.2f} to {max(volumes):.2f}"
            " bohr^3; move lattice_min or lattice_max of silicon-scf so that they enclose it"
        )
    modulus, derivative = elastic(coefficients, centre, volume)
    errors = [evaluate(coefficients, x - centre) - energy for x, energy in zip(xs, energies)]
    return EquationOfState(
        volume=volume,
        energy=evaluate(coefficients, volume ** (-2 / 3) - centre),
        bulk_modulus=modulus * GPA_PER_RYDBERG_PER_BOHR3,
        bulk_modulus_derivative=derivative,
        rms_error=math.sqrt(sum(error**2 for error in errors) / len(errors)),
        centre=centre,
        coefficients=coefficients,
    )


def least_squares(xs: list[float], ys: list[float]) -> tuple[float, float, float, float]:
    """Coefficients c0..c3 of the cubic that comes nearest to the points.

    The normal equations are solved in exact fractions: they are notorious for what they lose in floating point.
    """
    powers = [[Fraction(x) ** power for power in range(4)] for x in xs]
    matrix = [[sum(row[i] * row[j] for row in powers) for j in range(4)] for i in range(4)]
    right = [sum(row[i] * Fraction(y) for row, y in zip(powers, ys)) for i in range(4)]
    c0, c1, c2, c3 = (float(value) for value in solve(matrix, right))
    return c0, c1, c2, c3


def solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Gaussian elimination; exact. The matrix is positive definite, so no pivot is zero."""
    rows = [[*row, value] for row, value in zip(matrix, right)]
    for pivot in range(len(rows)):
        for lower in range(pivot + 1, len(rows)):
            factor = rows[lower][pivot] / rows[pivot][pivot]
            rows[lower] = [a - factor * b for a, b in zip(rows[lower], rows[pivot])]
    solution: list[Fraction] = []
    for index in reversed(range(len(rows))):
        known = sum((a * b for a, b in zip(rows[index][index + 1 : -1], solution)), Fraction(0))
        solution.insert(0, (rows[index][-1] - known) / rows[index][index])
    return solution


def evaluate(coefficients: tuple[float, float, float, float], u: float) -> float:
    c0, c1, c2, c3 = coefficients
    return c0 + u * (c1 + u * (c2 + u * c3))


def minimum(coefficients: tuple[float, float, float, float], centre: float) -> float:
    """Volume where dE/dx = 0 and the curvature is positive."""
    _, c1, c2, c3 = coefficients
    discriminant = c2**2 - 3 * c1 * c3
    if discriminant < 0 or c2 + math.sqrt(discriminant) <= 0:
        raise NoMinimum("the energies do not have a minimum: they have no valley in the volume")
    # This form of the root stays exact as c3 goes to 0, where the cubic becomes a parabola.
    x = centre - c1 / (c2 + math.sqrt(discriminant))
    if x <= 0:
        raise NoMinimum("the energies fall as the volume grows, without end")
    return x ** (-3 / 2)


def elastic(coefficients: tuple[float, float, float, float], centre: float, volume: float) -> tuple[float, float]:
    """Bulk modulus B = V E'' in Ry/bohr^3, and its pressure derivative B' = -1 - V E'''/E'', at the minimum."""
    _, _, c2, c3 = coefficients
    second_x = 2 * c2 + 6 * c3 * (volume ** (-2 / 3) - centre)
    x_v = -2 / 3 * volume ** (-5 / 3)
    x_vv = 10 / 9 * volume ** (-8 / 3)
    second = second_x * x_v**2
    third = 6 * c3 * x_v**3 + 3 * second_x * x_v * x_vv
    return volume * second, -1 - volume * third / second

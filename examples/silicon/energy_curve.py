"""The energy-volume curve as an SVG picture. Standard library only."""

import math
from html import escape

Point = tuple[float, float]

WIDTH, HEIGHT = 720, 460
LEFT, RIGHT, TOP, BOTTOM = 92, 24, 56, 64


def draw(title: str, measured: list[Point], fitted: list[Point], minimum: Point) -> str:
    """Volumes in bohr^3 and energies in Ry; the energy axis shows mRy above the minimum."""
    dots, line, lowest = (above(minimum[1], points) for points in (measured, fitted, [minimum]))
    x_ticks = ticks(min(x for x, _ in dots), max(x for x, _ in dots))
    y_ticks = ticks(0.0, max(y for _, y in dots))
    place = placing((x_ticks[0], x_ticks[-1]), (y_ticks[0], y_ticks[-1]))
    foot = place((lowest[0][0], y_ticks[0]))
    curve = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, line))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="14">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            text((WIDTH / 2, 32), title, size=18),
            *(grid_line(place((x, y_ticks[0])), place((x, y_ticks[-1])), f"{x:g}", (0, 22)) for x in x_ticks),
            *(grid_line(place((x_ticks[0], y)), place((x_ticks[-1], y)), f"{y:g}", (-24, 5)) for y in y_ticks),
            f'<path d="M{foot[0]:.1f},{foot[1]:.1f} V{TOP}" stroke="#999" stroke-dasharray="4 4"/>',
            f'<polyline fill="none" stroke="#1f5fa8" stroke-width="2" points="{curve}"/>',
            *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#d1495b"/>' for x, y in map(place, dots)),
            text((WIDTH / 2, HEIGHT - 16), "volume of the primitive cell (bohr³)"),
            text((24, HEIGHT / 2), "energy above the minimum (mRy)", rotate=True),
            *legend(foot[0]),
            "</svg>",
            "",
        ]
    )


def above(zero: float, points: list[Point]) -> list[Point]:
    return [(volume, (energy - zero) * 1e3) for volume, energy in points]


def ticks(low: float, high: float) -> list[float]:
    """Round numbers, about six of them, that enclose low and high."""
    raw = (high - low) / 5
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, last + 1)]


def placing(xs: Point, ys: Point):
    """From data to pixels."""
    x_scale = (WIDTH - LEFT - RIGHT) / (xs[1] - xs[0])
    y_scale = (HEIGHT - TOP - BOTTOM) / (ys[1] - ys[0])
    return lambda point: (LEFT + (point[0] - xs[0]) * x_scale, HEIGHT - BOTTOM - (point[1] - ys[0]) * y_scale)


def grid_line(start: Point, end: Point, label: str, offset: Point) -> str:
    line = f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="#e3e3e3"/>'
    return line + text((start[0] + offset[0], start[1] + offset[1]), label)


def legend(dashed: float) -> list[str]:
    """Beside the dashed line at the minimum, where the curve leaves room: right of it, or left if there is more."""
    x = dashed + 32 if dashed <= (LEFT + WIDTH - RIGHT) / 2 + 60 else dashed - 260
    y = TOP + 18
    return [
        f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="#d1495b"/>',
        f'<text x="{x + 14:.1f}" y="{y + 5}">pw.x</text>',
        f'<line x1="{x - 8:.1f}" y1="{y + 22}" x2="{x + 8:.1f}" y2="{y + 22}" stroke="#1f5fa8" stroke-width="2"/>',
        f'<text x="{x + 14:.1f}" y="{y + 27}">Birch-Murnaghan, third order</text>',
    ]


def text(at: Point, words: str, size: int = 14, rotate: bool = False) -> str:
    turn = f' transform="rotate(-90 {at[0]:.1f} {at[1]:.1f})"' if rotate else ""
    return f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="middle" font-size="{size}"{turn}>{escape(words)}</text>'

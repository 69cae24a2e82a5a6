"""Classes of a choropleth: their limits and colours, the same on map, legend, document and wall."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CLASSES = 5
CIVIDIS = ("#00224e", "#434e6c", "#7d7c78", "#bcae6c", "#fee838")
"""Five steps of cividis (d3-scale-chromatic): told apart by the colour-blind and in grey print, dark to light."""

INKS = ("#ffffff", "#12263a")


@dataclass(frozen=True)
class Class:
    """One class: the least and the greatest value in it, how many units, its colour, and the ink that reads on it."""

    low: float
    high: float
    count: int
    color: str
    ink: str


def breaks(values: Sequence[float]) -> list[float]:
    """Class limits at equal counts of units; fewer classes for fewer values.

    Where some units have nothing of what others have, zero is a class of its own, the lowest: it is not "few".
    """
    some = [v for v in values if v != 0]
    if not some:
        return []
    alone = len(some) < len(values) and min(some) > 0
    steps = CLASSES - 1 if alone else CLASSES
    cuts = np.quantile(np.array(some), np.linspace(0, 1, steps + 1)[1:-1])
    limits = np.unique(np.round([min(some), *cuts] if alone else cuts, 6))
    return [float(c) for c in limits if min(values) < c <= max(values)]


def classes(values: Sequence[float]) -> list[Class]:
    """The classes of these values, lowest first, each with the values it really has."""
    limits = breaks(values)
    colors = class_colors(len(limits) + 1)
    members: list[list[float]] = [[] for _ in colors]
    for value in values:
        members[class_of(value, limits)].append(value)
    return [Class(min(m), max(m), len(m), color, ink_on(color)) for m, color in zip(members, colors, strict=True) if m]


def ink_on(color: str) -> str:
    """The ink that reads better on a colour."""
    ground = luminance(color)
    return max(INKS, key=lambda ink: abs(np.log((luminance(ink) + 0.05) / (ground + 0.05))))


def luminance(color: str) -> float:
    """Relative luminance (WCAG) of #rrggbb, 0 to 1."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def class_of(value: float, limits: Sequence[float]) -> int:
    """The class of a value, 0 the lowest: how many limits it has reached."""
    return sum(value >= limit for limit in limits)


def class_colors(count: int) -> list[str]:
    """A colour for each of `count` classes, spread over the whole scale; one class is neither high nor low."""
    if count <= 1:
        return [CIVIDIS[CLASSES // 2]]
    step = (CLASSES - 1) / (count - 1)
    return [CIVIDIS[int(i * step + 0.5)] for i in range(count)]

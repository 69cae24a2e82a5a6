"""Classes of a choropleth: their limits and colours, the same on map, legend, document and wall."""

from collections.abc import Sequence

import numpy as np

CLASSES = 5
CIVIDIS = ("#00224e", "#434e6c", "#7d7c78", "#bcae6c", "#fee838")
"""Five steps of cividis (d3-scale-chromatic): told apart by the colour-blind and in grey print, dark to light."""


def breaks(values: Sequence[float]) -> list[float]:
    """Class limits at equal counts of units that have any; fewer classes for fewer values.

    Zeros stand in the lowest class: a measure most units lack would else have one class for all the rest.
    """
    some = [v for v in values if v != 0]
    if not some:
        return []
    cuts = np.quantile(np.array(some), np.linspace(0, 1, CLASSES + 1)[1:-1])
    return [float(c) for c in np.unique(np.round(cuts, 6)) if min(values) < c <= max(values)]


def class_of(value: float, limits: Sequence[float]) -> int:
    """The class of a value, 0 the lowest: how many limits it has reached."""
    return sum(value >= limit for limit in limits)


def class_colors(count: int) -> list[str]:
    """A colour for each of `count` classes, spread over the whole scale; one class is neither high nor low."""
    if count <= 1:
        return [CIVIDIS[CLASSES // 2]]
    step = (CLASSES - 1) / (count - 1)
    return [CIVIDIS[int(i * step + 0.5)] for i in range(count)]

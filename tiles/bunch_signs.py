"""How points drawn together look: a circle as wide as its class of count, with the number in it."""

from collections.abc import Mapping
from typing import Any

from layers.spec import Layer

Sign = dict[str, Any]
CLASSES = ((2, 8.0), (10, 10.5), (100, 13.5), (1000, 18.0))
"""From which count on, in pixels of radius; squares are 32 pixels wide, so circles of neighbours hardly meet."""
ALONE: list[Any] = ["==", ["coalesce", ["get", "count"], 1], 1]
"""The filter of points that stand for themselves."""
_SEVERAL: list[Any] = [">", ["coalesce", ["get", "count"], 1], 1]


def bunch_signs(layer: Layer, colors: Mapping[str, str], lang: str, layout: Sign) -> list[Sign]:
    """The circle and its number, drawn over the layer's other signs; `layout` goes for both."""
    common = {"source": layer.name, "source-layer": layer.name, "minzoom": layer.style.minzoom, "filter": _SEVERAL}
    (_, smallest), *others = CLASSES
    radius: list[Any] = ["step", ["get", "count"], smallest, *(part for each in others for part in each)]
    circle = {
        "circle-color": colors[layer.style.color.value],
        "circle-radius": radius,
        "circle-stroke-color": colors["outline"],
        "circle-stroke-width": 1.5,
    }
    number = {
        "text-field": ["number-format", ["get", "count"], {"locale": lang}],
        "text-font": ["Noto Sans SemiBold"],
        "text-size": ["step", ["get", "count"], 11, 100, 12, 1000, 13],
        "text-allow-overlap": True,
        "text-ignore-placement": True,
    }
    return [
        {"id": f"{layer.name}-bunch", "type": "circle", **common, "layout": layout, "paint": circle},
        {"id": f"{layer.name}-bunch-count", "type": "symbol", **common, "layout": {**layout, **number},
         "paint": {"text-color": colors["outline"]}},
    ]  # fmt: skip


def is_bunch(layer: Sign) -> bool:
    """Whether a style's layer is the circles of a bunch."""
    return str(layer["id"]).endswith("-bunch")


def is_number(layer: Sign) -> bool:
    """Whether a style's layer is the numbers of a bunch."""
    return str(layer["id"]).endswith("-bunch-count")


def step_times(steps: list[Any], times: float) -> list[Any]:
    """A step expression with its outputs grown, its limits kept."""
    return [*steps[:2], *(part if i % 2 else part * times for i, part in enumerate(steps[2:]))]


def bunch_words() -> dict[str, str]:
    """What a legend says of the number in a circle."""
    return {"vi": "Vòng tròn có số: bấy nhiêu điểm ở gần nhau", "en": "A circle with a number: so many places close by"}

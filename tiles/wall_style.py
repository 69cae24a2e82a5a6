"""The style of the wall: the same layers in the same colours, sized for the wall, without a name.

Names are laid out once for all screens by the page, so that none is cut at a seam; MapLibre would place them
per screen. The numbers of bunches stay: each stands in the middle of its circle, whatever is near. Sizes grow with
the wall: `scale` is its height in units of 1080 pixels.
"""

from typing import Any

from tiles.bunch_signs import is_bunch, is_number, step_times

Style = dict[str, Any]

BUNCH_TIMES = 1.15
"""A bunch's number is read from afar: its smallest is 1.1 % of the wall's height."""
SIZES = ("line-width", "line-offset", "circle-radius", "circle-stroke-width")
POINT_PX = 3.2
"""Radius of a point on a wall of 1080 pixels' height; each page draws one zoom only, so it need not grow with it."""


def dress_for_wall(style: Style, scale: float) -> Style:
    """A style as `build_style` makes it, for a wall; its tiles are asked for in the wall's name."""
    layers = [_sized(layer, scale) for layer in style["layers"] if layer["type"] != "symbol" or is_number(layer)]
    used = {layer["source"] for layer in layers if "source" in layer}
    sources = {name: _asked_by_wall(source) for name, source in style["sources"].items() if name in used}
    return {**style, "sources": sources, "layers": layers}


def _asked_by_wall(source: Style) -> Style:
    if source["type"] != "vector":
        return source
    return {**source, "tiles": [f"{address}&wall=1" for address in source["tiles"]]}


def _sized(layer: Style, scale: float) -> Style:
    paint = {name: _times(value, scale) if name in SIZES else value for name, value in layer.get("paint", {}).items()}
    layout = dict(layer.get("layout", {}))
    if is_bunch(layer):
        paint["circle-radius"] = step_times(paint["circle-radius"], BUNCH_TIMES * scale)
    elif layer["type"] == "circle":
        paint["circle-radius"] = POINT_PX * scale
    if is_number(layer):
        layout["text-size"] = step_times(layout["text-size"], BUNCH_TIMES * scale)
    shown = {name: value for name, value in layer.items() if name not in ("minzoom", "maxzoom")}
    return {**shown, "layout": {**layout, "visibility": "visible"}, "paint": paint}


def _times(value: Any, scale: float) -> Any:
    """A number grown; an expression is left to itself."""
    return value * scale if isinstance(value, int | float) else value

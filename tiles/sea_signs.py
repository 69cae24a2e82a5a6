"""How areas and lines of the sea look: zones, boundaries, tracks."""

from collections.abc import Mapping
from typing import Any

from layers.access.scope import Scope
from layers.spec import Layer
from tiles.letters import FONTS, ink
from tiles.view import Colors, Style, View

UNVERIFIED: Mapping[str, str] = {"vi": "chưa xác minh", "en": "unverified"}
"""What stands beside the name of a feature that nobody has held against its paper."""
INWARDS_PX = 1.5
"""Two zones that share a side each draw it on their own: broken lines over one another would look whole."""
NAMED_FROM = 45.0
"""Width in degrees × 2^zoom from which an area carries its name: an eighth of a tile."""


def draw_areas(layer: Layer, allowed: Scope, colors: Colors, view: View) -> list[Style]:
    """Zones, thin and calm; what nobody has verified is fainter still, in broken lines, and its name says so."""
    color, doubt = colors[layer.style.color.value], _doubt(layer, allowed)
    common: Style = {"source": layer.name, "source-layer": layer.name, "minzoom": layer.style.minzoom}
    common["layout"] = _at_sea(view)
    sure, unsure = ["==", ["get", doubt], True], ["!=", ["get", doubt], True]
    fill: Any = 0.1 if doubt is None else ["case", sure, 0.1, 0.04]
    line = {"line-color": color, "line-width": 1, "line-opacity": 0.75, "line-offset": INWARDS_PX}
    drawn: list[Style] = [
        {"id": f"{layer.name}-fill", "type": "fill", **common, "paint": {"fill-color": color, "fill-opacity": fill}},
        {"id": f"{layer.name}-line", "type": "line", **common, "paint": line},
    ]
    if doubt is not None:
        drawn[1]["filter"] = sure
        broken = line | {"line-dasharray": [4, 3], "line-opacity": 0.55}
        drawn.append({"id": f"{layer.name}-doubt", "type": "line", **common, "filter": unsure, "paint": broken})
    return [*drawn, _area_label(layer, doubt, colors, view)] if "name" in allowed.columns else drawn


def _area_label(layer: Layer, doubt: str | None, colors: Colors, view: View) -> Style:
    """The name, once the area is wide enough to carry it."""
    name: Any = ["get", "name"]
    if doubt is not None:
        name = ["case", ["==", ["get", doubt], True], name, ["concat", name, f" ({UNVERIFIED[view.lang]})"]]
    return {
        "id": f"{layer.name}-label",
        "type": "symbol",
        "source": layer.name,
        "source-layer": f"{layer.name}_label",
        "minzoom": layer.style.minzoom,
        "filter": [">=", ["*", ["get", "span"], ["^", 2, ["zoom"]]], NAMED_FROM],
        "layout": {**_at_sea(view), "text-field": name, "text-font": [FONTS["400"]], "text-size": 11,
                   "text-max-width": 9},
        "paint": ink(colors, "text_quiet"),
    }  # fmt: skip


def _doubt(layer: Layer, allowed: Scope) -> str | None:
    """The field that says whether a feature was verified, where this role reads it."""
    return layer.style.doubt if layer.style.doubt in allowed.columns else None


def _at_sea(view: View) -> Style:
    """Zones and boundaries belong to the map of the sea; elsewhere a page shows them when it wants to."""
    return {} if view.base == "sea" else {"visibility": "none"}


def draw_lines(layer: Layer, allowed: Scope, colors: Colors, view: View) -> list[Style]:
    """A boundary: a line with dots, its name along it. A track: whole lines, and broken ones for what was not heard."""
    if layer.style.dashed is not None:
        return _tracks(layer, layer.style.dashed, colors)
    common: Style = {"source": layer.name, "source-layer": layer.name, "minzoom": layer.style.minzoom}
    paint = {"line-color": colors[layer.style.color.value], "line-width": 1.5, "line-dasharray": [6, 2, 1, 2]}
    drawn: list[Style] = [{"id": layer.name, "type": "line", **common, "layout": _at_sea(view), "paint": paint}]
    if "name" not in allowed.columns:
        return drawn
    label = {"text-field": ["get", "name"], "text-font": [FONTS["400"]], "text-size": 11, "symbol-placement": "line"}
    return [*drawn, {"id": f"{layer.name}-label", "type": "symbol", **common,
                     "layout": {**_at_sea(view), **label}, "paint": ink(colors, "text_quiet")}]  # fmt: skip


def _tracks(layer: Layer, dashed: tuple[str, str], colors: Colors) -> list[Style]:
    """Lines of everything that moves would hide what moves: a page shows them when it is asked to."""
    name, value = dashed
    common: Style = {"type": "line", "source": layer.name, "source-layer": layer.name, "minzoom": layer.style.minzoom,
                     "layout": {"visibility": "none", "line-join": "round"}}  # fmt: skip
    paint = {"line-color": colors[layer.style.color.value], "line-width": 1.5}
    whole = {"id": layer.name, **common, "filter": ["!=", ["get", name], value], "paint": paint}
    broken = {"id": f"{layer.name}-dashed", **common, "filter": ["==", ["get", name], value],
              "paint": paint | {"line-dasharray": [3, 2.5], "line-opacity": 0.7}}  # fmt: skip
    return [whole, broken]

"""The map's style for MapLibre, made from the registry: what is drawn, in which order, in which colours."""

from collections.abc import Mapping
from typing import Any

from layers.access.scope import Scope
from layers.bunches import is_bunched
from layers.spec import Layer
from tiles.bunch_signs import ALONE, bunch_signs
from tiles.letters import FONTS, font_faces, ink
from tiles.sea_signs import draw_areas, draw_lines
from tiles.tokens import THEMES
from tiles.view import Colors, Style, View

BASES: Mapping[str, dict[str, Any]] = {
    "leaders": {"center": [108.35, 14.9], "zoom": 8.1},
    "sea": {"center": [111.5, 14.2], "zoom": 5.2},
}
SEA_NAMES: tuple[tuple[str, str, str, float, float], ...] = (
    ("sea", "BIỂN ĐÔNG", "EAST SEA", 112.9, 13.0),
    ("archipelago", "Đặc khu Hoàng Sa", "Hoàng Sa Special Zone", 111.9, 16.85),
    ("archipelago", "Đặc khu Trường Sa", "Trường Sa Special Zone", 113.8, 9.3),
)
"""Names every view carries. Positions are label positions of ours, not features."""

Seen = Mapping[str, tuple[Layer, Scope]]


def build_style(seen: Seen, versions: Mapping[str, int], *, theme: str, lang: str, base: str) -> Style:
    """A complete style of the layers a role sees. `theme` and `base` must exist; `lang` is vi or en."""
    colors = THEMES[theme]
    seen = {name: (layer, allowed) for name, (layer, allowed) in seen.items() if allowed.mode != "none"}
    drawn = [_sea(colors)]
    for layer, allowed in sorted(seen.values(), key=lambda item: _ORDER[item[0].style.shape]):
        draw = _density if allowed.mode == "density" else _DRAW[layer.style.shape]
        drawn += draw(layer, allowed, colors, View(base, lang))
    return {
        "version": 8,
        "name": f"opsmap {theme}",
        "metadata": {"opsmap:theme": theme, "opsmap:lang": lang, "opsmap:base": base},
        **BASES[base],
        "font-faces": font_faces(),
        "sources": _sources(seen, versions, lang),
        "layers": [*drawn, *_names(colors)],
    }


_ORDER = {"land": 0, "fill": 1, "area": 2, "line": 3, "stream": 4, "circle": 5}


def _sources(seen: Seen, versions: Mapping[str, int], lang: str) -> Style:
    sources: Style = {
        name: {
            "type": "vector",
            "tiles": [f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt?v={versions.get(name, 0)}-{allowed.digest}"],
            "minzoom": 0,
            "maxzoom": 12,
        }
        for name, (layer, allowed) in seen.items()
        if layer.tiled and not (layer.style.shape == "stream" and allowed.mode == "exact")
    }
    points = [
        {
            "type": "Feature",
            "properties": {"kind": kind, "name": vi if lang == "vi" else en},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for kind, vi, en, lon, lat in SEA_NAMES
    ]
    sources["names"] = {"type": "geojson", "data": {"type": "FeatureCollection", "features": points}}
    return sources


def _sea(colors: Colors) -> Style:
    return {"id": "sea", "type": "background", "paint": {"background-color": colors["sea"]}}


def _land(layer: Layer, _: Scope, colors: Colors, __: View) -> list[Style]:
    common = {"source": layer.name, "source-layer": layer.name}
    return [
        {"id": "land", "type": "fill", **common,
         "paint": {"fill-color": colors["land"]}},
        {"id": "province-line", "type": "line", **common, "filter": ["==", ["get", "kind"], "province"],
         "paint": {"line-color": colors["land_line"], "line-width": 0.6}},
        {"id": "archipelago-line", "type": "line", **common, "filter": ["==", ["get", "kind"], "archipelago"],
         "paint": {"line-color": colors["text_quiet"], "line-width": 1}},
    ]  # fmt: skip


def _units(layer: Layer, allowed: Scope, colors: Colors, view: View) -> list[Style]:
    """An area with an outline, filled by the colour a page gives it (feature-state) or its own."""
    common: Style = {"source": layer.name, "source-layer": layer.name}
    level = _one_level(layer, view.base)
    fill = ["coalesce", ["feature-state", "color"], colors[layer.style.color.value]]
    width = 0.8 if view.base == "leaders" else 0.4
    drawn: list[Style] = [
        {"id": f"{layer.name}-fill", "type": "fill", **common, **level, "paint": {"fill-color": fill}},
        {"id": f"{layer.name}-line", "type": "line", **common, **level,
         "paint": {"line-color": colors["unit_line"], "line-width": width}},
    ]  # fmt: skip
    labelled = layer.shapes is not None and layer.shapes.label is not None and "name" in allowed.columns
    return [*drawn, _unit_label(layer, colors, level)] if labelled and view.base == "leaders" else drawn


def _one_level(layer: Layer, base: str) -> Style:
    """The filter of a layer that holds several levels of units: a map opens on one."""
    if layer.field("level") is None:
        return {}
    return {"filter": ["==", ["get", "level"], "former_district" if base == "leaders" else "commune"]}


def _unit_label(layer: Layer, colors: Colors, level: Style) -> Style:
    return {
        "id": f"{layer.name}-label",
        "type": "symbol",
        "source": layer.name,
        "source-layer": f"{layer.name}_label",
        **level,
        "layout": {
            "text-field": ["get", "name"],
            "text-font": [FONTS["600"]],
            "text-size": ["interpolate", ["linear"], ["zoom"], 7, 11, 10, 14],
            "text-max-width": 7,
            "text-padding": 1,
        },
        "paint": ink(colors, "text"),
    }


def _points(layer: Layer, allowed: Scope, colors: Colors, view: View) -> list[Style]:
    named = "name" in allowed.columns
    color = colors[layer.style.color.value]
    common = {"source": layer.name, "source-layer": layer.name, "minzoom": layer.style.minzoom}
    circle = {
        "circle-color": color,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, layer.style.radius / 2, 12, layer.style.radius * 1.6],
        "circle-stroke-color": colors["outline"],
        "circle-stroke-width": 1,
    }
    label = {
        "text-field": ["get", "name"],
        "text-font": [FONTS["400"]],
        "text-size": 11,
        "text-anchor": "top",
        "text-offset": [0, 0.6],
        "text-optional": True,
    }
    hidden = _hidden(layer, view)
    alone = {"filter": ALONE} if is_bunched(layer) else {}
    disc = {"id": layer.name, "type": "circle", **common, **alone, "layout": hidden, "paint": circle}
    name = {"id": f"{layer.name}-label", "type": "symbol", **common, "minzoom": max(layer.style.minzoom + 3, 9),
            "layout": {**label, **hidden}, "paint": ink(colors, "text_quiet")}  # fmt: skip
    signs = bunch_signs(layer, colors, view.lang, hidden) if is_bunched(layer) else []
    return [disc, *([name] if named else []), *signs]


def _hidden(layer: Layer, view: View) -> Style:
    """The map of the sea leaves out what stands on land, until somebody asks for it."""
    return {"visibility": "none"} if view.base == "sea" and layer.cell is not None and layer.style.minzoom > 6 else {}


def _stream(_: Layer, __: Scope, ___: Colors, ____: View) -> list[Style]:
    """Who sees each thing gets it from the live stream."""
    return []


def _density(layer: Layer, _: Scope, colors: Colors, view: View) -> list[Style]:
    """Squares, the fuller the stronger; those of the land are shown by the page that speaks of them."""
    assert layer.density is not None
    common = {"source": layer.name, "source-layer": layer.name}
    strength = ["interpolate", ["linear"], ["get", layer.density.counted], 1, 0.25, 5, 0.5, 20, 0.8]
    paint = {"fill-color": colors[layer.style.color.value], "fill-opacity": strength}
    hidden = {} if layer.style.shape == "stream" else {"visibility": "none"}
    return [{"id": f"{layer.name}-density", "type": "fill", **common, "layout": hidden, "paint": paint}]


_DRAW = {"land": _land, "fill": _units, "area": draw_areas, "line": draw_lines, "stream": _stream, "circle": _points}


def _names(colors: Colors) -> list[Style]:
    def named(kind: str, size: float, spacing: float) -> Style:
        return {
            "id": f"name-{kind}",
            "type": "symbol",
            "source": "names",
            "filter": ["==", ["get", "kind"], kind],
            "layout": {
                "text-field": ["get", "name"],
                "text-font": [FONTS["600"]],
                "text-size": size,
                "text-letter-spacing": spacing,
                "text-allow-overlap": True,
            },
            "paint": ink(colors, "text" if kind == "archipelago" else "text_quiet"),
        }

    return [named("sea", 18, 0.35), named("archipelago", 13, 0.02)]

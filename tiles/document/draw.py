"""The map of a document: a folium map without tiles, coloured and signed as Layer.style says."""

from collections.abc import Sequence
from html import escape
from typing import Any

import folium

from layers.access.scope import scope
from layers.spec import Field
from tiles.classes import breaks, class_colors, class_of
from tiles.document.facts import Facts, Part, Shown
from tiles.document.words import figure, moment, number, say, word
from tiles.tokens import THEMES

COLORS = THEMES["light"]
NO_FIGURE = {"fillColor": COLORS["no_data"], "fillOpacity": 1, "dashArray": "2 3"}
LAND = {"color": COLORS["land_line"], "weight": 0.5, "fill": True, "fillColor": COLORS["land"], "fillOpacity": 1}
Style = dict[str, Any]
LENGTHS = ("m", "km", "m²", "km²")
MANY = 150
"""Beyond so many points of a layer the signs get smaller: whole they would hide the map."""


def limits_of(parts: Sequence[Part]) -> list[float]:
    """The class limits of the choropleth."""
    return breaks([p.figure.value for p in parts if p.figure.value is not None])


def draw_map(facts: Facts, lang: str) -> folium.Map:
    """Parts coloured by their figure, facilities on top, tracks last; a control to hide each."""
    drawn = folium.Map(tiles=None, zoom_control=True, max_zoom=16, prefer_canvas=True)
    limits = limits_of(facts.parts)
    colors = class_colors(len(limits) + 1)
    title = say(facts.parts[0].figure.measure.title, lang) if facts.parts else ""
    rows = [_part(p, limits, colors, lang) for p in facts.parts]
    for geometry in facts.land:
        folium.GeoJson(geometry, control=False, style_function=lambda _: LAND).add_to(drawn)
    _add(drawn, rows, title, control=False)
    _name(drawn, facts.parts)
    for shown in facts.shown:
        if shown.rows:
            features = [_feature(row, _point_text(shown, row, facts, lang), _point(shown)) for row in shown.rows]
            _add(drawn, features, f"{say(shown.layer.title, lang)} ({len(shown.rows)})")
    if facts.tracks:
        _add(drawn, [_track(piece, lang) for piece in facts.tracks], word("track", lang))
    folium.LayerControl(position="bottomright", collapsed=False).add_to(drawn)
    drawn.fit_bounds(_bounds(rows))
    return drawn


def _add(drawn: folium.Map, features: Sequence[dict[str, Any]], name: str, control: bool = True) -> None:
    """One GeoJSON layer: a folium marker per point would weigh ten times as much."""
    folium.GeoJson(
        {"type": "FeatureCollection", "features": list(features)},
        name=clean(name),
        control=control,
        marker=folium.CircleMarker(),
        tooltip=folium.GeoJsonTooltip(fields=["text"], labels=False, sticky=True),
    ).add_to(drawn)


def _name(drawn: folium.Map, parts: Sequence[Part]) -> None:
    """The parts' names, where a name of theirs belongs."""
    for part in parts:
        if part.label is not None:
            at = folium.CircleMarker([part.label[1], part.label[0]], radius=0, stroke=False, interactive=False)
            name = folium.Tooltip(clean(part.short), permanent=True, direction="center", class_name="name")
            name.add_to(at.add_to(drawn))


def _feature(row: dict[str, Any], text: str, look: Style) -> dict[str, Any]:
    """`text` is HTML already escaped."""
    return {"type": "Feature", "geometry": row["geometry"], "properties": {"text": text, "style": look}}


def _part(part: Part, limits: Sequence[float], colors: Sequence[str], lang: str) -> dict[str, Any]:
    value = part.figure.value
    look: Style = {"color": COLORS["unit_line"], "weight": 1.2, "fill": True}
    look |= NO_FIGURE if value is None else {"fillColor": colors[class_of(value, limits)], "fillOpacity": 0.85}
    return _feature({"geometry": part.geometry}, _lines(part.name, figure(part.figure, lang)), look)


def _point(shown: Shown) -> Style:
    style = shown.layer.style
    return {
        "radius": style.radius + 1 if len(shown.rows) <= MANY else style.radius * 0.75,
        "color": COLORS["outline"],
        "weight": 1,
        "fill": True,
        "fillColor": COLORS[style.color.value],
        "fillOpacity": 1,
    }


def _point_text(shown: Shown, row: dict[str, Any], facts: Facts, lang: str) -> str:
    told = [f"{say(f.title, lang)}: {value}" for f, value in told_fields(shown, row, facts, lang)]
    return _lines(say(shown.layer.title, lang), *told)


def told_fields(shown: Shown, row: dict[str, Any], facts: Facts, lang: str) -> list[tuple[Field, str]]:
    """The fields of a row that say something, as a reader reads them."""
    told = []
    for field in scope(facts.role, shown.layer).fields:
        value = row[field.name]
        if value is not None and value != "":
            told.append((field, _value(field, value, lang)))
    return told


def _value(field: Field, value: Any, lang: str) -> str:
    if chosen := next((c for c in field.choices if c.value == value), None):
        return say(chosen.title, lang)
    if isinstance(value, bool):
        return word("yes" if value else "no", lang)
    if isinstance(value, int | float):
        return number(value, lang, 2) + (f" {field.unit}" if field.unit in LENGTHS else "")
    text = moment(value) if hasattr(value, "astimezone") else str(value)
    return text


def _track(piece: dict[str, Any], lang: str) -> dict[str, Any]:
    """A piece of a track, or a gap in it: dashed, so that nobody takes it for a way sailed."""
    look: Style = {"color": COLORS["vessel"], "weight": 2.5, "fill": False}
    times = f"{moment(piece['since'])} – {moment(piece['until'])}"
    if not piece["gap"]:
        return _feature(piece, _lines(word("track", lang), times), look)
    return _feature(piece, _lines(word("gap", lang), times), look | {"dashArray": "3 7", "weight": 1.5})


def clean(text: str) -> str:
    """Text as HTML that says just that, to a browser and to the template engine behind folium alike."""
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _lines(*lines: str) -> str:
    return "<br>".join(clean(line) for line in lines)


def _bounds(features: Sequence[dict[str, Any]]) -> list[list[float]]:
    points = [point for f in features for polygon in f["geometry"]["coordinates"] for ring in polygon for point in ring]
    lon, lat = [p[0] for p in points], [p[1] for p in points]
    return [[min(lat), min(lon)], [max(lat), max(lon)]]

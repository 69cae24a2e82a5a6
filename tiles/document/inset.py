"""Biển Đông with Hoàng Sa and Trường Sa, in every document: a picture drawn from our own outlines."""

from collections.abc import Sequence
from typing import Any

from tiles.document.words import word

WEST, SOUTH, EAST, NORTH = 101.5, 5.5, 118.5, 24.0
SCALE = 12.0
NAMES = {
    "vi": (("Đặc khu", "Hoàng Sa", 112.1, 18.6), ("Đặc khu", "Trường Sa", 115.2, 6.8), ("BIỂN", "ĐÔNG", 113.0, 14.2)),
    "en": (("Hoàng Sa", "Zone", 112.1, 18.6), ("Trường Sa", "Zone", 115.2, 6.8), ("EAST", "SEA", 113.0, 14.2)),
}
"""Each name on two lines, and where (lon, lat) its first line belongs: beside the islands, never on them."""
LOOKS = {
    "province": 'fill="#a9b8c6" stroke="#ffffff" stroke-width="0.3"',
    "archipelago": 'fill="#15324a" stroke="#15324a" stroke-width="1"',
}


def inset_svg(outlines: Sequence[tuple[str, dict[str, Any]]], lang: str, more: str = "") -> str:
    """An SVG of the country's outlines (kind, GeoJSON in EPSG:4326) with the archipelagos named.

    `more` is drawn on top, in the units of `place`.
    """
    paths = "".join(f'<path {LOOKS[kind]} d="{_path(geometry)}"/>' for kind, geometry in outlines)
    names = "".join(
        f'<text x="{_x(lon):.0f}" y="{_y(lat):.0f}">{first}<tspan x="{_x(lon):.0f}" dy="11">{second}</tspan></text>'
        for first, second, lon, lat in NAMES[lang]
    )
    size = f"0 0 {(EAST - WEST) * SCALE:.0f} {(NORTH - SOUTH) * SCALE:.0f}"
    text = 'fill="#15324a" font-size="10" font-weight="600" text-anchor="middle"'
    label = word("islands", lang)
    drawn = f'<g stroke-linejoin="round">{paths}</g><g {text}>{names}</g>{more}'
    return f'<svg viewBox="{size}" role="img" aria-label="{label}">{drawn}</svg>'


def _path(geometry: dict[str, Any]) -> str:
    rings = [ring for polygon in geometry["coordinates"] for ring in polygon]
    return "".join("M" + "L".join(f"{_x(lon):.1f} {_y(lat):.1f}" for lon, lat in ring[:-1]) + "Z" for ring in rings)


def place(lon: float, lat: float) -> tuple[float, float]:
    """Where a place stands in the inset."""
    return _x(lon), _y(lat)


def _x(lon: float) -> float:
    return (lon - WEST) * SCALE


def _y(lat: float) -> float:
    return (NORTH - lat) * SCALE

"""A map of the sea as one SVG for paper: readable in grey, whole in itself, with scale, graticule and the inset.

Longitude and latitude stand straight (as in `tiles.document.inset`), a degree of longitude as long as it is at the
middle of the map. Hoàng Sa, Trường Sa and Lý Sơn are in the inset by name, whatever the map shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from math import ceil, cos, floor, radians
from typing import Any

from tiles.document.inset import inset_svg, place
from tiles.paper.blocks import Safe
from tiles.paper.sea import Box, Sea

WIDTH, HEIGHT = 640.0, 470.0
FONT = 'font-family="Be Vietnam Pro, Noto Sans"'
LY_SON = (109.12, 15.385)
KINDS = {"belt_coastal": "Vùng ven bờ", "belt_inshore": "Vùng lộng", "belt_offshore": "Vùng khơi"}
STEPS_DEG = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
BARS_NM = (1, 2, 5, 10, 20, 50, 100, 200)
LEAST_DEG = 0.5
MARGIN = 0.18
INSET_WIDTH = 132.0
INSET_HEIGHT = INSET_WIDTH * 222 / 204
Spot = tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """What the map is about: lines and places (longitude, latitude), each with its word."""

    pieces: Sequence[Sequence[Spot]] = ()
    gaps: Sequence[Sequence[Spot]] = ()
    heard: Sequence[Spot] = ()
    told: Sequence[tuple[Spot, str]] = ()
    marks: Sequence[tuple[Spot, str]] = field(default=())


def box_around(spots: Sequence[Spot]) -> Box:
    """A box of the map's shape around places, half a degree high at least, the inset's corner left free."""
    lon, lat = ([spot[n] for spot in spots] for n in (0, 1))
    if not spots:
        lon, lat = [108.6, 109.6], [14.8, 15.8]
    middle = ((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2)
    squeeze = cos(radians(middle[1]))
    high = max(LEAST_DEG, (max(lat) - min(lat)) * (1 + 2 * MARGIN))
    wide = max(high * WIDTH / HEIGHT / squeeze, (max(lon) - min(lon)) * (1 + 2 * MARGIN) * 1.25)
    high = wide * squeeze * HEIGHT / WIDTH
    west, south = middle[0] - wide / 2, middle[1] - high / 2
    return west, south, west + wide, south + high


class SeaMap:
    """The drawing of one map."""

    def __init__(self, box: Box, sea: Sea) -> None:
        self.box, self.sea = box, sea
        self._scale = WIDTH / (box[2] - box[0])
        self._rise = HEIGHT / (box[3] - box[1])

    def draw(self, drawn: Drawn) -> Safe:
        """The SVG."""
        parts = [*self._ground(), *self._graticule(), *self._names(), *self._track(drawn), *self._frame()]
        head = f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" role="img">'
        clip = f'<defs><clipPath id="edge"><rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}"/></clipPath></defs>'
        return Safe(
            f'{head}{clip}<g clip-path="url(#edge)" {FONT}>{"".join(parts)}</g>{self._inset(self._corner(drawn))}</svg>'
        )

    def at(self, spot: Sequence[float]) -> Spot:
        """Where a place stands."""
        return (spot[0] - self.box[0]) * self._scale, (self.box[3] - spot[1]) * self._rise

    def _ground(self) -> Iterator[str]:
        yield f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#eef4f8"/>'
        for _, _, verified, shape in self.sea.zones:
            dash = "" if verified else 'stroke-dasharray="5 3"'
            yield f'<path d="{self._area(shape)}" fill="none" stroke="#7b8895" stroke-width="0.7" {dash}/>'
        for shape in (*self.sea.land, *self.sea.province, *self.sea.islands):
            yield f'<path d="{self._area(shape)}" fill="#d9dde1" stroke="#5b6772" stroke-width="0.6"/>'
        for name, shape in self.sea.boundaries:
            look = 'fill="none" stroke="#2b0d12" stroke-width="1.6" stroke-dasharray="9 3 2 3"'
            yield f'<path d="{self._line_shape(shape)}" {look}><title>{escape(name)}</title></path>'

    def _graticule(self) -> Iterator[str]:
        west, south, east, north = self.box
        step = next((s for s in STEPS_DEG if (north - south) / s <= 5), STEPS_DEG[-1])
        line = 'stroke="#8795a3" stroke-width="0.35"'
        for n in range(ceil(west / step), floor(east / step) + 1):
            x = self.at((n * step, south))[0]
            yield f'<path d="M{x:.1f} 0V{HEIGHT:.0f}" {line}/>' + _word(x + 2, 9, degrees(n * step, "E"), 7.5)
        for n in range(ceil(south / step), floor(north / step) + 1):
            y = self.at((west, n * step))[1]
            yield f'<path d="M0 {y:.1f}H{WIDTH:.0f}" {line}/>' + _word(3, y - 2, degrees(n * step, "N"), 7.5)

    def _names(self) -> Iterator[str]:
        if self._inside(LY_SON):
            x, y = self.at(LY_SON)
            yield _word(x + 8, y - 4, "Lý Sơn", 10, 'fill="#14212e" font-weight="600"')
        for name, lon, lat in self.sea.ports:
            x, y = self.at((lon, lat))
            yield f'<rect x="{x - 2:.1f}" y="{y - 2:.1f}" width="4" height="4" fill="#ffffff" stroke="#14212e"/>'
            yield _word(x - 5, y + 3, name, 7.5, 'fill="#2f3b47" text-anchor="end"')
        for name, kind, verified, shape in self.sea.zones:
            spot = _middle(shape)
            if spot is not None and self._inside(spot):
                doubt = "" if verified else " (chưa xác minh)"
                said = f"{KINDS.get(kind, name)}{doubt}"
                yield _word(*self.at(spot), said, 8, 'fill="#5b6772" text-anchor="middle"')

    def _track(self, drawn: Drawn) -> Iterator[str]:
        for line in drawn.gaps:
            look = 'stroke="#14212e" stroke-width="1.1" stroke-dasharray="2 4"'
            yield f'<path d="{self._line(line)}" fill="none" {look}/>'
        for line in drawn.pieces:
            yield f'<path d="{self._line(line)}" fill="none" stroke="#005a91" stroke-width="1.9"/>'
        for spot in drawn.heard:
            x, y = self.at(spot)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#14212e" stroke="#ffffff" stroke-width="1"/>'
        for spot, name in drawn.told:
            x, y = self.at(spot)
            yield _diamond(x, y) + _haloed(x + 8, y + 3, name, 8)
        for spot, name in drawn.marks:
            x, y = self.at(spot)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="#14212e" stroke-width="1.4"/>'
            right = x > WIDTH - 190
            yield _haloed(x - 9 if right else x + 9, y - 8, name, 9, "600", right=right)

    def _frame(self) -> Iterator[str]:
        nm = 60 * self._rise**-1  # a minute of latitude is a nautical mile
        long = next((n for n in reversed(BARS_NM) if n / nm <= WIDTH * 0.25), BARS_NM[0])
        x, y = 14.0, HEIGHT - 16
        yield f'<rect x="{x - 7:.0f}" y="{y - 16:.0f}" width="{long / nm + 62:.0f}" height="24" fill="#ffffff"/>'
        ends = f"M{x} {y - 5}V{y}H{x + long / nm:.1f}V{y - 5}"
        yield f'<path d="{ends}" fill="none" stroke="#14212e" stroke-width="1.2"/>'
        yield _word(x + long / nm + 5, y + 1, f"{long} hải lý", 8.5)
        yield f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" fill="none" stroke="#14212e"/>'

    def _corner(self, drawn: Drawn) -> Spot:
        """Of three corners the one in which the inset hides least of what the map is about."""
        wide, high = INSET_WIDTH + 12, INSET_HEIGHT + 12
        corners = ((WIDTH - wide, 0.0), (WIDTH - wide, HEIGHT - high), (0.0, 0.0))
        lines = (*drawn.pieces, *drawn.gaps, drawn.heard, [spot for spot, _ in (*drawn.told, *drawn.marks)])
        spots = [self.at(spot) for line in lines for spot in _filled(line)]

        def hidden(corner: Spot) -> int:
            x, y = corner
            return sum(x <= a <= x + wide and y <= b <= y + high for a, b in spots)

        best = min(corners, key=hidden)
        return best[0] + 6, best[1] + 6

    def _inset(self, corner: Spot) -> str:
        """Biển Đông in the corner, where the map is, and the islands by name."""
        (x1, y1), (x2, y2) = place(self.box[0], self.box[3]), place(self.box[2], self.box[1])
        here = f'x="{x1:.1f}" y="{y1:.1f}" width="{max(4, x2 - x1):.1f}" height="{max(4, y2 - y1):.1f}"'
        x, y = place(*LY_SON)
        more = f'<rect {here} fill="none" stroke="#b3261e" stroke-width="1.6"/>'
        more += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="#15324a"/>'
        name = 'font-size="10" font-weight="600" fill="#15324a" text-anchor="end"'
        more += f'<path d="M{x - 2:.1f} {y:.1f}H{x - 34:.1f}" stroke="#15324a" stroke-width="0.6"/>'
        more += f'<text x="{x - 36:.1f}" y="{y + 3.5:.1f}" {name}>Lý Sơn</text>'
        drawn = inset_svg(self.sea.country, "vi", more)
        left, top = corner
        size = f'x="{left:.0f}" y="{top:.0f}" width="{INSET_WIDTH:.0f}" height="{INSET_HEIGHT:.0f}"'
        ground = f'<rect {size} fill="#ffffff" stroke="#14212e" stroke-width="0.8"/>'
        return f"{ground}<g {FONT}>{drawn.replace('<svg ', f'<svg {size} ', 1)}</g>"

    def _inside(self, spot: Sequence[float]) -> bool:
        west, south, east, north = self.box
        return west < spot[0] < east and south < spot[1] < north

    def _line(self, spots: Sequence[Sequence[float]]) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(self.at, spots))

    def _line_shape(self, shape: dict[str, Any]) -> str:
        lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        return "".join(self._line(line) for line in lines)

    def _area(self, shape: dict[str, Any]) -> str:
        return "".join(self._line(ring[:-1]) + "Z" for polygon in _polygons(shape) for ring in polygon if len(ring) > 3)


def degrees(value: float, side: str) -> str:
    """`15°30'N`, as charts print it."""
    minutes = round(abs(value) * 60)
    whole, rest = divmod(minutes, 60)
    return f"{whole}°{rest:02d}'{side}" if rest else f"{whole}°{side}"


def _polygons(shape: dict[str, Any]) -> list[Any]:
    return [shape["coordinates"]] if shape["type"] == "Polygon" else shape.get("coordinates", [])


def _middle(shape: dict[str, Any]) -> Spot | None:
    """A place that is surely inside an area, for its name."""
    from shapely.geometry import shape as geometry

    found = geometry(shape)
    return None if found.is_empty else (found.representative_point().x, found.representative_point().y)


def _word(x: float, y: float, said: str, size: float, look: str = "") -> str:
    """A word at its left end, grey, unless `look` says otherwise."""
    look = look or 'fill="#2f3b47"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {look}>{escape(said)}</text>'


def _haloed(x: float, y: float, said: str, size: float, weight: str = "400", *, right: bool = False) -> str:
    """A word that stays readable on lines: on a white ground of about its size. `right`: x is its right end."""
    wide = len(said) * size * 0.56
    left = x - wide if right else x
    box = f'x="{left - 1.5:.1f}" y="{y - size:.1f}" width="{wide + 3:.1f}" height="{size * 1.3:.1f}"'
    end = ' text-anchor="end"' if right else ""
    look = f'fill="#14212e" font-weight="{weight}"{end}'
    return f'<rect {box} fill="#ffffff" fill-opacity="0.82"/>' + _word(x, y, said, size, look)


def _filled(line: Sequence[Spot]) -> list[Spot]:
    """The places of a line and some between them."""
    between = [
        (a[0] + (b[0] - a[0]) * n / 8, a[1] + (b[1] - a[1]) * n / 8) for a, b in pairwise(line) for n in range(1, 8)
    ]
    return [*line, *between]


def _diamond(x: float, y: float) -> str:
    corners = f"M{x:.1f} {y - 5:.1f}L{x + 5:.1f} {y:.1f}L{x:.1f} {y + 5:.1f}L{x - 5:.1f} {y:.1f}Z"
    return f'<path d="{corners}" fill="#ffffff" stroke="#b35900" stroke-width="1.8"/>'

"""Degrees as people write and say them: 15.3417 · 15,3417 · 15°20'30"N · 15 độ 20 phút 30 giây bắc · 109°05,2'Đ."""

import re
from collections.abc import Iterator
from typing import Literal

from geo.text import fold

Axis = Literal["lat", "lon"]
LIMIT = {"lat": 90.0, "lon": 180.0}
SIDES: dict[Axis, dict[str, int]] = {
    "lat": {"n": 1, "b": 1, "bac": 1, "vi bac": 1, "north": 1, "s": -1, "nam": -1, "vi nam": -1, "south": -1},
    "lon": {"e": 1, "d": 1, "dong": 1, "kinh dong": 1, "east": 1,
            "w": -1, "t": -1, "tay": -1, "kinh tay": -1, "west": -1},
}  # fmt: skip
"""Which half of the globe a word means. `N` is north, as on charts and in every device, never *Nam*."""
_TOKEN = re.compile(
    r"(?P<N>[0-9]+(?:[.,][0-9]+)?)|(?P<s>''|[\"“”″]|giay(?![a-z])|sec(?![a-z]))|(?P<m>['’‘′`´]|phut(?![a-z])|min(?![a-z]))"
    r"|(?P<g>[°º˚]|do(?![a-z])|deg(?![a-z]))|(?P<w>[a-z]+)|(?P<p>\+)|(?P<h>-)|(?P<x>\S)"
)
_SAID = re.compile(r"(w*)([ph]?)Ng?h?(?:Nm?h?(?:Ns?)?)?(w*)")
_SPLITS = re.compile(r"[;/|]\s*|,\s*|\s+")


def parse_degrees(text: str, axis: Axis) -> float | None:
    """Decimal degrees, south and west negative; None where the text is no latitude (longitude), or beyond 90 (180)."""
    tokens = [(str(hit.lastgroup), hit[0]) for hit in _TOKEN.finditer(fold(text))]
    found = _SAID.fullmatch("".join(kind for kind, _ in tokens))
    if found is None:
        return None
    words = [word for kind, word in tokens if kind == "w"]
    side = _side(axis, " ".join(words[: len(found[1])]), " ".join(words[len(found[1]) :]))
    size = _size([number.replace(",", ".") for kind, number in tokens if kind == "N"])
    if side is None or size is None or size > LIMIT[axis] or (found[2] and side != 0):
        return None
    return -size if side < 0 or found[2] == "h" else size


def parse_place(text: str) -> tuple[float, float] | None:
    """(latitude, longitude) out of one field: in this order unless words say another; None when it is not clear."""
    places = set(_readings(text))
    return places.pop() if len(places) == 1 else None


def _readings(text: str) -> Iterator[tuple[float, float]]:
    """Every way to cut a text into two halves that makes sense."""
    for cut in _SPLITS.finditer(text):
        first, second = text[: cut.start()], text[cut.end() :]
        lat, lon = parse_degrees(first, "lat"), parse_degrees(second, "lon")
        if lat is not None and lon is not None:
            yield lat, lon
        lat, lon = parse_degrees(second, "lat"), parse_degrees(first, "lon")
        if lat is not None and lon is not None and (_says(second, "lat") or _says(first, "lon")):
            yield lat, lon


def _says(text: str, axis: Axis) -> bool:
    """Whether a half names its side."""
    return any(word in SIDES[axis] for word in re.findall(r"[a-z]+", fold(text)))


def _side(axis: Axis, before: str, after: str) -> int | None:
    """1, -1, or 0 where nothing was said; None for another word, or for two."""
    if before and after:
        return None
    said = before or after
    return SIDES[axis].get(said) if said else 0


def _size(parts: list[str]) -> float | None:
    """Degrees, minutes, seconds as one number; None where one before the last has a fraction, or one is 60 or more."""
    if any("." in part for part in parts[:-1]) or any(float(part) >= 60 for part in parts[1:]):
        return None
    return sum(float(part) / (1.0, 60.0, 3600.0)[place] for place, part in enumerate(parts))


def show_degrees(value: float, axis: Axis) -> str:
    """`14°59'24"N`: degrees, minutes and whole seconds, as charts and people here write them."""
    seconds = round(abs(value) * 3600)
    degrees, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    side = ("N", "S") if axis == "lat" else ("E", "W")
    return f"{degrees}°{minutes:02d}'{rest:02d}\"{side[value < 0]}"


def show_place(lon: float, lat: float) -> str:
    """`14°59'24"N 109°05'12"E`."""
    return f"{show_degrees(lat, 'lat')} {show_degrees(lon, 'lon')}"

"""In which part of the sea a boat is: exactly one, by our own drawing; and which one a book's *ngư trường* means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Select, or_, select

from geo.text import fold
from geo.winds import Floats
from layers.spec import Text
from layers.storm.models import SeaArea

OTHER, UNNAMED, IN_PORT, UNKNOWN = "other", "unnamed", "in_port", "unknown"
BESIDE = {
    OTHER: Text("Vùng biển khác", "Other waters"),
    UNNAMED: Text("Trên biển, sổ không ghi vùng", "At sea, area not written"),
    IN_PORT: Text("Neo đậu tại bến, khu neo đậu", "In port or shelter"),
    UNKNOWN: Text("Chưa rõ", "Not known"),
}
"""Where boats are counted that are in none of the drawn areas: every boat is in exactly one row."""


@dataclass(frozen=True)
class Areas:
    """The areas in force, the first that holds a place wins. `codes` go with `shapes`."""

    codes: tuple[str, ...]
    titles: tuple[Text, ...]
    words: tuple[tuple[str, ...], ...]
    shapes: tuple[shapely.Polygon, ...]
    source: str

    @property
    def rows(self) -> dict[str, Text]:
        """Every row that a boat can be counted in, in the order of the report."""
        return dict(zip(self.codes, self.titles, strict=True)) | BESIDE

    def find(self, lon: Floats, lat: Floats) -> NDArray[np.object_]:
        """The code of each point's area; `other` outside all, `unknown` for NaN."""
        found = np.full(len(lon), OTHER, dtype=object)
        for code, outline in reversed(list(zip(self.codes, self.shapes, strict=True))):
            found[shapely.intersects_xy(outline, lon, lat)] = code
        found[np.isnan(lon) | np.isnan(lat)] = UNKNOWN
        return found

    def name(self, ground: str | None) -> str:
        """The area that a book's *ngư trường* names, `unnamed` when it names none of ours."""
        told = fold(ground or "")
        named = ((word, code) for code, words in zip(self.codes, self.words, strict=True) for word in words)
        return max(((len(word), code) for word, code in named if word in told), default=(0, UNNAMED))[1]


def areas_statement(at: datetime) -> Select[Any]:
    """The areas in force at a moment, as known now, in their order."""
    held = (SeaArea.valid_from <= at) & or_(SeaArea.valid_to.is_(None), SeaArea.valid_to > at)
    return select(SeaArea).where(SeaArea.superseded_at.is_(None), held).order_by(SeaArea.place)


def areas_of(rows: Sequence[SeaArea]) -> Areas:
    """Rows of `areas_statement` as areas."""
    return Areas(
        tuple(row.code for row in rows),
        tuple(Text(row.name_vi, row.name_en) for row in rows),
        tuple(tuple(row.words) for row in rows),
        tuple(shapely.Polygon(row.ring) for row in rows),
        "; ".join(dict.fromkeys(row.source for row in rows)),
    )

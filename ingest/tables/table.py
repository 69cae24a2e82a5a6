"""A table as a file brings it: what kind of file, which columns, which letters, and its rows, not yet understood."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo.crs import Frame
from ingest.deliveries import UNKNOWN, Opened
from ingest.outcome import Reject
from ingest.tables.encodings import AS_IT_IS, Letters

MOST_COLUMNS = 400
TITLE_ROWS = 30
"""How far down the line of column names may stand, where titles may stand above it."""


@dataclass(frozen=True)
class RawRow:
    """One row: `values` by column, `geometry` in two dimensions when it came with one.

    As read, columns have the file's own names and the geometry the file's own frame; once understood, columns are
    the layer's fields, the geometry is in EPSG:4326 and `given` is where the file's own numbers put it (x, y).
    """

    number: int
    values: Mapping[str, Any]
    raw: bytes
    geometry: BaseGeometry | None = None
    given: tuple[float, float] | None = None


Report = Callable[[int, int | None], None]
"""Called with (rows done, rows in all or None)."""


@dataclass(frozen=True)
class Again:
    """The numbers of the rows wanted now (None: all of them), and the delivery they were refused in."""

    replay_of: int
    only: frozenset[int] | None = None

    def wants(self, number: int | None) -> bool:
        """Whether a row is among those wanted."""
        return self.only is None or number in self.only


@dataclass(frozen=True)
class ReadOptions:
    """What a person says about a file instead of what it declares or we would guess; who is told how far it is."""

    crs: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    layer_name: str | None = None
    report: Report | None = None
    names: frozenset[str] = frozenset()  # folded names of our columns: the line that has most of them is the header
    titled: bool = False  # lines of titles may stand above the header of a text file
    opened: Opened = UNKNOWN  # what its delivery says beside the form: the message it came in, the paper
    heard_at: datetime | None = None  # when it reached us, if that was before now
    again: Again | None = None


NOTHING_SAID = ReadOptions()


@dataclass(frozen=True)
class Table:
    """A file opened. `rows` may be called again and starts anew each time; numbers are what the sender counts by.

    `shaped`: rows come with a geometry, in `frame` (None when the file declares none). `strict`: the header is that of
    every row, so a column that is missing there is missing everywhere.
    """

    format: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[RawRow | Reject]]
    part: str | None = None
    count: int | None = None
    shaped: bool = False
    frame: Frame | None = None
    strict: bool = True
    letters: Letters = AS_IT_IS

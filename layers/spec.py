"""What a Layer is. One frozen object per layer; everyone else loops over the registry.

No I/O, no SQL strings: a layer that needs its own SQL names a view made by a migration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import InstrumentedAttribute

from layers.access.roles import PUBLIC, Readers

Column = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(frozen=True)
class Text:
    """The same words in Vietnamese and English."""

    vi: str
    en: str


COUNT = Text("cơ sở", "facilities")
PEOPLE = Text("người", "people")
PERCENT = Text("%", "%")


class Token(StrEnum):
    """Colour tokens; each theme gives them a colour, checked for contrast."""

    UNIT = "unit"
    HEALTH = "health"
    LEARNING = "learning"
    VESSEL = "vessel"
    PORT = "port"
    TOURISM = "tourism"
    REPORT = "report"
    SERVICE = "service"
    ZONE = "zone"
    BOUNDARY = "boundary"
    LAND = "land"
    OUTLINE = "outline"


THIN_BELOW = 10


@dataclass(frozen=True)
class Style:
    """How a layer looks, without colours or numbers of one renderer."""

    shape: Literal["circle", "fill", "area", "line", "stream", "land"]
    color: Token
    minzoom: int = 0
    maxzoom: int = 24
    radius: float = 4.0
    icon: str | None = None
    doubt: str | None = None  # the yes-or-no field that says whether a person has checked the feature
    thin_below: int = 0  # below this zoom points that are close are one sign with their count; 0: never
    dashed: tuple[str, str] | None = None  # the field and the value of it that are drawn broken

    @classmethod
    def circle(
        cls,
        color: Token,
        *,
        minzoom: int = 0,
        radius: float = 4.0,
        icon: str | None = None,
        thin_below: int = THIN_BELOW,
    ) -> "Style":
        """A point drawn as a disc with a light outline; below zoom `thin_below`, points that are close as one."""
        return cls("circle", color, minzoom, radius=radius, icon=icon, thin_below=thin_below)

    @classmethod
    def fill(cls, color: Token, *, minzoom: int = 0) -> "Style":
        """A unit with an outline, which a page fills by a measure."""
        return cls("fill", color, minzoom)

    @classmethod
    def area(cls, color: Token, *, minzoom: int = 0, doubt: str | None = None) -> "Style":
        """A thin area that what is under it shines through; broken lines and a word where `doubt` is false."""
        return cls("area", color, minzoom, doubt=doubt)

    @classmethod
    def land(cls, color: Token) -> "Style":
        """What everything else stands on."""
        return cls("land", color)

    @classmethod
    def line(cls, color: Token, *, minzoom: int = 0, dashed: tuple[str, str] | None = None) -> "Style":
        """A line, broken where the field `dashed[0]` says `dashed[1]`."""
        return cls("line", color, minzoom, dashed=dashed)

    @classmethod
    def stream(cls, color: Token) -> "Style":
        """Moving things, drawn from the live stream; tiles serve density and exports."""
        return cls("stream", color)


@dataclass(frozen=True)
class Choice:
    """One value a field may have, as files and tiles write it, and what people read."""

    value: str
    title: Text
    also: tuple[str, ...] = ()  # further words files use for it


Says = Literal["name", "kind", "state", "capacity"]
"""What a field tells of a feature on its page: what it is called, what sort it is, how it stands, how much it holds."""


@dataclass(frozen=True)
class Field:
    """One column shown or read from files. Required in a file exactly when the column is NOT NULL.

    `column=None` with a `name` is a column of files only (a link to another table, say).
    """

    column: InstrumentedAttribute[Any] | None
    title: Text
    unit: str | None = None
    read_by: Readers = PUBLIC
    choices: tuple[Choice, ...] = ()
    says: Says | None = None
    low: float | None = None
    high: float | None = None
    from_file: bool = True
    file_name: str | None = None
    also: tuple[str, ...] = ()  # further titles it stands under in files
    units: Mapping[str, float] = field(default_factory=dict)  # what a column's title may say it is in, and × how much

    @property
    def name(self) -> str:
        """The field's name in files, tiles and the API."""
        if self.file_name is not None:
            return self.file_name
        assert self.column is not None
        return str(self.column.key)

    @property
    def values(self) -> tuple[str, ...]:
        """The values it may have; empty when any will do."""
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True)
class Measure:
    """One number per unit: `value` is an aggregate over the layer's rows in the unit's cells.

    With a `denominator` it is a ratio: `times` × the sum of `value` ÷ the sum of `denominator`, so that the ratio of a
    unit is one of sums, never a sum or a mean of ratios.
    """

    name: str
    title: Text
    value: ColumnElement[Any]
    unit: Text
    known: ColumnElement[Any] | None = None  # aggregate: how many rows have a value, when some may lack one
    good: Literal["up", "down", "none"] = "none"
    digits: int = 0
    denominator: ColumnElement[Any] | None = None
    times: float = 1.0


@dataclass(frozen=True)
class Link:
    """A file's columns that name a transmitter on the thing read; `seal` is the column of the number on its seal."""

    kind: Literal["ais", "vms"]
    columns: tuple[str, ...]
    seal: str | None = None

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Those that name it, and the seal's."""
        return self.columns if self.seal is None else (*self.columns, self.seal)

    def key(self, row: Mapping[str, str]) -> str | None:
        """`mmsi:…` or `vms:…:…`, or None when the columns are empty."""
        parts = [row.get(column) or "" for column in self.columns]
        if not all(parts):
            return None
        return ":".join(["mmsi" if self.kind == "ais" else "vms", *parts])


@dataclass(frozen=True, eq=False)
class Same:
    """How senders mean the same thing: `by` is generated from a row's code; `name`, `thing` say which thing has it."""

    by: InstrumentedAttribute[Any]
    name: InstrumentedAttribute[Any]
    thing: InstrumentedAttribute[Any]


@dataclass(frozen=True)
class FromFile:
    """How files become rows: by their geometry, by the commune they name, or without a place of their own."""

    place: Literal["geometry", "commune_code", "none"]
    near_m: int = 0  # a point off the shore still belongs to the unit this near
    code: str = "code"
    time: str | None = None
    links: tuple[Link, ...] = ()
    time_also: tuple[str, ...] = ()  # further titles of the column that says when
    time_needed: bool = False  # a row that does not say when is refused
    key: tuple[str, ...] = ()  # the fields that together name a row, where no single one does
    fixed: tuple[tuple[str, Any], ...] = ()  # what every row of such a file has, beside what it says
    day_first: bool = False  # 1/11/2026 is the first of November: the books' contract says so
    same: Same | None = None
    withhold: bool = False  # columns we do not understand are not kept either, in raw files and refused rows


@dataclass(frozen=True, eq=False, kw_only=True)  # itself: what is kept per layer is found without comparing its fields
class Filed:
    """What files fill: a table of facts, and how the rows of a file become its rows."""

    name: str
    title: Text
    model: Any
    source: str
    fields: tuple[Field, ...]
    file: FromFile | None = None

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)


class Book(Filed):
    """A book kept beside the map: what it says of a boat it says under the boat's number."""


@dataclass(frozen=True)
class Shapes:
    """Geometry generalised per zoom when written: a table (key, minzoom, maxzoom, geom in Web Mercator)."""

    table: Table
    key: str
    label: InstrumentedAttribute[Any] | None = None  # a point for the name, so that no seam cuts it


@dataclass(frozen=True)
class Density:
    """What those may see who may not see each: `counted` per square of `size_deg` degrees."""

    read_by: Readers
    size_deg: float
    counted: str = "features"


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer(Filed):
    """One layer of the map; see docs/tutorials/add-a-layer.md."""

    geometry: InstrumentedAttribute[Any] | Column | None
    style: Style
    key: InstrumentedAttribute[Any] | Column
    view: Any = None  # the model read from, when files are written elsewhere
    rows: ColumnElement[bool] | None = None  # which rows are of today, for everybody
    cell: InstrumentedAttribute[Any] | Column | None = None
    time: InstrumentedAttribute[Any] | Column | None = None
    row_source: InstrumentedAttribute[Any] | Column | None = None
    measures: tuple[Measure, ...] = ()
    read_by: Readers = PUBLIC
    density: Density | None = None
    shapes: Shapes | None = None
    tiled: bool = True

    @property
    def reading(self) -> Any:
        """The model that tiles, the API and sums read."""
        return self.view if self.view is not None else self.model

    def saying(self, what: Says) -> tuple[Field, ...]:
        """The fields that say this of a feature, most telling first."""
        return tuple(f for f in self.fields if f.says == what)

"""Which column of a file is which field: by its name, by its Vietnamese title, or by a name a file format cut short."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from geo.degrees import Axis, parse_degrees
from geo.errors import BadInput
from geo.text import fold
from ingest.outcome import Reject
from ingest.tables.check import COMMUNE, needed_columns
from ingest.tables.days import Order, day_order, day_readings, read_day
from ingest.tables.encodings import Letters
from ingest.tables.heading import last_part
from ingest.tables.numbers import Mark, decimal_mark, readings
from ingest.tables.shapes import LON_LAT, wanted_kind
from ingest.tables.table import RawRow, Table
from layers.spec import Field, Filed

DBF_NAME = 10
"""How many letters of a name a Shapefile keeps."""
AXES: Mapping[str, Axis] = {"lon": "lon", "lat": "lat"}
COMMUNE_NAME = "commune_name"
"""A column that names the commune in words: held against the place, not stored."""
TITLES = {
    "lon": ("kinh do", "lng", "long", "longitude"),
    "lat": ("vi do", "latitude"),
    COMMUNE: ("ma xa", "ma don vi hanh chinh", "commune code"),
    COMMUNE_NAME: ("xa", "xa phuong", "phuong xa", "ten xa", "xa phuong dac khu", "commune"),
}
EAST = ("x", "e", "east", "easting", "dong", "hoanh do", "toa do x", "x vn2000", "x vn 2000")
NORTH = ("y", "n", "north", "northing", "bac", "tung do", "toa do y", "y vn2000", "y vn 2000")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Columns:
    """How a file's columns are understood: `fields` by the file's own name, `shown` as people read that name.

    `marks` are the decimal marks that text columns show, `days` the order of their days with whether a cell shows it;
    `metres` says that the place is told by east and north; `factors` take the numbers of a field to our unit from the
    one its title says.
    """

    fields: Mapping[str, str]
    shown: Mapping[str, str]
    ignored: tuple[str, ...]
    absent: tuple[str, ...]
    marks: Mapping[str, Mark]
    letters: Letters
    metres: bool
    factors: Mapping[str, float] = field(default_factory=dict)
    withhold: bool = False
    days: Mapping[str, tuple[Order | None, bool]] = field(default_factory=dict)

    def understand(self, row: RawRow) -> RawRow:
        """The row under the layer's names, its text as Unicode, its numbers as their columns mean them.

        Where what we do not understand of a file is not to be kept, its bytes are those of what was understood.
        """
        given = row.values
        values = {f: self._value(name, f, given[name]) for name, f in self.fields.items() if name in given}
        raw = orjson.dumps(values, default=str) if self.withhold else row.raw
        return RawRow(row.number, values, raw, row.geometry)

    def _value(self, name: str, field: str, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        mark = self.marks.get(field)
        if mark is not None and (number := readings(given).get(mark)) is not None:
            return number
        if field in AXES and (degrees := degrees_of(given, AXES[field])) is not None:
            return degrees
        if field in self.days and (day := read_day(given, self.days[field][0])) is not None:
            return day.isoformat()
        return self.letters.read(name, given)


def degrees_of(given: str, axis: Axis) -> float | None:
    """Degrees, minutes and seconds in decimal degrees; None for a plain number, which its column reads as one."""
    return None if readings(given) else parse_degrees(given, axis)


@lru_cache(maxsize=8192)  # forms say the same names over and over
def bare(title: str) -> str:
    """A title as it is compared: folded, without its unit in brackets, without signs."""
    return _SIGNS.sub(" ", fold(_BRACKETS.sub(" ", title))).strip()


def known_titles(layer: Filed) -> dict[str, set[str]]:
    """Every column a file of the layer may have, with the folded titles it may stand under."""
    assert layer.file is not None
    titles = {f.name: _titles_of(f) for f in layer.fields if f.from_file}
    further = [] if layer.file.place == "none" else [COMMUNE, COMMUNE_NAME]
    further += [c for link in layer.file.links for c in link.all_columns]
    further += [layer.file.time] if layer.file.time else []
    further += LON_LAT if layer.file.place == "geometry" and wanted_kind(layer) == "POINT" else ()
    for name in further:
        titles.setdefault(name, {bare(name)}).update(TITLES.get(name, ()))
    if layer.file.time:
        titles[layer.file.time].update(map(bare, layer.file.time_also))
    return titles


def _titles_of(field: Field) -> set[str]:
    titles = {bare(title) for title in (field.name, field.title.vi, field.title.en, *field.also)}
    return titles | {f"{title} {unit}" for title in titles for unit in field.units}


def header_names(layer: Filed) -> frozenset[str]:
    """The folded titles by which the line of column names is recognised."""
    return frozenset().union(*known_titles(layer).values(), EAST, NORTH)


def match_columns(layer: Filed, table: Table, sample: Iterable[RawRow | Reject]) -> Columns:
    """How the table's columns are understood. BadInput when one is named twice, or one that must be there is not."""
    shown = {name: table.letters.read("", name) for name in table.header}
    _check_once(table.header)
    titles = known_titles(layer)
    fields, metres = _match(shown, titles), False
    if "lon" in titles and not table.shaped and not set(LON_LAT) & set(fields.values()):
        fields, metres = _match_metres(fields, shown)
    absent = [name for name in titles if name not in fields.values() and name != COMMUNE_NAME]
    _check_needed(layer, table, absent)
    ignored = tuple(shown[name] for name in table.header if name not in fields)
    optional = tuple(n for n in absent if n not in (*LON_LAT, COMMUNE))
    assert layer.file is not None
    rows = [row for row in sample if isinstance(row, RawRow)]
    told = (_marks(layer, fields, rows), table.letters, metres, _factors(layer, fields, shown))
    withhold = layer.file.withhold and bool(ignored)
    return Columns(fields, shown, ignored, optional, *told, withhold, _days(layer, fields, rows))


def _check_once(header: tuple[str, ...]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadInput(f"column(s) {', '.join(map(repr, twice))} named twice in the header line; keep one of each")


def _match(shown: Mapping[str, str], titles: Mapping[str, set[str]]) -> dict[str, str]:
    """The field of each column that has one: by exact name, else by title, by a sub-title that stands once, or by a
    name cut to ten letters.
    """
    fields = {name: text.strip() for name, text in shown.items() if text.strip() in titles}
    said = [last_part(text) for text in shown.values()]
    subs = {name: part for name, text in shown.items() if said.count(part := last_part(text)) == 1 and part != text}
    for name, text in shown.items():
        taken = set(fields.values())
        meant = [f for f, known in titles.items() if bare(text) in known and f not in taken]
        meant = meant or [f for f, known in titles.items() if bare(subs.get(name, "")) in known and f not in taken]
        cut = [f for f in titles if len(text) == DBF_NAME and f[:DBF_NAME] == text.lower() and f not in taken]
        if name not in fields and len(meant or cut) == 1:
            fields[name] = (meant or cut)[0]
    return fields


def _match_metres(fields: dict[str, str], shown: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """The columns with east and north added, where a file has one of each."""
    east = [name for name, text in shown.items() if bare(text) in EAST and name not in fields]
    north = [name for name, text in shown.items() if bare(text) in NORTH and name not in fields]
    if len(east) != 1 or len(north) != 1:
        return fields, False
    return fields | {east[0]: LON_LAT[0], north[0]: LON_LAT[1]}, True


def _check_needed(layer: Filed, table: Table, absent: list[str]) -> None:
    """What no row can do without must stand in the header of a table that has one."""
    given = LON_LAT if table.shaped else ()
    lacking = [name for name in needed_columns(layer) if name in absent and name not in given]
    if table.strict and lacking:
        found = ", ".join(table.letters.read("", name) for name in table.header)[:300]
        detail = f"column(s) {', '.join(lacking)} missing; add them to the header line (it has {found})"
        raise BadInput(detail, field=lacking[0])


def _factors(layer: Filed, fields: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, float]:
    """What the numbers of a field are to be multiplied by. BadInput when its title does not say what they are in."""
    found: dict[str, float] = {}
    for name, known in ((n, layer.field(f)) for n, f in fields.items()):
        if known is None or not known.units:
            continue
        said = {known.units[word] for word in _SIGNS.split(fold(shown[name])) if word in known.units}
        if len(said) != 1:
            units = " or ".join(known.units)
            detail = f"column {shown[name]!r}: say in its title what it is in, {units}: {known.title.vi} (kW)"
            raise BadInput(detail, field=known.name)
        found[known.name] = said.pop()
    return found


def _marks(layer: Filed, fields: Mapping[str, str], rows: Iterable[RawRow]) -> dict[str, Mark]:
    """The decimal mark of each column of numbers that came as text."""
    numeric = {f.name for f in layer.fields if f.column is not None and f.column.type.python_type in (int, float)}
    texts = _texts(fields, {*numeric, *LON_LAT}, rows)
    return {name: mark for name, column in texts.items() if (mark := decimal_mark(column)) is not None}


def _days(layer: Filed, fields: Mapping[str, str], rows: Iterable[RawRow]) -> dict[str, tuple[Order | None, bool]]:
    """The order of each column of days that came as text like 05/11/2026; a contract may have settled it."""
    assert layer.file is not None
    timed = {f.name for f in layer.fields if f.column is not None and f.column.type.python_type in (date, datetime)}
    timed |= {layer.file.time} if layer.file.time else set()
    texts = _texts(fields, timed, rows)
    texts = {name: column for name, column in texts.items() if any(map(day_readings, column))}
    return {name: ("dmy", True) if layer.file.day_first else day_order(column) for name, column in texts.items()}


def _texts(fields: Mapping[str, str], wanted: set[str], rows: Iterable[RawRow]) -> dict[str, list[str]]:
    """The cells of the wanted fields that came as text."""
    named = {name: known for name, known in fields.items() if known in wanted}
    texts: dict[str, list[str]] = {known: [] for known in named.values()}
    for row in rows:
        for name, known in named.items():
            value = row.values.get(name)
            if isinstance(value, str):
                texts[known].append(value)
    return texts

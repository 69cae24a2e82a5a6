"""An export of the national monitoring system, XLSX or CSV, as people make it by hand: every row to a fix."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from geo.clock import LOCAL
from geo.degrees import Axis, parse_degrees, parse_place
from geo.text import compose, fold
from ingest.outcome import Flag, Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE
from ingest.tables.csv_file import open_csv
from ingest.tables.numbers import Mark, decimal_mark, readings
from ingest.tables.table import RawRow, ReadOptions, Table
from ingest.tables.workbook import open_workbook
from ingest.vms.clean import FieldFault, Told, check_degrees, check_name, check_time, make_fix
from ingest.vms.national import PROVIDER
from ingest.vms.titles import KN_OF, Understood, header_names, understand
from ingest.vms.whose import boat_key
from layers.spec import Text

SAMPLE = 2_000
"""Rows that show which decimal mark a column has."""
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2})(?::|h|\s*giờ\s*)(\d{2})(?:(?::|m|\s*phút\s*)(\d{2})(?:\.\d+)?s?)?")
MOST = 1_000
"""No speed and no course is more, in any unit: `7.500` is seven and a half."""
_CALLS = ("sos", "khan cap", "cap cuu", "cau cuu")
_MIDNIGHT = "T00:00:00"


@dataclass(frozen=True)
class Export:
    """A table opened and its columns understood. Rows may be asked for once."""

    table: Table
    columns: Understood
    provider: str

    def told(self) -> list[Text]:
        """What was understood, for people."""
        part = f" ‘{self.table.part}’" if self.table.part else ""
        letters = self.table.letters
        head = [Text(f"định dạng: {self.table.format}{part}", f"format: {self.table.format}{part}")]
        if letters.cells:
            vi = f"bảng mã: {letters.name} (đoán từ {letters.cells} ô)"
            head.append(Text(vi, f"encoding: {letters.name} (guessed from {letters.cells} cells)"))
        return [*head, *self.columns.told()]

    def read(self, now_ms: int) -> Iterator[Outcome]:
        """A fix or a reject for every row. `now_ms` is Unix ms UTC."""
        rows = self.table.rows()
        sample = list(islice(rows, SAMPLE))
        marks = self._marks(row for row in sample if isinstance(row, RawRow))
        reader = RowReader(self, marks, now_ms)
        for row in chain(sample, rows):
            yield row if isinstance(row, Reject) else reader.read(row)

    def _marks(self, rows: Iterable[RawRow]) -> Mapping[str, Mark]:
        """The decimal mark of speed and course; degrees have but one reading."""
        kept = list(rows)
        marks: dict[str, Mark] = {}
        for field in {"sog", "cog_deg"} & set(self.columns.fields):
            texts = [v for row in kept if isinstance(v := row.values.get(self.columns.fields[field]), str)]
            if (mark := decimal_mark(texts)) is not None:
                marks[field] = mark
        return marks


def open_export(path: Path, provider: str = PROVIDER, encoding: str | None = None) -> Export:
    """An XLSX or CSV file whose header line may stand below titles. BadInput when it lacks a column it must have."""
    options = ReadOptions(encoding=encoding, names=header_names(), titled=True)
    table = open_workbook(path, options) if path.suffix.lower() == ".xlsx" else open_csv(path, options)
    return Export(table, understand(table.letters.read("", name) for name in table.header), provider)


class RowReader:
    """One row after the other."""

    def __init__(self, export: Export, marks: Mapping[str, Mark], now_ms: int) -> None:
        letters, table = export.table.letters, export.table
        own = {letters.read("", name): name for name in table.header}
        self._names = {field: own[shown] for field, shown in export.columns.fields.items()}
        self._titles = dict(export.columns.fields)
        self._letters, self._marks, self._now_ms = letters, marks, now_ms
        self._kn = KN_OF.get(export.columns.speed or "")
        self._provider = export.provider

    def read(self, row: RawRow) -> Outcome:
        """The fix of a row, or a reject that names the column by its title."""
        raw = row.raw[:KEPT_OF_LONG_LINE]
        try:
            return make_fix(self._told(row), raw)
        except FieldFault as fault:
            return Reject(fault.reason, f"row {row.number}, {fault}", raw, row.number)

    def _told(self, row: RawRow) -> Told:
        given = {field: self._cell(row, name) for field, name in self._names.items()}
        t_ms = check_time(self._moment(given), self._title("t"), self._now_ms)
        heard_ms = self._now_ms
        if _text(given.get("received_at")):
            received = parse_local(_text(given["received_at"]), self._title("received_at"))
            heard_ms = check_time(received, self._title("received_at"), self._now_ms)
        lat, lon = self._place(given)
        speed = self._number(given, "sog")
        speed = None if speed is None or self._kn is None else speed * self._kn
        status = _text(given.get("status"))
        flags = int(Flag.DISTRESS) if any(call in fold(status) for call in _CALLS) else 0
        course = self._number(given, "cog_deg")
        return Told(self._key(given), t_ms, heard_ms, lon, lat, speed, course, status, flags)

    def _cell(self, row: RawRow, name: str) -> Any:
        value = row.values.get(name)
        return self._letters.read(name, value) if isinstance(value, str) else value

    def _title(self, field: str) -> str:
        return self._titles.get(field, self._titles.get("day", field))

    def _key(self, given: Mapping[str, Any]) -> str:
        device, boat = _text(given.get("device_id")), _text(given.get("boat"))
        if device:
            provider = _text(given.get("provider")) or self._provider
            return f"vms:{check_name(provider, self._title('provider'))}:{check_name(device, self._title('device_id'))}"
        if boat:
            return boat_key(check_name(boat, self._title("boat")))
        raise FieldFault("missing_field", self._title("device_id"), "empty, and the boat's number too")

    def _moment(self, given: Mapping[str, Any]) -> datetime:
        if "t" in given:
            return parse_local(_text(given["t"]), self._title("t"))
        day, clock = _text(given["day"]).removesuffix(_MIDNIGHT), _text(given["clock"])
        if not day or not clock:
            raise FieldFault("missing_field", self._title("clock" if day else "day"), "empty")
        return parse_local(f"{day} {clock}", self._title("day"))

    def _place(self, given: Mapping[str, Any]) -> tuple[float, float]:
        if "lat" in given and "lon" in given:
            return self._degrees(given, "lat", 90), self._degrees(given, "lon", 180)
        text = _text(given["place"])
        if not text:
            raise FieldFault("missing_field", self._title("place"), "empty")
        place = parse_place(text)
        if place is None:
            raise FieldFault("bad_position", self._title("place"), f"{text[:60]!r}: write latitude; longitude")
        return place

    def _degrees(self, given: Mapping[str, Any], axis: Axis, limit: int) -> float:
        value, title = given[axis], self._title(axis)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return check_degrees(float(value), title, limit)
        text = _text(value)
        if not text:
            raise FieldFault("missing_field", title, "empty")
        degrees = parse_degrees(text, axis)
        if degrees is None:
            numbers = [abs(n) for n in readings(text).values()]
            reason = "position_out_of_range" if numbers and min(numbers) > limit else "bad_number"
            example = "15.3417 or 15°20'30\"N" if axis == "lat" else "109.1 or 109°06'00\"E"
            raise FieldFault(reason, title, f"{text[:40]!r}; write {example}")
        return degrees

    def _number(self, given: Mapping[str, Any], field: str) -> float | None:
        value = given.get(field)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        text = _text(value)
        if not text or text in ("-", "–"):
            return None
        found = readings(text)
        found = {mark: number for mark, number in found.items() if number <= MOST} or found
        mark = self._marks.get(field)
        if len(found) != 1 and (mark is None or mark not in found):
            why = f"{text[:40]!r} may be two numbers" if found else f"{text[:40]!r} is no number"
            raise FieldFault("bad_number", self._title(field), f"{why}; write digits with one decimal mark")
        return found[mark] if mark in found else found.popitem()[1]


def parse_local(text: str, title: str) -> datetime:
    """`23/11/2026 14:05[:30]`, `14:05 23/11/2026`, ISO 8601 with a space or a T; without an offset Việt Nam's time."""
    if not text:
        raise FieldFault("missing_field", title, "empty")
    try:
        moment = datetime.fromisoformat(text) if _YEAR_FIRST.match(text) and len(text) > 10 else _day_first(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
    except ValueError:
        raise FieldFault("bad_time", title, f"{text[:40]!r}; write 23/11/2026 14:05") from None


def _day_first(text: str) -> datetime:
    """Raises ValueError for what is no day and time."""
    day = _DAY_FIRST.search(text) or _YEAR_FIRST.search(text)
    if day is None:
        raise ValueError(text)
    clock = _CLOCK.fullmatch(f"{text[: day.start()]}{text[day.end() :]}".strip(" ,T-"))
    if clock is None:
        raise ValueError(text)
    parts = [int(part) for part in day.groups()]
    year, month, number = parts if len(day[1]) == 4 else parts[::-1]
    return datetime(year, month, number, int(clock[1]), int(clock[2]), int(clock[3] or 0), tzinfo=LOCAL)


def _text(value: Any) -> str:
    """A cell as text; a number without a needless fraction."""
    if value is None or isinstance(value, bool):
        return ""
    return compose(str(value))

"""From a row to a fix: every cell checked, every refusal names its column."""

import re
from datetime import datetime
from hashlib import blake2b
from math import isfinite
from typing import NamedTuple

from geo.clock import EARLIEST, FUTURE_ALLOWANCE, unix_ms
from ingest.outcome import Fix, Flag, Reject
from ingest.source import KEPT_OF_LONG_LINE
from ingest.vms.read import Row

EARLIEST_MS = unix_ms(EARLIEST)
ALLOWANCE_MS = int(FUTURE_ALLOWANCE.total_seconds() * 1000)
FASTEST_KN = 102.2
LONGEST_NAME = 64
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


class Told(NamedTuple):
    """One report as told: transmitter, Unix ms UTC, degrees EPSG:4326, knots, degrees from north; None: not said.

    `status` is the sender's own word for its state, part of what makes two reports the same; `flags` are `Flag`s.
    """

    key: str
    t_ms: int
    heard_ms: int
    lon: float | None
    lat: float | None
    sog_kn: float | None = None
    cog_deg: float | None = None
    status: str = ""
    flags: int = 0


class FieldFault(Exception):
    """One cell that cannot be believed."""

    def __init__(self, reason: str, column: str, why: str) -> None:
        super().__init__(f"{column}: {why}")
        self.reason = reason


def clean_row(row: Row, now_ms: int) -> Fix | Reject:
    """The fix a row describes, or a reject naming the column at fault. `now_ms` is Unix ms UTC."""
    try:
        return read_fix(row, now_ms)
    except FieldFault as fault:
        return Reject(fault.reason, str(fault), row.raw[:KEPT_OF_LONG_LINE], row.line_no)


def read_fix(row: Row, now_ms: int) -> Fix:
    """The fix; raises `FieldFault`."""
    cells = row.cells
    key = f"vms:{read_name(cells, 'provider')}:{read_name(cells, 'device_id')}"
    t_ms = read_time(cells, "t", now_ms)
    heard_ms = read_time(cells, "received_at", now_ms) if cells["received_at"] else now_ms
    lon, lat = read_degrees(cells, "lon", 180), read_degrees(cells, "lat", 90)
    said = (read_number(cells, "sog_kn"), read_number(cells, "cog_deg"))
    return make_fix(Told(key, t_ms, heard_ms, lon, lat, *said, cells.get("status", "")), row.raw)


def make_fix(told: Told, raw: bytes) -> Fix:
    """The fix that a report tells, the same in any format; doubtful parts become None and a flag."""
    sog_dkn, slow_flag = check_speed(told.sog_kn)
    cog_ddeg, course_flag = check_course(told.cog_deg)
    ahead = int(Flag.CLOCK_AHEAD) if told.t_ms > told.heard_ms + ALLOWANCE_MS else 0
    lon_e7 = None if told.lon is None else round(told.lon * 1e7)
    lat_e7 = None if told.lat is None else round(told.lat * 1e7)
    content = f"{lon_e7},{lat_e7},{sog_dkn},{cog_ddeg},{told.status}"
    name = int.from_bytes(blake2b(content.encode(), digest_size=8).digest(), "big", signed=True)
    where = (told.key, told.t_ms, name, told.heard_ms, lon_e7, lat_e7, sog_dkn, cog_ddeg)
    flags = slow_flag | course_flag | ahead | told.flags
    return Fix(*where, None, None, None, None, flags, raw[:KEPT_OF_LONG_LINE])


def read_name(cells: dict[str, str], column: str) -> str:
    """A provider or device name: printable, not empty, not endless."""
    return check_name(cells[column], column)


def check_name(name: str, column: str) -> str:
    """The name itself; FieldFault when it can be none."""
    if not name:
        raise FieldFault("missing_field", column, "empty")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise FieldFault("bad_name", column, f"more than {LONGEST_NAME} characters or not printable")
    return name


def read_time(cells: dict[str, str], column: str, now_ms: int) -> int:
    """Unix ms of an ISO 8601 time with offset, not before 2000 and not in the future."""
    text = cells[column]
    if not text:
        raise FieldFault("missing_field", column, "empty")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FieldFault("bad_time", column, f"{text[:40]!r} is not ISO 8601") from None
    if moment.tzinfo is None:
        raise FieldFault("bad_time", column, f"{text!r} has no offset; write {text}+07:00 or …Z")
    return check_time(moment, column, now_ms)


def check_time(moment: datetime, column: str, now_ms: int) -> int:
    """Unix ms of an aware moment, not before 2000 and not in the future."""
    try:
        ms = unix_ms(moment)
    except (OverflowError, ValueError):
        ms = -1
    if ms < EARLIEST_MS:
        raise FieldFault("before_2000", column, moment.isoformat())
    if ms > now_ms + ALLOWANCE_MS:
        raise FieldFault("future_time", column, f"{moment.isoformat()} has not come yet")
    return ms


def read_number(cells: dict[str, str], column: str) -> float | None:
    """A decimal number with a point; None when the cell is empty."""
    text = cells[column]
    if not text:
        return None
    if _NOT_FINITE.fullmatch(text):
        raise FieldFault("not_finite", column, text)
    if _NUMBER.fullmatch(text) is None or not text.isascii():
        raise FieldFault("bad_number", column, f"{text[:40]!r}; write digits with a point")
    number = float(text)
    if abs(number) > 1e9:
        raise FieldFault("not_finite", column, text[:40])
    return number


def read_degrees(cells: dict[str, str], column: str, limit: int) -> float:
    """A longitude or latitude, EPSG:4326."""
    degrees = read_number(cells, column)
    if degrees is None:
        raise FieldFault("missing_field", column, "empty")
    return check_degrees(degrees, column, limit)


def check_degrees(degrees: float, column: str, limit: int) -> float:
    """A finite number of degrees within the limit."""
    if not isfinite(degrees):
        raise FieldFault("not_finite", column, str(degrees))
    if abs(degrees) > limit:
        raise FieldFault("position_out_of_range", column, f"{degrees:g} is beyond {limit} degrees")
    return degrees


def check_speed(speed: float | None) -> tuple[int | None, int]:
    """0.1 knots and flags; a speed no boat has becomes None and a flag."""
    if speed is None:
        return None, 0
    return (round(speed * 10), 0) if 0 <= speed <= FASTEST_KN else (None, int(Flag.SPEED))


def check_course(course: float | None) -> tuple[int | None, int]:
    """0.1 degrees and flags; devices do send 372."""
    if course is None:
        return None, 0
    return (round(course * 10) % 3600, 0) if 0 <= course <= 360 else (None, int(Flag.COURSE))

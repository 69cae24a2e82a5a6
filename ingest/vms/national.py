"""The national device message of Thông báo 1008/TB-TCTS-TTTS (4/5/2019), Phụ lục I. *Chưa xác minh.*

Only an excerpt is public: the names and order of the fields, not how they are written. We take them for those of NMEA's
GPRMC, whose order they have: hhmmss and ddmmyy in UTC, ddmm.mmmm, knots. Separated by commas, semicolons or spaces.

    MREF, Seqno, ID, Time, State, Latitude, N|S, Longitude, E|W, Speed, DIR, Date     periodic, or the answer to a poll
    SOS, ID, Latitude, N|S, Longitude, E|W, Date, Time [, GMT]                        a call for help
    MREF, ID, Seqno, SecretCode                                                       a poll: nothing is kept of it
    IMG, …                                                                            text to the device
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from geo.clock import Clock, system_clock, unix_ms
from ingest.jumps import JumpWatch
from ingest.outcome import Fix, Flag, Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE, Line
from ingest.vms.clean import FieldFault, Told, check_degrees, check_name, check_time, make_fix, read_number

PROVIDER = "quoc-gia"
"""Whose devices they are where nobody says: the message names none."""
POSITION_PARTS, SOS_PARTS, POLL_PARTS = 12, 8, 4
_SEPARATORS = re.compile(r"\s*[,;]\s*|\]\s*\[|\s+")
_CHECKSUM = re.compile(r"\*([0-9A-Fa-f]{2})$")
_CLOCK, _DAY = re.compile(r"([0-9]{6})(?:\.[0-9]+)?"), re.compile(r"[0-9]{6}")
_DEGREES = re.compile(r"([0-9]+)(\.[0-9]+)?")
SIDES = {"lat": {"N": 1, "S": -1}, "lon": {"E": 1, "W": -1}}
LIMIT = {"lat": 90, "lon": 180}


class NationalPipeline:
    """Lines of the national message; every line stands alone."""

    def __init__(self, clock: Clock = system_clock, provider: str = PROVIDER) -> None:
        self._clock, self._provider = clock, provider
        self._jumps = JumpWatch()
        self.lines = self.extra = 0
        self.ignored: Counter[str] = Counter()
        self.now_ms = 0
        self.refresh()

    def refresh(self) -> None:
        """Look at the clock."""
        self.now_ms = unix_ms(self._clock())

    def push(self, lines: Iterable[Line | Reject]) -> Iterator[Outcome]:
        """The outcomes of these lines."""
        for line in lines:
            self.lines += 1
            found = line if isinstance(line, Reject) else self._read(line)
            if isinstance(found, str):
                self.ignored[found] += 1
            else:
                yield self._jumps.look(found) if isinstance(found, Fix) else found

    def finish(self) -> Iterator[Outcome]:
        """Nothing is ever held back."""
        return iter(())

    def expire(self) -> Iterator[Outcome]:
        """Nothing is ever held back."""
        return iter(())

    def _read(self, line: Line) -> Outcome | str:
        raw = line.raw.strip()[:KEPT_OF_LONG_LINE]
        heard_ms = self.now_ms if line.arrived_at is None else unix_ms(line.arrived_at)
        try:
            return read_line(line.raw, self._provider, heard_ms)
        except FieldFault as fault:
            return Reject(fault.reason, str(fault), raw, line.number)


def read_line(raw: bytes, provider: str, now_ms: int) -> Fix | str:
    """The fix of one line, or the kind of what holds none. Raises `FieldFault` naming the field as the paper does."""
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("ascii").strip()
    except UnicodeDecodeError:
        raise FieldFault("bad_encoding", "MREF", "not ASCII") from None
    if not text:
        return "blank"
    parts = _SEPARATORS.split(_checked(text).strip("[]$ "))
    if parts[0] == "IMG":
        return "text"
    if parts[0].startswith("SOS"):
        return _sos(parts, provider, raw, now_ms)
    if len(parts) == POLL_PARTS:
        return "poll"
    if len(parts) != POSITION_PARTS:
        raise FieldFault("bad_message", "MREF", f"{len(parts)} fields; a position has {POSITION_PARTS}")
    return _position(parts, provider, raw, now_ms)


def _checked(text: str) -> str:
    """The text without its checksum, which must be right where there is one (as in NMEA)."""
    found = _CHECKSUM.search(text)
    if found is None:
        return text
    total = 0
    for letter in text[: found.start()].lstrip("$").encode():
        total ^= letter
    if total != int(found[1], 16):
        raise FieldFault("bad_checksum", "MREF", f"*{found[1]} is wrong, the message sums to {total:02X}")
    return text[: found.start()]


def _position(parts: list[str], provider: str, raw: bytes, now_ms: int) -> Fix:
    _, _, device, time, state, latitude, north, longitude, east, speed, course, day = parts
    t_ms = check_time(_moment(day, time), "Date", now_ms)
    lat = lon = None
    if state == "A":
        lat, lon = _place(latitude, north, longitude, east)
    elif not re.fullmatch("[A-Z]", state):
        raise FieldFault("bad_message", "State", f"{state[:10]!r} is no state; A says that the position is exact")
    cells = {"Speed": speed, "DIR": course}
    said = (read_number(cells, "Speed"), read_number(cells, "DIR"))
    key = f"vms:{provider}:{check_name(device, 'ID')}"
    return make_fix(Told(key, t_ms, now_ms, lon, lat, *said, state), raw.strip())


def _sos(parts: list[str], provider: str, raw: bytes, now_ms: int) -> Fix:
    """A call for help; the number may stand right behind the word.

    What of its place or time cannot be read is left out (the time of arrival stands in): the call itself is kept.
    """
    glued = parts[0].removeprefix("SOS").lstrip("=")
    rest = [glued, *parts[1:]] if glued else parts[1:]
    if rest and rest[-1] == "GMT":
        rest = rest[:-1]
    if len(rest) != SOS_PARTS - 1:
        raise FieldFault("bad_message", "MREF", f"{len(rest)} fields after SOS; a call for help has {SOS_PARTS - 1}")
    device, latitude, north, longitude, east, day, time = rest
    key, flags = f"vms:{provider}:{check_name(device, 'ID')}", Flag.DISTRESS
    try:
        t_ms = check_time(_moment(day, time), "Date", now_ms)
    except FieldFault:
        t_ms, flags = now_ms, flags | Flag.ARRIVAL
    lat: float | None
    lon: float | None
    try:
        lat, lon = _place(latitude, north, longitude, east)
    except FieldFault:
        lat = lon = None
    return make_fix(Told(key, t_ms, now_ms, lon, lat, status="SOS", flags=int(flags)), raw.strip())


def _moment(day: str, time: str) -> datetime:
    """ddmmyy and hhmmss, UTC."""
    clock = _CLOCK.fullmatch(time)
    if clock is None:
        raise FieldFault("bad_time", "Time", f"{time[:20]!r} is not hhmmss")
    if not _DAY.fullmatch(day):
        raise FieldFault("bad_time", "Date", f"{day[:20]!r} is not ddmmyy")
    try:
        return datetime.strptime(day + clock[1], "%d%m%y%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise FieldFault("bad_time", "Date", f"{day} {time} is no day and time") from None


def _place(latitude: str, north: str, longitude: str, east: str) -> tuple[float, float]:
    """ddmm.mmmm and dddmm.mmmm; fewer digits are decimal degrees. What has other numbers of digits is not guessed."""
    lat, lat_is_decimal = _degrees(latitude, north, "lat")
    lon, lon_is_decimal = _degrees(longitude, east, "lon")
    if lat_is_decimal != lon_is_decimal:
        raise FieldFault("bad_position", "Latitude", "one of the two is in degrees and minutes, the other is not")
    return lat, lon


def _degrees(text: str, side: str, axis: str) -> tuple[float, bool]:
    name, whole = ("Latitude", 2) if axis == "lat" else ("Longitude", 3)
    if side not in SIDES[axis]:
        wanted = " or ".join(SIDES[axis])
        raise FieldFault("bad_position", "Exp", f"{side[:10]!r} behind the {name.lower()}; use {wanted}")
    found = _DEGREES.fullmatch(text)
    if found is None:
        raise FieldFault("bad_number", name, f"{text[:20]!r} is not {'d' * whole}mm.mmmm")
    digits = found[1]
    if len(digits) == whole + 2:
        minutes = float(digits[whole:] + (found[2] or ""))
        if minutes >= 60:
            raise FieldFault("bad_number", name, f"{text[:20]!r} has {minutes:g} minutes")
        size, is_decimal = int(digits[:whole]) + minutes / 60, False
    elif len(digits) <= whole:
        size, is_decimal = float(text), True
    else:
        raise FieldFault("bad_number", name, f"{text[:20]!r} is not {'d' * whole}mm.mmmm")
    return check_degrees(SIDES[axis][side] * size, name, LIMIT[axis]), is_decimal

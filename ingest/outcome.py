"""What may become of something read: a fact or a reject.

Lines that are in order but say nothing about a vessel are only counted, by whoever recognised them (`ignored`), so
every line that comes in is accounted for.
"""

from enum import IntFlag
from typing import Any, NamedTuple


class Flag(IntFlag):
    """What travels with a fact (`position.flags`): doubts, and what kind of report a VMS position is.

    A doubtful fact is marked, never dropped. The numbers are stored, and SQL in `layers` names UNTIMED and MANUAL by
    them (`layers.vessels.models.NOT_HEARD`).
    """

    UNTIMED = 1  # the feed gave no receive time: the moment of loading stands in for it
    ARRIVAL = 2  # the feed gave no receive time: the moment it reached us stands in for it
    TAG_CHECKSUM = 4  # the tag block's own checksum is wrong
    JUMP = 8  # too far from the same transmitter's last position for any vessel
    CLOCK_AHEAD = 16  # the device says a later time than the one at which it was heard
    SPEED = 32  # a speed no vessel can have
    COURSE = 64  # a course or heading outside the compass
    DISTRESS = 128  # a call for help: by VMS, a search and rescue transmitter, a man overboard device, an EPIRB
    COARSE = 256  # a long-range report: the place is told to a tenth of a minute only
    MANUAL = 512  # typed by a person at the sender's: the device itself has not spoken
    ENTRY = 1024  # sent on entering an area
    EXIT = 2048  # sent on leaving an area


class Fault(NamedTuple):
    """One thing wrong in a row: the field (None: the row as a whole), and what to do, in English and in Vietnamese."""

    field: str | None
    en: str
    vi: str


class Reject(NamedTuple):
    """Something that cannot be believed, kept with its bytes so that it can be looked at and replayed.

    `lines` counts the input lines it covers; `heard_ms` is Unix milliseconds, UTC; `faults` say field by field what
    is wrong with a row of a file.
    """

    reason: str
    detail: str
    raw: bytes
    line_no: int | None = None
    heard_ms: int | None = None
    lines: int = 1
    faults: tuple[Fault, ...] = ()

    @property
    def reason_vi(self) -> str:
        """What is wrong and how to mend it, in Vietnamese where we have it."""
        told = (f"{fault.field}: {fault.vi}" if fault.field else fault.vi for fault in self.faults)
        return "; ".join(told) or self.detail


class Identity(NamedTuple):
    """What a transmitter says it is; None where it does not say. `ship_type` is the raw number."""

    name: str | None = None
    callsign: str | None = None
    imo: int | None = None
    ship_type: int | None = None

    def or_else(self, other: "Identity") -> "Identity":
        """This identity, with what it does not say taken from another."""
        said = {name: value for name, value in self._asdict().items() if value is not None}
        return other._replace(**said)


class Fix(NamedTuple):
    """One position report, ready to store.

    `key` names the transmitter; times are Unix milliseconds UTC (`t_ms` the device's, `heard_ms` the station's);
    coordinates are EPSG:4326 in 1e-7 degrees; `sog_dkn` 0.1 knots; `cog_ddeg` 0.1 degrees from true north.
    None means "not available". `lines` counts the input lines joined into it.
    """

    key: str
    t_ms: int
    payload_hash: int
    heard_ms: int
    lon_e7: int | None
    lat_e7: int | None
    sog_dkn: int | None
    cog_ddeg: int | None
    heading_deg: int | None
    nav_status: int | None
    msg_type: int | None
    utc_second: int | None
    flags: int
    raw: bytes
    lines: int = 1
    identity: Identity | None = None


class Report(NamedTuple):
    """Any other valid message; `body` is plain JSON with units in its names. Times as in `Fix`."""

    key: str
    t_ms: int
    payload_hash: int
    heard_ms: int
    msg_type: int
    body: dict[str, Any]
    flags: int
    raw: bytes
    lines: int = 1
    identity: Identity | None = None


Fact = Fix | Report
Outcome = Fact | Reject

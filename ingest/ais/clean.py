"""From what a message says to what we hold: sentinels become None, impossible places and times become rejects.

Doubtful is not impossible: it is flagged and kept.
"""

from typing import Any

from geo.clock import EARLIEST, FUTURE_ALLOWANCE, unix_ms
from ingest.ais.decode import Message, Position, reject
from ingest.ais.listen import Sentence
from ingest.outcome import Fix, Flag, Reject, Report

EARLIEST_MS = unix_ms(EARLIEST)
ALLOWANCE_MS = int(FUTURE_ALLOWANCE.total_seconds() * 1000)

NO_LON, NO_LAT, NO_SOG, NO_COG, NO_HEADING = 181 * 600_000, 91 * 600_000, 1023, 3600, 511
MAX_LON, MAX_LAT = 180 * 600_000, 90 * 600_000
_COURSE, _DISTRESS, _COARSE = int(Flag.COURSE), int(Flag.DISTRESS), int(Flag.COARSE)
BEACONS = (970, 972, 974)
"""How the numbers of AIS-SARTs, man overboard devices and EPIRBs begin (ITU-R M.585)."""
ALARM, NO_STATUS, LONG_RANGE = 14, 15, 27
_RENAMED = {
    "speed": "sog_kn",
    "course": "cog_deg",
    "heading": "heading_deg",
    "status": "nav_status",
    "shipname": "name",
}
_HEADER = ("msg_type", "mmsi")


def clean_position(position: Position, now_ms: int) -> Fix | Reject:
    """A fix in our units. `now_ms` (Unix ms UTC) stands in where nobody timed the sentence and bounds the future."""
    sentence, lon, lat, cog, heading = position.sentence, position.lon, position.lat, position.cog, position.heading
    heard_ms = now_ms if sentence.heard_ms is None else sentence.heard_ms
    if not EARLIEST_MS <= heard_ms <= now_ms + ALLOWANCE_MS:
        return refuse_time(sentence, heard_ms)
    if not (-MAX_LON <= lon <= MAX_LON or lon == NO_LON) or not (-MAX_LAT <= lat <= MAX_LAT or lat == NO_LAT):
        return refuse_place(sentence, lon / 600_000, lat / 600_000)
    flags = sentence.flags
    if cog > NO_COG or (heading is not None and 360 <= heading != NO_HEADING):
        flags |= _COURSE
    if position.nav_status == ALARM or position.mmsi >= 970_000_000 or position.msg_type == LONG_RANGE:
        flags |= special_flags(position)
    return Fix(
        f"mmsi:{position.mmsi:09d}",
        heard_ms,
        position.payload_hash,
        heard_ms,
        None if lon == NO_LON else to_e7(lon),
        None if lat == NO_LAT else to_e7(lat),
        None if position.sog == NO_SOG else position.sog,
        None if cog == NO_COG else cog,
        None if heading == NO_HEADING else heading,
        position.nav_status,
        position.msg_type,
        position.utc_second,
        flags,
        sentence.raw,
        sentence.total,
        position.identity,
    )


def special_flags(position: Position) -> int:
    """What makes a report more than a ship's, or less: a beacon that is not on test, a coarse place."""
    beacon = position.mmsi // 1_000_000 in BEACONS and position.nav_status != NO_STATUS
    distress = _DISTRESS if beacon or position.nav_status == ALARM else 0
    return distress | (_COARSE if position.msg_type == LONG_RANGE else 0)


def to_e7(units: int) -> int:
    """1/600000 degree in 1e-7 degrees, rounded to the nearest."""
    return (units * 100 + 3) // 6


def clean_message(message: Message, now_ms: int) -> Report | Reject:
    """A report whose body names its units and has None for what is "not available"."""
    sentence = message.sentence
    heard_ms = now_ms if sentence.heard_ms is None else sentence.heard_ms
    if not EARLIEST_MS <= heard_ms <= now_ms + ALLOWANCE_MS:
        return refuse_time(sentence, heard_ms)
    body = {_RENAMED.get(name, name): value for name, value in message.fields.items() if name not in _HEADER}
    lon, lat = place_deg(message.msg_type, body)
    if (lon is not None and lon != 181 and abs(lon) > 180) or (lat is not None and lat != 91 and abs(lat) > 90):
        return refuse_place(sentence, lon, lat)
    blank_sentinels(body)
    where = (f"mmsi:{message.mmsi:09d}", heard_ms, message.payload_hash, heard_ms)
    return Report(*where, message.msg_type, body, sentence.flags, sentence.raw, sentence.total, message.identity)


def place_deg(msg_type: int, body: dict[str, Any]) -> tuple[float | None, float | None]:
    """Where the message says it is, in degrees; type 17 is put from minutes into degrees in the body too."""
    if msg_type == 17:
        body["lon"], body["lat"] = (round(body[name] / 60, 6) for name in ("lon", "lat"))
    return body.get("lon"), body.get("lat")


def blank_sentinels(body: dict[str, Any]) -> None:
    """The standard's "not available" values as None, in place."""
    for name, sentinel in (("lon", 181), ("lat", 91), ("cog_deg", 360), ("heading_deg", 511), ("imo", 0)):
        if body.get(name) == sentinel:
            body[name] = None
    if body.get("sog_kn") in (102.3, 1023):
        body["sog_kn"] = None


def refuse_time(sentence: Sentence, heard_ms: int) -> Reject:
    """A receive time no receiver of ours can have written."""
    reason = "before_2000" if heard_ms < EARLIEST_MS else "future_time"
    return reject(sentence, reason, f"received at {heard_ms} (Unix ms)")


def refuse_place(sentence: Sentence, lon: float | None, lat: float | None) -> Reject:
    """A place that is not on Earth."""
    return reject(sentence, "position_out_of_range", f"lon {lon}, lat {lat}")

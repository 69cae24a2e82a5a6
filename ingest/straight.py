"""The straight way into the history: fixes that nobody has stored yet, COPYed into `position` itself.

Several times cheaper than staging them and asking for each whether it is known; but one known fix refuses the whole
batch, so it is for input that is expected to be new.
"""

from collections.abc import Iterable, Mapping
from struct import Struct
from typing import NamedTuple

import psycopg

from ingest.outcome import Fix, Flag
from layers.database import transaction

_COPY = """
COPY position (transmitter_id, t, payload_hash, source_id, delivery_id, heard_at, flags, lon_e7, lat_e7, sog_dkn,
               cog_ddeg, heading_deg, nav_status, msg_type, utc_second, raw) FROM STDIN (FORMAT binary)
"""
_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_EPOCH_2000_MS = 946_684_800_000

_KEY = Struct(">hiiiqiq")
"""How a packed row begins: transmitter, time and payload, big-endian, so that rows sort as bytes."""
_HEAD = Struct(_KEY.format + "ihiqiqih")
_WHOLE = Struct(_HEAD.format + "ii" * 2 + "ih" * 6 + "i").pack
_SAID = [(_HEAD.size + 16 + 6 * at, _HEAD.size + 22 + 6 * at) for at in (5, 4, 3, 2, 1, 0)]
_SAID += [(_HEAD.size + 8, _HEAD.size + 16), (_HEAD.size, _HEAD.size + 8)]
"""Where the columns that may be NULL begin and end in a packed row, the last first."""
_NULL = b"\xff\xff\xff\xff"
_MANUAL = int(Flag.MANUAL)


class Place(NamedTuple):
    """Whose fixes they are: the ids of their source and delivery."""

    source_id: int
    delivery_id: int


def copy_new(connection: psycopg.Connection, fixes: Iterable[Fix], ids: Mapping[str, int], place: Place) -> int | None:
    """Store fixes and say how many; None, with nothing stored, when any of them is known already.

    A fix that comes twice is stored once. Rows go in the order of their key, as staged ones do, so that two writers
    cannot wait for each other. Call it within a transaction.
    """
    packed = [_pack(fix, ids[fix.key], place) for fix in fixes]
    unique = {row[: _KEY.size]: row for row in packed}
    try:
        with transaction(connection), connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.write(b"".join([_BEGIN, *sorted(unique.values()), _END]))
    except psycopg.errors.UniqueViolation:
        return None
    return len(unique)


def newest_of(fixes: Iterable[Fix]) -> list[Fix]:
    """The newest of each transmitter that says where it is; for fixes that were timed."""
    newest: dict[str, Fix] = {}
    for fix in fixes:
        if fix.lon_e7 is None or fix.lat_e7 is None or fix.flags & _MANUAL:
            continue
        found = newest.get(fix.key)
        if found is None or (fix.t_ms, -fix.payload_hash) > (found.t_ms, -found.payload_hash):
            newest[fix.key] = fix
    return list(newest.values())


def _pack(fix: Fix, transmitter_id: int, place: Place) -> bytes:
    _, t_ms, payload_hash, heard_ms, lon, lat, sog, cog, heading, status, kind, second, flags, raw, _, _ = fix
    t = (t_ms - _EPOCH_2000_MS) * 1000
    heard_at = t if heard_ms == t_ms else (heard_ms - _EPOCH_2000_MS) * 1000
    source_id, delivery_id = place
    said = fix[4:12]
    if None in said:
        lon, lat, sog, cog, heading, status, kind, second = [value or 0 for value in said]
    whole = _WHOLE(
        16, 4, transmitter_id, 8, t, 8, payload_hash, 2, source_id, 8, delivery_id, 8, heard_at, 2, flags,
        4, lon, 4, lat, 2, sog, 2, cog, 2, heading, 2, status, 2, kind, 2, second, len(raw),
    )  # fmt: skip
    return (_with_nulls(whole, said) if None in said else whole) + raw


def _with_nulls(whole: bytes, said: tuple[int | None, ...]) -> bytes:
    """A packed row with NULL for what was not said; from the last to the first, so that places before stay."""
    for value, (start, end) in zip(reversed(said), _SAID, strict=True):
        if value is None:
            whole = whole[:start] + _NULL + whole[end:]
    return whole

"""The quick way into the database: facts as binary COPY rows in a staging table that lives for one transaction.

The row format is PostgreSQL's binary COPY: a field count, then each field's length and its big-endian bytes. Every
staged field but the last has a fixed width; a smallest-possible integer stands for NULL and is turned back on insert.
"""

from collections.abc import Iterable, Mapping
from struct import Struct

import orjson
import psycopg

from ingest.outcome import Fix, Report

NO_INT4 = -(2**31)
NO_INT2 = -(2**15)
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
_EPOCH_2000_MS = 946_684_800_000

_FIX = Struct(">h" + "iiiqiqiq" + "ii" * 2 + "ih" * 7 + "i").pack
_REPORT = Struct(">h" + "iiiqiqiq" + "ih" * 2 + "i").pack

STAGES = """
CREATE TEMP TABLE IF NOT EXISTS stage_position (
    transmitter_id int4, t timestamptz, payload_hash int8, heard_at timestamptz, lon_e7 int4, lat_e7 int4,
    sog_dkn int2, cog_ddeg int2, heading_deg int2, nav_status int2, msg_type int2, utc_second int2, flags int2,
    raw bytea
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS stage_report (
    transmitter_id int4, t timestamptz, payload_hash int8, heard_at timestamptz, msg_type int2, flags int2,
    body bytea, raw bytea
) ON COMMIT DELETE ROWS;
"""


def stage_fixes(connection: psycopg.Connection, fixes: Iterable[Fix], ids: Mapping[str, int]) -> None:
    """Put fixes into `stage_position`; `ids` gives each key's transmitter."""
    rows = [_pack_fix(fix, ids[fix.key]) for fix in fixes]
    with connection.cursor() as cursor, cursor.copy("COPY stage_position FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"".join([_HEAD, *rows, _TAIL]))


def stage_reports(connection: psycopg.Connection, reports: Iterable[Report], ids: Mapping[str, int]) -> None:
    """Put reports into `stage_report`."""
    rows = [_pack_report(report, ids[report.key]) for report in reports]
    with connection.cursor() as cursor, cursor.copy("COPY stage_report FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"".join([_HEAD, *rows, _TAIL]))


def _microseconds(unix_ms: int) -> int:
    """A timestamptz as PostgreSQL sends it: microseconds since 2000."""
    return (unix_ms - _EPOCH_2000_MS) * 1000


def _pack_fix(fix: Fix, transmitter_id: int) -> bytes:
    _, t_ms, payload_hash, heard_ms, lon, lat, sog, cog, heading, status, kind, second, flags, raw, _, _ = fix
    t = (t_ms - _EPOCH_2000_MS) * 1000
    heard_at = t if heard_ms == t_ms else (heard_ms - _EPOCH_2000_MS) * 1000
    lon, lat = NO_INT4 if lon is None else lon, NO_INT4 if lat is None else lat
    sog, cog = NO_INT2 if sog is None else sog, NO_INT2 if cog is None else cog
    heading, status = NO_INT2 if heading is None else heading, NO_INT2 if status is None else status
    kind, second = NO_INT2 if kind is None else kind, NO_INT2 if second is None else second
    fixed = (14, 4, transmitter_id, 8, t, 8, payload_hash, 8, heard_at, 4, lon, 4, lat, 2, sog, 2, cog)
    return _FIX(*fixed, 2, heading, 2, status, 2, kind, 2, second, 2, flags, len(raw)) + raw


def _pack_report(report: Report, transmitter_id: int) -> bytes:
    body = orjson.dumps(report.body)
    times = (8, _microseconds(report.t_ms), 8, report.payload_hash, 8, _microseconds(report.heard_ms))
    fixed = _REPORT(8, 4, transmitter_id, *times, 2, report.msg_type, 2, report.flags, len(body))
    return b"".join((fixed, body, len(report.raw).to_bytes(4, "big"), report.raw))

"""What a replay consists of: which chunks, under which rules, and who the boats are."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select, text

from geo.clock import EARLIEST, FUTURE_ALLOWANCE
from geo.errors import BadInput
from layers.database import ReadConnection, read
from layers.sources.freshness import mark
from layers.sources.models import Source
from layers.vessels.models import Live, Position
from layers.vessels.tracks import TrackHour
from layers.watch.rules import rules_statement
from web.replay.chunks import LEAD, Hours
from web.state import State

LONGEST = timedelta(days=7)
USUAL = timedelta(hours=24)
SPANS = ((20_000, 1), (10_000, 2), (6_000, 3), (0, 6))
"""Hours in a chunk by positions in an hour: the fewer there are, the more the two points at its ends weigh."""
STAMP = "%Y-%m-%dT%HZ"

_FIRST_DAY = """
SELECT min(substr(c.relname, 10)) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'position'::regclass
"""
_BOATS = """
SELECT 2 * v.id, 'v' || v.id, v.code, v.name, v.length_m, s.origin
FROM vessel AS v JOIN source AS s ON s.id = coalesce(
    (SELECT l.source_id FROM live AS l WHERE l.vessel_id = v.id AND l.counted LIMIT 1), v.source_id)
WHERE v.leads
UNION ALL
SELECT 2 * d.id + 1, 't' || d.id, coalesce(d.name, replace(d.key, 'mmsi:', 'MMSI ')), d.name, NULL, s.origin
FROM transmitter AS d JOIN live AS l ON l.transmitter_id = d.id JOIN source AS s ON s.id = l.source_id
WHERE NOT EXISTS (SELECT FROM transmitter_on_vessel AS x WHERE x.transmitter_id = d.id AND x.valid_to IS NULL
                  AND x.valid_from <= :first)
ORDER BY 1
"""


async def manifest(state: State, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """Everything a page needs before it asks for chunks; BadInput names what is wrong with the window."""
    now = state.clock()
    since, until = window(since, until, now)
    async with read(state.engine) as connection:
        hours = await _span(connection, since, until)
        rules = (await connection.execute(rules_statement(("silence", "track")))).all()
        first = await first_heard(connection)
        origins = await connection.execute(select(Source.origin).join(Live, Live.source_id == Source.id).distinct())
        origin = mark(set(origins.scalars()))
    chunks = chunks_of(since, until, hours)
    versions = await state.replay.versions(chunks)
    return {
        "from": since,
        "to": until,
        "now": now,
        "first_t": first,
        "span_h": hours,
        "origin": origin,
        "chunks": [_chunk(chunk, version, now) for chunk, version in zip(chunks, versions, strict=True)],
        "rules": [
            {name: getattr(rule, name) for name in
             ("conduct", "step", "threshold_s", "valid_from", "valid_to", "decree", "article", "verified")}
            for rule in rules
        ],
        "boats": "/api/replay/boats",
    }  # fmt: skip


def window(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The last day unless told; never beyond now."""
    if until is not None and until > now + FUTURE_ALLOWANCE:
        raise BadInput(f"to={until.isoformat()}: this has not come yet; use a moment before now", field="to")
    until = min(until or now, now)
    for name, moment in (("to", until), ("from", since or until)):
        if moment < EARLIEST:
            raise BadInput(f"{name}={moment.isoformat()}: use a moment since {EARLIEST.date()}", field=name)
    since = since or until - USUAL
    if since >= until:
        raise BadInput(f"from={since.isoformat()}: must come before to={until.isoformat()}", field="from")
    if until - since > LONGEST:
        raise BadInput(f"from={since.isoformat()}: at most {LONGEST.days} days before to", field="from")
    return since.astimezone(UTC), until.astimezone(UTC)


def chunks_of(since: datetime, until: datetime, hours: int) -> list[Hours]:
    """The chunks that hold a window, whole."""
    begin = since.replace(minute=0, second=0, microsecond=0)
    begin -= timedelta(hours=begin.hour % hours)
    found = []
    while begin < until:
        found.append(Hours(begin, hours))
        begin += timedelta(hours=hours)
    return found


def chunk_named(name: str, hours: int, now: datetime) -> Hours:
    """The chunk of a URL; BadInput naming what is wrong."""
    try:
        since = datetime.strptime(name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"chunk={name[:30]!r}: write the UTC hour as 2026-11-23T06Z", field="start") from None
    if hours not in {span for _, span in SPANS}:
        raise BadInput(f"hours={hours}: use one of 1, 2, 3, 6", field="hours")
    if since.hour % hours:
        raise BadInput(f"chunk={name}: {hours} hours begin at a multiple of {hours}", field="start")
    if not EARLIEST <= since <= now:
        raise BadInput(f"chunk={name}: not between {EARLIEST.year} and now", field="start")
    return Hours(since, hours)


async def boats(state: State) -> tuple[str, bytes]:
    """Every boat by its handle, with an entity tag: [handle, id, label, name, length in metres, origin]."""
    async with read(state.engine) as connection:
        first = await first_heard(connection) or state.clock()
        rows = [list(row) for row in await connection.execute(text(_BOATS), {"first": first})]
    body = orjson.dumps({"boats": rows})
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"', body


async def first_heard(connection: ReadConnection) -> datetime | None:
    """The time of the oldest position, looked for in the oldest partition that has one."""
    name = (await connection.execute(text(_FIRST_DAY))).scalar()
    if name is None:
        return None
    day = datetime.combine(date.fromisoformat(name), time(), UTC)
    oldest = select(func.min(Position.t)).where(Position.t >= day, Position.t < day + timedelta(days=1))
    found: datetime | None = (await connection.execute(oldest)).scalar()
    return found or day


async def _span(connection: ReadConnection, since: datetime, until: datetime) -> int:
    low, high = int(since.timestamp()) // 3600, int(until.timestamp()) // 3600
    points = select(func.max(TrackHour.points)).where(TrackHour.hour.between(low, high))
    most = (await connection.execute(points)).scalar() or 0
    return next(hours for at_least, hours in SPANS if most >= at_least)


def _chunk(chunk: Hours, version: str, now: datetime) -> dict[str, Any]:
    name = chunk.since.strftime(STAMP)
    return {
        "from": chunk.since,
        "to": chunk.until,
        "url": f"/api/replay/chunks/{name}?hours={chunk.count}&v={version}",
        "settled": chunk.until + LEAD <= now,
    }

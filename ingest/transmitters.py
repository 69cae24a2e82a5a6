"""Numbers for the keys that facts come with, and what their senders say they are."""

from collections.abc import Iterable, Mapping

import psycopg

from geo.clock import from_unix_ms
from geo.text import fold
from ingest.outcome import Fact, Flag, Identity

_ADD = """
INSERT INTO transmitter (key, kind)
SELECT key, CASE WHEN key LIKE 'vms:%%' THEN 'vms' ELSE 'ais' END FROM unnest(%s::text[]) AS key ORDER BY key
ON CONFLICT (key) DO NOTHING
"""
_FIND = "SELECT key, id FROM transmitter WHERE key = ANY(%s)"

_DESCRIBE = """
UPDATE transmitter AS x SET
    name = CASE WHEN u.newer THEN coalesce(u.name, x.name) ELSE coalesce(x.name, u.name) END,
    name_folded = CASE WHEN u.newer THEN coalesce(u.folded, x.name_folded) ELSE coalesce(x.name_folded, u.folded) END,
    callsign = CASE WHEN u.newer THEN coalesce(u.callsign, x.callsign) ELSE coalesce(x.callsign, u.callsign) END,
    imo = CASE WHEN u.newer THEN coalesce(u.imo, x.imo) ELSE coalesce(x.imo, u.imo) END,
    ship_type = CASE WHEN u.newer THEN coalesce(u.ship_type, x.ship_type) ELSE coalesce(x.ship_type, u.ship_type) END,
    identity_heard_at = CASE WHEN u.newer THEN u.heard_at ELSE x.identity_heard_at END
FROM (
    SELECT v.*, v.heard_at IS NOT NULL AND v.heard_at >= coalesce(t.identity_heard_at, '-infinity') AS newer
    FROM unnest(%(id)s::int4[], %(name)s::text[], %(folded)s::text[], %(callsign)s::text[], %(imo)s::int4[],
                %(ship_type)s::int2[], %(heard_at)s::timestamptz[])
         AS v(id, name, folded, callsign, imo, ship_type, heard_at)
    JOIN transmitter AS t USING (id)
) AS u
WHERE x.id = u.id
"""


def find_transmitters(connection: psycopg.Connection, keys: Iterable[str]) -> dict[str, int]:
    """The id of each key, made where it is new. Runs in the caller's transaction."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found: dict[str, int] = dict(connection.execute(_FIND, (wanted,)).fetchall())
    missing = [key for key in wanted if key not in found]
    if missing:
        connection.execute(_ADD, (missing,))
        found |= dict(connection.execute(_FIND, (missing,)).fetchall())
    return found


def describe_transmitters(connection: psycopg.Connection, facts: Iterable[Fact], ids: Mapping[str, int]) -> None:
    """Keep the newest identity of each transmitter; an older or untimed one only fills what is unknown."""
    newest: dict[str, tuple[int | None, Identity]] = {}
    told = [fact for fact in facts if fact.identity is not None]
    for fact in sorted(told, key=_heard):
        assert fact.identity is not None
        heard_ms, before = newest.get(fact.key, (None, Identity()))
        now = None if fact.flags & Flag.UNTIMED else fact.heard_ms
        newest[fact.key] = (now if now is not None else heard_ms, fact.identity.or_else(before))
    if newest:
        connection.execute(_DESCRIBE, _columns(newest, ids))


def _heard(fact: Fact) -> int:
    """Untimed first, so that they never win over a timed one."""
    return 0 if fact.flags & Flag.UNTIMED else fact.heard_ms


def _columns(newest: dict[str, tuple[int | None, Identity]], ids: Mapping[str, int]) -> dict[str, list[object]]:
    said = [identity for _, identity in newest.values()]
    return {
        "id": [ids[key] for key in newest],
        "name": [identity.name for identity in said],
        "folded": [None if identity.name is None else fold(identity.name) for identity in said],
        "callsign": [identity.callsign for identity in said],
        "imo": [identity.imo for identity in said],
        "ship_type": [identity.ship_type for identity in said],
        "heard_at": [None if ms is None else from_unix_ms(ms) for ms, _ in newest.values()],
    }

"""Finds transmissions that more than one receiver heard, and links them: nothing is merged, nothing counted twice.

The payload of an AIS message holds its second and its slot, so the same words of the same transmitter within seconds
are one transmission; a moored vessel that repeats itself does so minutes apart. The position stored first counts.
A real position never gives way to a simulated or replayed one.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

import psycopg

from geo.clock import from_unix_ms
from ingest.outcome import Fix, Flag
from layers.vessels.echoes import WITHIN_MS

_UNTIMED = int(Flag.UNTIMED)
_MOST_SETS = 16
_T_MS, _PAYLOAD_HASH = attrgetter("t_ms"), attrgetter("payload_hash")

# Widens the span of this delivery and looks for another one in reach of the batch.
_SPAN = """
WITH own AS (
    UPDATE delivery SET t_from = least(t_from, %(low)s), t_to = greatest(t_to, %(high)s) WHERE id = %(delivery)s
)
SELECT EXISTS (SELECT FROM delivery WHERE id <> %(delivery)s AND t_from <= %(high)s + %(within)s::interval
               AND t_to >= %(low)s - %(within)s::interval)
"""
# What this transaction stored is new: only that gets a link. Within it the earlier one counts.
_LINK = """
INSERT INTO echo (transmitter_id, t, source_id, payload_hash, first_t, first_source_id)
SELECT n.transmitter_id, n.t, n.source_id, n.payload_hash, f.t, f.source_id
FROM unnest(%(ids)s::int4[], %(times)s::timestamptz[], %(hashes)s::int8[]) AS k(transmitter_id, t, payload_hash)
JOIN position AS n ON n.transmitter_id = k.transmitter_id AND n.t = k.t AND n.payload_hash = k.payload_hash
    AND n.source_id = %(source)s AND n.delivery_id = %(delivery)s AND n.stored_at = now()
    AND n.t BETWEEN %(low)s AND %(high)s
JOIN source AS ns ON ns.id = n.source_id
CROSS JOIN LATERAL (
    SELECT p.t, p.source_id FROM position AS p JOIN source AS ps ON ps.id = p.source_id
    WHERE p.transmitter_id = n.transmitter_id AND p.payload_hash = n.payload_hash AND p.flags & 1 = 0
      AND p.t BETWEEN n.t - %(within)s::interval AND n.t + %(within)s::interval
      AND p.t BETWEEN %(low)s - %(within)s::interval AND %(high)s + %(within)s::interval
      AND (p.t, p.source_id) <> (n.t, n.source_id) AND (ps.origin = 'real' OR ns.origin <> 'real')
      AND (p.t < n.t OR p.delivery_id <> n.delivery_id OR p.stored_at <> now())
      AND NOT EXISTS (SELECT FROM echo AS e WHERE e.transmitter_id = p.transmitter_id AND e.t = p.t
                      AND e.source_id = p.source_id AND e.payload_hash = p.payload_hash)
    ORDER BY p.t, p.source_id LIMIT 1
) AS f
ON CONFLICT DO NOTHING
"""


class _Said(NamedTuple):
    """The payloads of one batch and the last moment of it."""

    high_ms: int
    hashes: set[int]


class EchoFinder:
    """Looks at the fixes of one delivery as they are stored; asks the database only where there can be an echo.

    That is where another delivery has positions of the same time, or where this one repeats words it just said.
    `within_ms` is how far apart two receptions of one transmission may be.
    """

    def __init__(self, source_id: int, delivery_id: int, within_ms: int = WITHIN_MS) -> None:
        self._within_ms = within_ms
        self._place = {"source": source_id, "delivery": delivery_id, "within": f"{within_ms} ms"}
        self._said: deque[_Said] = deque(maxlen=_MOST_SETS)

    def link(self, connection: psycopg.Connection, fixes: Sequence[Fix], ids: Mapping[str, int]) -> int:
        """Link what was just stored; how many were echoes.

        Call it in the storing transaction, under the lock of the layer's version: of two writers the later one sees
        what the earlier has stored.
        """
        heard = [fix for fix in fixes if fix.key.startswith("mmsi:") and not fix.flags & _UNTIMED]
        if not heard:
            return 0
        times = list(map(_T_MS, heard))
        low, high = min(times), max(times)
        place = self._place | {"low": from_unix_ms(low), "high": from_unix_ms(high)}
        repeated = self._repeated(heard, low, high)
        others = connection.execute(_SPAN, place).fetchone()
        suspects = heard if others and others[0] else [fix for fix in heard if fix.payload_hash in repeated]
        return _link(connection, suspects, ids, place) if suspects else 0

    def _repeated(self, heard: Sequence[Fix], low: int, high: int) -> set[int]:
        """The payloads of this batch that it holds twice, or that came shortly before."""
        hashes = set(map(_PAYLOAD_HASH, heard))
        repeated = {
            name for said in self._said if said.high_ms >= low - self._within_ms for name in hashes & said.hashes
        }
        if len(hashes) < len(heard):
            counts = Counter(map(_PAYLOAD_HASH, heard))
            repeated |= {name for name, count in counts.items() if count > 1}
        self._said.append(_Said(high, hashes))
        return repeated


def _link(
    connection: psycopg.Connection, suspects: Sequence[Fix], ids: Mapping[str, int], place: Mapping[str, object]
) -> int:
    keys = {
        "ids": [ids[fix.key] for fix in suspects],
        "times": [from_unix_ms(fix.t_ms) for fix in suspects],
        "hashes": [fix.payload_hash for fix in suspects],
    }
    return connection.execute(_LINK, {**place, **keys}).rowcount

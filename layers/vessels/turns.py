"""Which monitoring device speaks for a boat that carries several: from when to when, and why.

One device counts at a time. It goes on counting while it speaks; when it has been silent for longer than the rule
`devices/switch_after` allows, or has been taken off the boat, the next one that speaks takes over. What counted at a
moment depends on what was said up to then and never on later words or on the order in which batches arrive, so turns
(`device_turn`) can be made anew from positions at any time and always come out the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_SHARED = """
SELECT l.vessel_id, min(k.t)
FROM unnest(%(devices)s::int4[], %(times)s::timestamptz[]) AS k (device, t)
JOIN transmitter_on_vessel AS l ON l.transmitter_id = k.device
WHERE EXISTS (SELECT FROM transmitter_on_vessel AS o JOIN transmitter AS d ON d.id = o.transmitter_id AND d.kind = 'vms'
              WHERE o.vessel_id = l.vessel_id AND o.transmitter_id <> l.transmitter_id)
GROUP BY l.vessel_id
"""
_STAYS = """
SELECT l.vessel_id, l.transmitter_id, l.valid_from, l.valid_to
FROM transmitter_on_vessel AS l JOIN transmitter AS d ON d.id = l.transmitter_id AND d.kind = 'vms'
WHERE l.vessel_id = ANY(%(boats)s) ORDER BY l.vessel_id, l.valid_from
"""
_TURNS = """
SELECT vessel_id, transmitter_id, since, until, reason, silent_s, former_id FROM device_turn
WHERE vessel_id = ANY(%(boats)s) ORDER BY vessel_id, since
"""
_SPOKEN = """
SELECT w.vessel_id, p.t, p.transmitter_id
FROM unnest(%(boats)s::int4[], %(times)s::timestamptz[]) AS w (vessel_id, since)
JOIN transmitter_on_vessel AS l ON l.vessel_id = w.vessel_id
JOIN transmitter AS d ON d.id = l.transmitter_id AND d.kind = 'vms'
JOIN position AS p ON p.transmitter_id = d.id AND p.t >= greatest(w.since, l.valid_from) AND p.t >= %(first)s
    AND (l.valid_to IS NULL OR p.t < l.valid_to)
WHERE p.flags & 513 = 0 AND p.lon_e7 IS NOT NULL
ORDER BY w.vessel_id, p.t, d.key
"""
_LAST = """
SELECT max(t) FROM position
WHERE transmitter_id = %(device)s AND t >= %(since)s AND t < %(until)s AND flags & 513 = 0 AND lon_e7 IS NOT NULL
"""
_PATIENCE = """
SELECT valid_from, threshold_s FROM rule
WHERE conduct = 'devices' AND step = 'switch_after' AND superseded_at IS NULL ORDER BY valid_from
"""
_KEEP = """
INSERT INTO device_turn (vessel_id, since, until, transmitter_id, reason, silent_s, former_id)
SELECT * FROM unnest(%s::int4[], %s::timestamptz[], %s::timestamptz[], %s::int4[], %s::text[], %s::int4[], %s::int4[])
"""
# What stood on the old turns is to be drawn anew, and no kept picture of any hour is right any more.
_SLIP = """
INSERT INTO track_touch (transmitters, first_hours, hours, counts)
SELECT array_agg(DISTINCT transmitter_id), array_fill(%(hour)s::int4, ARRAY[count(DISTINCT transmitter_id)::int4]),
       '{0}', '{0}'
FROM transmitter_on_vessel WHERE vessel_id = %(boat)s HAVING count(*) > 0
"""
_REDO = """
INSERT INTO watch_redo AS w (boat, since) VALUES (%(boat)s, %(since)s)
ON CONFLICT (boat) DO UPDATE SET since = least(w.since, excluded.since)
"""


class Turn(NamedTuple):
    """A device counts in [since, until). `reason`: first, silent (the former one, for `silent_s`), removed."""

    device: int
    since: datetime
    until: datetime | None
    reason: str
    silent_s: int | None
    former: int | None


Stays = Mapping[int, Sequence[tuple[datetime, datetime | None]]]
"""When each device was on board."""


@dataclass(frozen=True)
class Patience:
    """How long the counted device may be silent, by the rule of the day."""

    rules: Sequence[tuple[datetime, timedelta]]

    def at(self, moment: datetime) -> timedelta:
        """The silence allowed; before the first rule that rule's."""
        known = [allowed for since, allowed in self.rules if since <= moment]
        return known[-1] if known else self.rules[0][1]


@dataclass
class Counting:
    """The turns so far, when the device that counts last spoke, and whether another one was passed over meanwhile."""

    stays: Stays
    patience: Patience
    turns: list[Turn] = field(default_factory=list)
    last: datetime | None = None
    passed_over: bool = False

    def hear(self, t: datetime, device: int) -> None:
        """One position, in the order of time."""
        if not self.turns:
            self._begin(Turn(device, t, None, "first", None, None))
            return
        now = self.turns[-1]
        if device != now.device:
            silent = t - (self.last or now.since)
            is_on = any(since <= t and (until is None or t < until) for since, until in self.stays.get(now.device, ()))
            if is_on and silent <= self.patience.at(t):
                self.passed_over = True
                return
            self.turns[-1] = now._replace(until=t)
            reason = "silent" if is_on else "removed"
            self._begin(Turn(device, t, None, reason, round(silent.total_seconds()), now.device))
        self.last = t

    def _begin(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.last = turn.since


def keep_turns(connection: psycopg.Connection, touched: Mapping[int, datetime]) -> None:
    """Bring the turns of all boats up to what was stored; `touched` is the first new position of each VMS device.

    In the transaction that stored them, under the layer's lock, before `settle`. Boats with one device have no turns.
    """
    if not touched:
        return
    asked = {"devices": list(touched), "times": list(touched.values())}
    boats: dict[int, datetime] = dict(connection.execute(_SHARED, asked).fetchall())
    if boats:
        _count_anew(connection, boats)


def keep_turns_of(connection: psycopg.Connection, boats: Iterable[int]) -> None:
    """The same from the beginning, for boats whose devices were changed in the register."""
    rows = connection.execute(_STAYS, {"boats": list(boats)}).fetchall()
    devices: dict[int, set[int]] = {}
    for boat, device, *_ in rows:
        devices.setdefault(boat, set()).add(device)
    shared = {boat: BEGINNING for boat, carried in devices.items() if len(carried) > 1}
    if shared:
        _count_anew(connection, shared)


def _count_anew(connection: psycopg.Connection, boats: Mapping[int, datetime]) -> None:
    about = {"boats": list(boats)}
    patience = Patience([(since, timedelta(seconds=s)) for since, s in connection.execute(_PATIENCE)])
    stays: dict[int, dict[int, list[tuple[datetime, datetime | None]]]] = {boat: {} for boat in boats}
    for boat, device, since, until in connection.execute(_STAYS, about):
        stays[boat].setdefault(device, []).append((since, until))
    old: dict[int, list[Turn]] = {boat: [] for boat in boats}
    for boat, *turn in connection.execute(_TURNS, about):
        old[boat].append(Turn(*turn))
    since = {boat: first if old[boat] and old[boat][0].since < first else BEGINNING for boat, first in boats.items()}
    counting = {boat: _resume(connection, old[boat], since[boat], Counting(stays[boat], patience)) for boat in boats}
    about |= {"times": [since[boat] for boat in about["boats"]], "first": min(since.values())}
    for boat, t, device in connection.execute(_SPOKEN, about):
        counting[boat].hear(t, device)
    for boat, found in counting.items():
        if found.turns != old[boat]:
            _store(connection, boat, old[boat], found)


def _resume(connection: psycopg.Connection, old: Sequence[Turn], since: datetime, counting: Counting) -> Counting:
    """As it stood just before a moment."""
    kept = [turn for turn in old if turn.since < since]
    if kept:
        counting.turns = [*kept[:-1], kept[-1]._replace(until=None)]
        told = {"device": kept[-1].device, "since": kept[-1].since, "until": since}
        row = connection.execute(_LAST, told).fetchone()
        counting.last = row[0] if row and row[0] else kept[-1].since
    return counting


def _store(connection: psycopg.Connection, boat: int, old: Sequence[Turn], counting: Counting) -> None:
    turns = counting.turns
    connection.execute("DELETE FROM device_turn WHERE vessel_id = %s", (boat,))
    if turns:
        device, since, until, reason, silent_s, former = (list(column) for column in zip(*turns, strict=True))
        connection.execute(_KEEP, ([boat] * len(turns), since, until, device, reason, silent_s, former))
    common = sum(1 for _ in _common(old, turns))
    goes_on = _goes_on(old[common:], turns[common:])
    if counting.passed_over or not goes_on:
        first = min(turn.since for turn in (*old[common:], *turns[common:]))
        connection.execute(_SLIP, {"boat": boat, "hour": max(0, int(first.timestamp()) // 3600)})
        if not goes_on:
            connection.execute(_REDO, {"boat": 2 * boat, "since": first})


def _common(old: Sequence[Turn], turns: Sequence[Turn]) -> Iterator[Turn]:
    """What both begin with."""
    for before, after in zip(old, turns, strict=False):
        if before != after:
            return
        yield after


def _goes_on(old: Sequence[Turn], turns: Sequence[Turn]) -> bool:
    """Whether nothing that was said before is unsaid: at most the last turn has ended."""
    return not old or (len(old) == 1 and bool(turns) and old[0] == turns[0]._replace(until=None))

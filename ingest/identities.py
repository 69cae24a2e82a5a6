"""Keeps what transmitters say they are as spells: the same rows whatever order, however often, it all comes in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg

from geo.clock import from_unix_ms
from ingest.outcome import Fact, Flag

APART = timedelta(days=1)
"""Said again within a day is one spell."""
_UNTIMED = int(Flag.UNTIMED)

_TOUCHED = """
SELECT DISTINCT s.id, s.transmitter_id, s.field, s.value, s.t_from, s.t_to
FROM unnest(%(ids)s::int4[], %(fields)s::text[], %(values)s::text[], %(low)s::timestamptz[], %(high)s::timestamptz[])
     AS n (transmitter_id, field, value, low, high)
JOIN transmitter_said AS s ON s.transmitter_id = n.transmitter_id AND s.field = n.field AND s.value = n.value
    AND s.source_id = %(source)s AND s.t_from <= n.high + %(apart)s AND s.t_to >= n.low - %(apart)s
"""
_WIDEN = """
UPDATE transmitter_said AS s SET t_from = n.low, t_to = n.high
FROM unnest(%(rows)s::int8[], %(low)s::timestamptz[], %(high)s::timestamptz[]) AS n (id, low, high) WHERE s.id = n.id
"""
_ADD = """
INSERT INTO transmitter_said (transmitter_id, source_id, field, value, t_from, t_to)
SELECT id, %(source)s, field, value, low, high
FROM unnest(%(ids)s::int4[], %(fields)s::text[], %(values)s::text[], %(low)s::timestamptz[], %(high)s::timestamptz[])
     AS n (id, field, value, low, high)
"""


class _What(NamedTuple):
    """Who said which value of which field."""

    transmitter_id: int
    field: str
    value: str


class _When(NamedTuple):
    """A stretch of time; `row` is its row's id, if it is stored."""

    low: datetime
    high: datetime
    row: int | None = None


def keep_identities(
    connection: psycopg.Connection, facts: Iterable[Fact], ids: Mapping[str, int], source_id: int
) -> None:
    """Note what the facts' transmitters say of themselves. In the storing transaction, under the layer's lock.

    Facts that nobody timed say nothing about when.
    """
    said: defaultdict[_What, list[_When]] = defaultdict(list)
    for fact in facts:
        if fact.identity is None or fact.flags & _UNTIMED:
            continue
        moment = from_unix_ms(fact.heard_ms)
        for field, value in fact.identity._asdict().items():
            if value is not None:
                said[_What(ids[fact.key], field, str(value))].append(_When(moment, moment))
    if said:
        _store(connection, {what: list(join(when)) for what, when in said.items()}, source_id)


def join(stretches: Iterable[_When]) -> Iterator[_When]:
    """Stretches no more than a day apart as one, which keeps the oldest row; in order of time."""
    whole: _When | None = None
    for each in sorted(stretches, key=lambda w: (w.low, w.high)):
        if whole is not None and each.low <= whole.high + APART:
            rows = [row for row in (whole.row, each.row) if row is not None]
            whole = _When(whole.low, max(whole.high, each.high), min(rows, default=None))
            continue
        if whole is not None:
            yield whole
        whole = each
    if whole is not None:
        yield whole


def _store(connection: psycopg.Connection, said: dict[_What, list[_When]], source_id: int) -> None:
    told = [(what, when) for what, found in said.items() for when in found]
    place = {"source": source_id, "apart": APART}
    known: defaultdict[_What, list[_When]] = defaultdict(list)
    for row, device, field, value, low, high in connection.execute(_TOUCHED, _columns(told) | place):
        known[_What(device, field, value)].append(_When(low, high, row))
    spells = [(what, when) for what, found in said.items() for when in join([*known[what], *found])]
    kept = {when.row for _, when in spells}
    gone = [when.row for found in known.values() for when in found if when.row not in kept]
    wider = [when for what, when in spells if when.row is not None and when not in known[what]]
    new = [(what, when) for what, when in spells if when.row is None]
    if gone:
        connection.execute("DELETE FROM transmitter_said WHERE id = ANY(%s)", (gone,))
    if wider:
        ends = {"low": [when.low for when in wider], "high": [when.high for when in wider]}
        connection.execute(_WIDEN, {"rows": [when.row for when in wider], **ends})
    if new:
        connection.execute(_ADD, _columns(new) | place)


def _columns(told: list[tuple[_What, _When]]) -> dict[str, list[object]]:
    return {
        "ids": [what.transmitter_id for what, _ in told],
        "fields": [what.field for what, _ in told],
        "values": [what.value for what, _ in told],
        "low": [when.low for _, when in told],
        "high": [when.high for _, when in told],
    }

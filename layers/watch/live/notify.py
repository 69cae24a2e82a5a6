"""What is done about events: cases told what became of theirs, common causes seen first, then cases by policy."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import Connection, exists, func, or_, select, tuple_

from layers.vessels.models import Live
from layers.watch.cases.models import CaseEvent
from layers.watch.event_rows import Incident, IncidentBoat
from layers.watch.live.hooks import Wanted, hang, note_changes
from layers.watch.live.outages import look_for_outages
from layers.watch.live.store import TABLE, Change
from layers.watch.live.watches import Watchers
from layers.watch.policy import Policies, read_policies

AT_ONCE = [("distress", "sos")]
"""What never waits for anything."""
STEPS = ("late", "lost_6h", "lost_10d")
HEARD_WITHIN = timedelta(days=2)
"""A boat not heard for longer is not where an event once saw it; silence is another matter."""


def act(connection: Connection, watchers: Watchers, changes: Sequence[Change], now: datetime, everything: bool) -> None:
    """After a round. While history still waits to be taken (not `everything`) only people in danger are seen to."""
    policies = read_policies(connection)
    note_changes(connection, changes, policies, now)
    if everything:
        look_for_outages(connection, watchers, policies, now)
    wanted = policies.notified(now) if everything else [each for each in AT_ONCE if each in policies.notified(now)]
    for event in _candidates(connection, watchers, wanted, now):
        found = _judge(connection, watchers, policies, event, now)
        if found is not None:
            hang(connection, found, watchers.book, now)


def _candidates(
    connection: Connection, watchers: Watchers, wanted: Sequence[tuple[str, str]], now: datetime
) -> list[Mapping[str, Any]]:
    """Events of these kinds that last, or were over a short while ago, and belong to no case; the first to begin first.

    A silence must last: a boat that speaks again needs nobody.
    """
    if not wanted:
        return []
    event = TABLE.c
    lately = (event.ended_at > now - watchers.settings.span("old_news")) & (event.conduct != "silence")
    rows = select(TABLE).where(
        event.superseded_at.is_(None), event.what != "withdrawn", tuple_(event.conduct, event.step).in_(wanted),
        or_(event.ended_at.is_(None), lately), ~exists().where(CaseEvent.event_key == event.key),
    )  # fmt: skip
    found = [dict(row) for row in connection.execute(rows.order_by(event.began_at, event.id)).mappings()]
    order = {step: n for n, step in enumerate(STEPS)}
    return sorted(found, key=lambda row: (row["began_at"], order.get(row["step"], 9)))


def _judge(
    connection: Connection, watchers: Watchers, policies: Policies, event: Mapping[str, Any], now: datetime
) -> Wanted | None:
    """What policy makes of an event now; None for nothing, or not yet."""
    policy = policies.at(event["conduct"], event["step"], now)
    if policy is None or policy.case_kind is None or not _is_meant(watchers, policy, event):
        return None
    if event["conduct"] != "silence":
        heard = _last_heard(connection, event["transmitters"])
        waited = now - event["found_at"]
        lately = heard is None or now - heard <= HEARD_WITHIN
        return Wanted(event, policy, event["began_at"]) if lately and waited >= _patience(policy) else None
    began = _counts_from(connection, event)
    if began is None:
        return None
    limit = 0.0
    if event["step"] in STEPS:
        limit = watchers.book.limit_s(event["step"], event["length_m"], event["began_at"])
    return Wanted(event, policy, began) if now - began >= timedelta(seconds=limit) + _patience(policy) else None


def _patience(policy: Any) -> timedelta:
    return timedelta(seconds=policy.patience_s)


def _is_meant(watchers: Watchers, policy: Any, event: Mapping[str, Any]) -> bool:
    if policy.only_if == "ours":
        return bool(event["vessels"])
    if policy.only_if == "own_waters":
        place = (event["lon_e7"] / 1e7, event["lat_e7"] / 1e7)
        return not any(shapely.contains_xy(line.foreign, *place) for line in watchers.scene.boundaries)
    return True


def _counts_from(connection: Connection, event: Mapping[str, Any]) -> datetime | None:
    """From when a silence counts against its boat: its beginning, or the recovery of the outage that explains it.

    None while the outage lasts.
    """
    boat, incident = IncidentBoat, Incident
    rows = (
        select(incident.ended_at)
        .join(boat, boat.incident_id == incident.id)
        .where(boat.vessel_id.in_(event["vessels"]), boat.silent_from == event["began_at"])
        .order_by(incident.id.desc())
    )
    found = connection.execute(rows).first()
    began: datetime | None = event["began_at"] if found is None else found.ended_at
    return began


def _last_heard(connection: Connection, transmitters: Sequence[int]) -> datetime | None:
    return connection.scalar(select(func.max(Live.t)).where(Live.transmitter_id.in_(transmitters)))

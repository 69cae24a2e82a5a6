"""The silence of a boat against each of its duties: every report it owed, and the days to port."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from layers.books.port_call import PortCall
from layers.vessels.registry import Vessel
from layers.vessels.reported import CALLERS, CHANNELS
from layers.watch.cases.about import About
from layers.watch.cases.clocks import Owed, Report, Slot, port_due, report_slots
from layers.watch.law import choose
from web.case_views import DutyView
from web.views import Words


def duties_of(connection: Connection, about: About, now: datetime) -> list[DutyView]:
    """Every duty of a silent boat in the order they were due; none where a case is about no silence."""
    owed = about.owed
    if owed is None:
        return []
    until = about.case.closed_at or now
    slots = [_report(slot) for slot in report_slots(owed.silence, owed.reports, owed.law, until)]
    port = _port(connection, about.case, owed, until)
    return [*slots, *([port] if port else [])]


def _report(slot: Slot) -> DutyView:
    report = slot.report
    return DutyView(
        kind="report",
        due_at=slot.due_at,
        happened=slot.happened,
        at=None if report is None else report.at,
        by=None if report is None else Words.of(CALLERS.get(report.by or "", CALLERS["other"])),
        channel=_channel(report),
        **_cited(slot.row),
    )


def _channel(report: Report | None) -> Words | None:
    known = None if report is None else CHANNELS.get(report.channel or "")
    return None if known is None else Words.of(known)


def _port(connection: Connection, case: Any, owed: Owed, until: datetime) -> DutyView | None:
    """The days to port, by the law of the day the silence began."""
    silence, due = owed.silence, port_due(owed.silence, owed.law)
    if due is None:
        return None
    held = choose(owed.law, "silence", silence.length_m, silence.began_at).duties
    row = next(r for r in held if (r.step, r.reading) == ("port_for_repair", "text"))
    came = _arrival(connection, case, silence.began_at, until)
    ended = silence.ended_at is not None and silence.ended_at <= due
    late = "missed" if due <= until else "waiting"
    happened: Any = "reported" if came is not None and came <= due else "ended" if ended else late
    at = came if came is not None else silence.ended_at
    return DutyView(kind="port", due_at=due, happened=happened, at=at, by=None, channel=None, **_cited(row))


def _arrival(connection: Connection, case: Any, since: datetime, until: datetime) -> datetime | None:
    """The first arrival that a book of departures and arrivals has of the boat since then."""
    if case.vessel_id is None:
        return None
    key = select(Vessel.reg_key).where(Vessel.id == case.vessel_id, Vessel.leads).scalar_subquery()
    here = (PortCall.reg_key == key, PortCall.direction == "in", PortCall.superseded_at.is_(None))
    found = connection.execute(select(func.min(PortCall.t)).where(*here, PortCall.t > since, PortCall.t <= until))
    came: datetime | None = found.scalar()
    return came


def _cited(row: Any) -> dict[str, Any]:
    text = Words(vi=row.text_vi, en=row.text_en)
    return {"text": text, "decree": row.decree, "article": row.article, "verified": row.verified}

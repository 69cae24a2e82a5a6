"""The clocks of a case: the step it is in, the report every six hours, promises, ten days to port. Pure.

What the law says of a silent boat (`position_by_other_means`, `port_for_repair`) comes in as the law of its day; a
clock is overdue from the very moment it is due.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from layers.watch.cases.flow_graph import Flow
from layers.watch.cases.models import CLOSED
from layers.watch.law import choose, pick_threshold

Said: TypeAlias = Any
"""What has the columns of `CaseEntry`."""
SILENT = ("silence", "ais_speaks")
"""Kinds of case in which a boat owes reports by other means."""
Happened = Literal["reported", "missed", "waiting"]


@dataclass(frozen=True)
class Clock:
    """One moment something is due: `what` is step, contact, promise or port."""

    what: str
    at: datetime


@dataclass(frozen=True)
class Silence:
    """A device silent since `began_at`, until `ended_at` (None: still), on a boat of that length in metres."""

    began_at: datetime
    ended_at: datetime | None
    length_m: float | None


@dataclass(frozen=True)
class Report:
    """Somebody said where the boat was: when we heard it, who said so, by which means."""

    at: datetime
    by: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Slot:
    """One report that was owed, and what came of it; `row` is the rule it was owed by."""

    due_at: datetime
    happened: Happened
    report: Report | None
    row: Any


def report_slots(silence: Silence, reports: Iterable[Report], law: Sequence[Any], now: datetime) -> list[Slot]:
    """Every report owed since the silence began, to the next one: each is counted from the report before it.

    A report on the very moment is in time. Where the law of the day asks for none, there is none.
    """
    found: list[Slot] = []
    heard = sorted((r for r in reports if r.at > silence.began_at), key=lambda report: report.at)
    anchor, until = silence.began_at, silence.ended_at or now
    for report in [r for r in heard if r.at <= until]:
        missed, last = _slots(anchor, report.at, silence.length_m, law)
        found += [Slot(due, "missed", None, row) for due, row in missed]
        found += [Slot(last[0], "reported", report, last[1])] if last else []
        anchor = report.at
    missed, last = _slots(anchor, until, silence.length_m, law)
    found += [Slot(due, "missed", None, row) for due, row in missed]
    if last and silence.ended_at is None:
        due = last[0]
        found.append(Slot(due, "missed" if due <= now else "waiting", None, last[1]))
        if due <= now and (following := _step(due, silence.length_m, law)):
            found.append(Slot(following[0], "waiting", None, following[1]))
    return found


def contact_due(silence: Silence, reports: Iterable[Report], law: Sequence[Any]) -> datetime | None:
    """When the next report is owed: so long after the last one, or after the silence began. None: nothing is owed."""
    if silence.ended_at is not None:
        return None
    anchor = max((r.at for r in reports if r.at > silence.began_at), default=silence.began_at)
    step = _step(anchor, silence.length_m, law)
    return step[0] if step else None


def port_due(silence: Silence, law: Sequence[Any]) -> datetime | None:
    """When the boat must be in port to have the device mended, by the law of the day the silence began."""
    days = pick_threshold(choose(law, "silence", silence.length_m, silence.began_at), "port_for_repair")
    return None if days is None else silence.began_at + timedelta(seconds=days)


def _step(since: datetime, length_m: float | None, law: Sequence[Any]) -> tuple[datetime, Any] | None:
    """The next report owed after a moment, and the rule of that moment which asks for it."""
    found = choose(law, "silence", length_m, since)
    row = next((r for r in found.duties if (r.step, r.reading) == ("position_by_other_means", "text")), None)
    return None if row is None else (since + timedelta(seconds=row.threshold_s), row)


def _slots(since: datetime, until: datetime, length_m: float | None, law: Sequence[Any]) -> Any:
    """The reports owed before a moment, and the one owed then or next."""
    missed: list[tuple[datetime, Any]] = []
    step = _step(since, length_m, law)
    while step is not None and step[0] < until:
        missed.append(step)
        step = _step(step[0], length_m, law)
    return missed, step


@dataclass(frozen=True)
class Owed:
    """What a silent boat owes: its silence, what it reported since, and the law of those days."""

    silence: Silence
    reports: Sequence[Report]
    law: Sequence[Any]


def clocks(case: Any, flow: Flow, entries: Sequence[Said], owed: Owed | None) -> list[Clock]:
    """Every clock that runs in a case, the first to be due before the others; none once it is closed."""
    if case.state == CLOSED:
        return []
    found = [Clock("promise", at) for at in open_promises(entries).values()]
    if (step := flow.due_at(case.state, case.state_since)) is not None:
        found.append(Clock("step", step))
    if owed is not None and (due := contact_due(owed.silence, owed.reports, owed.law)) is not None:
        port = port_due(owed.silence, owed.law)
        found.append(Clock("contact", next_call(entries) or due))
        found += [Clock("port", port)] if port is not None else []
    return sorted(found, key=lambda clock: clock.at)


def reports_of(entries: Iterable[Said]) -> list[Report]:
    """The positions that were told and stand in the ledger alone: of a device on no known boat."""
    told = [e for e in entries if e.kind in ("call", "report") and e.body.get("position")]
    return [
        Report(e.at, e.body.get("by") or e.body.get("to"), e.body.get("channel"))
        for e in told
        if "id" not in e.body["position"]
    ]


def next_call(entries: Sequence[Said]) -> datetime | None:
    """When somebody said to call again, if nobody has called or reported since."""
    last = next((e for e in reversed(entries) if e.kind in ("call", "report")), None)
    said = None if last is None else last.body.get("next_at")
    return None if said is None else datetime.fromisoformat(said)


def open_promises(entries: Iterable[Said]) -> dict[int, datetime]:
    """The promises nobody has ticked off: entry id to when they are due."""
    kept: set[int] = set()
    made: dict[int, datetime] = {}
    for entry in entries:
        if entry.kind == "promise":
            made[entry.id] = datetime.fromisoformat(entry.body["due_at"])
        elif entry.kind == "kept":
            kept.add(entry.body["promise"])
    return {number: at for number, at in made.items() if number not in kept}

"""The queue and the panel: statements over cases as they stand, or as they stood (`fold.CaseThen`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geo.errors import BadInput
from geo.text import digits, fold
from layers.vessels.registry import Vessel
from layers.watch.cases.models import CLOSED, KINDS, Case, CaseEntry
from layers.watch.event_rows import Incident

STATES = ("open", "closed", "all")


def found(cases: Any, state: str, assigned: str | None, vessel: int | None, q: str) -> list[ColumnElement[bool]]:
    """The conditions of a search but the kind; BadInput names the parameter that is wrong."""
    if state not in STATES:
        raise BadInput(f"state={state[:40]!r}: use one of {', '.join(STATES)}", field="state")
    closed = cases.state == CLOSED
    conditions: list[ColumnElement[bool]] = {"open": [~closed], "closed": [closed], "all": []}[state]
    conditions += [cases.assigned_to == assigned] if assigned is not None else []
    conditions += [cases.vessel_id == vessel] if vessel is not None else []
    return [*conditions, _named(cases, q)] if q.strip() else conditions


def _named(cases: Any, q: str) -> ColumnElement[bool]:
    """Holds for a case of that number, or of a boat of that number or name."""
    text, number = fold(q), digits(q)
    boat = Vessel.digits.contains(number, autoescape=True) if number and number == text.replace(" ", "") else None
    boat = Vessel.search.contains(text, autoescape=True) if boat is None else boat
    boats = select(Vessel.id).where(Vessel.leads, Vessel.superseded_at.is_(None), boat)
    return or_(func.lower(cases.number).contains(text, autoescape=True), cases.vessel_id.in_(boats))


def check_kind(kind: str) -> str:
    """The kind, empty for all of them; BadInput names them."""
    if kind and kind not in KINDS:
        raise BadInput(f"kind={kind[:40]!r}: use one of {', '.join(KINDS)}", field="kind")
    return kind


def counts_statement(cases: Any, conditions: Sequence[ColumnElement[bool]], now: datetime) -> Select[*tuple[Any, ...]]:
    """How many of each kind there are, and how many of them are overdue."""
    late = func.count().filter((cases.due_at <= now) & (cases.state != CLOSED))
    return (
        select(cases.kind, func.count().label("cases"), late.label("overdue")).where(*conditions).group_by(cases.kind)
    )


def queue_statement(
    cases: Any, conditions: Sequence[ColumnElement[bool]], now: datetime, limit: int
) -> Select[*tuple[Any, ...]]:
    """Cases in the order of the queue: people in danger, then by kind; overdue the longest, due next, the oldest.

    What is closed stands last, the newest first.
    """
    over = case((cases.due_at <= now, 0), else_=1)
    closed = case((cases.state == CLOSED, 1), else_=0)
    order = (closed, case((closed == 0, cases.priority)), over, cases.due_at.asc().nulls_last(), cases.closed_at.desc())
    columns = [getattr(cases, column.name) for column in Case.__table__.columns]
    return select(*columns).where(*conditions).order_by(*order, cases.opened_at, cases.id).limit(limit)


def boats_statement(vessel_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """What a line says of its boats."""
    columns = (Vessel.id, Vessel.code, Vessel.name, Vessel.length_m, Vessel.home_port, Vessel.crew, Vessel.vms_provider)
    return select(*columns, Vessel.cell_id).where(Vessel.leads, Vessel.id.in_(vessel_ids))


def incidents_statement(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The incidents some cases belong to."""
    return select(Incident.__table__).where(Incident.id.in_(ids))


def told_statement(case_ids: Sequence[int], until: datetime) -> Select[*tuple[Any, ...]]:
    """Of each case: what it was opened as, the last position told, the last call and its result.

    `what` is what somebody said; the machine's entries hold words of their own under `new`, and a code there.
    """
    body, kind = CaseEntry.body, CaseEntry.kind
    opened = kind == "opened"
    placed = body["position"].is_not(None) & (func.jsonb_typeof(body["position"]) == "object")
    return (
        select(
            CaseEntry.case_id,
            func.min(func.coalesce(body["distress"].astext, body["what"].astext)).filter(opened).label("distress"),
            func.min(body["what"].astext).filter(opened, ~body.has_key("new")).label("what"),
            func.max(CaseEntry.at).filter(placed).label("reported_at"),
            func.count().filter(kind == "call").label("calls"),
            func.array_agg(aggregate_order_by(body["result"].astext, CaseEntry.id.desc()))
            .filter(kind == "call")
            .label("results"),
        )
        .where(CaseEntry.case_id.in_(case_ids), CaseEntry.at <= until)
        .group_by(CaseEntry.case_id)
        .order_by(CaseEntry.case_id)
    )

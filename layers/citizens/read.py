"""Reports as they are read: by the holder of a code, by anybody, by those who work on them, counted for leaders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, String, and_, case, cast, func, select

from layers.citizens.models import ReportCase, ReportEntry, ReportPhoto

GRID = 10_000
"""Ten-millionths of a degree: the thousandth, some 110 m, to which a public place is rounded."""
OPEN = ReportCase.ended_at.is_(None)


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; None: to nothing."""

    state: str | None = None
    unit: str | None = None
    category: str | None = None
    overdue: bool | None = None
    number: str | None = None
    after: int | None = None
    limit: int = 50


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Open, its clock running, and past its day."""
    return and_(OPEN, ReportCase.paused_at.is_(None), ReportCase.due_at <= now)


def staff_statement(asked: Asked, now: datetime) -> Select[*tuple[Any, ...]]:
    """Reports with everything but their contact: the overdue first, then by what is due next."""
    late = is_overdue(now)
    kept = [c for c in ReportCase.__table__.columns if c.key not in ("contact", "code_hash")]
    has_contact = ReportCase.contact.is_not(None).label("has_contact")
    statement = select(*kept, late.label("overdue"), has_contact, photos_of().label("photos"))
    for column, value in ((ReportCase.state, asked.state), (ReportCase.unit, asked.unit)):
        statement = statement if value is None else statement.where(column == value)
    if asked.category is not None:
        statement = statement.where(ReportCase.category == asked.category)
    if asked.overdue is not None:
        statement = statement.where(late if asked.overdue else ~late)
    if asked.number is not None:
        statement = statement.where(ReportCase.number == asked.number)
    order = (case((OPEN, 0), else_=1), case((OPEN, ReportCase.due_at)), ReportCase.received_at.desc())
    return statement.order_by(*order).limit(asked.limit)


def public_statement() -> Select[*tuple[Any, ...]]:
    """Reports as anybody may see them: words and photos only once released, the place on a grid of 0.001°."""
    seen = ReportCase.released_at.is_not(None)

    def rounded(column: Any) -> ColumnElement[int]:
        return case((seen, cast(func.round(column / float(GRID)) * GRID, Integer)))

    plain = (
        ReportCase.id, ReportCase.number, ReportCase.category, ReportCase.unit, ReportCase.unit_name,
        ReportCase.agency, ReportCase.received_at, ReportCase.changed_at, ReportCase.due_at, ReportCase.paused_at,
        ReportCase.ended_at, ReportCase.state, ReportCase.supporters, ReportCase.origin, ReportCase.released_at,
    )  # fmt: skip
    return select(
        *plain,
        case((seen, ReportCase.text)).label("text"),
        case((and_(seen, ~OPEN), ReportCase.answer)).label("answer"),
        rounded(ReportCase.lon_e7).label("lon_e7"),
        rounded(ReportCase.lat_e7).label("lat_e7"),
        case((seen, photos_of()), else_=cast([], ARRAY(String))).label("photos"),
    )


def photos_of() -> Any:
    """The addresses of a report's photos, in order."""
    tokens = func.array_agg(ReportPhoto.token, type_=ARRAY(String))
    there = select(tokens).where(ReportPhoto.report_id == ReportCase.id).correlate(ReportCase).scalar_subquery()
    return func.coalesce(there, cast([], ARRAY(String)), type_=ARRAY(String))


def history_statement(report_id: int) -> Select[*tuple[Any, ...]]:
    """Every line of a report, oldest first."""
    return select(ReportEntry.__table__).where(ReportEntry.report_id == report_id).order_by(ReportEntry.id)


def photo_statement(token: str) -> Select[*tuple[Any, ...]]:
    """A photo with what says who may see it."""
    columns = (ReportPhoto.jpeg, ReportCase.released_at, ReportCase.code_hash, ReportCase.unit)
    return select(*columns).join(ReportCase, ReportCase.id == ReportPhoto.report_id).where(ReportPhoto.token == token)


def counts_statement(by: str, now: datetime) -> Select[*tuple[Any, ...]]:
    """Reports open, overdue and answered in time per commune (`unit`) or per `agency`, the most overdue first."""
    late = func.count().filter(is_overdue(now))
    keys = (ReportCase.unit, ReportCase.unit_name) if by == "unit" else (ReportCase.agency,)
    named = ReportCase.unit_name if by == "unit" else ReportCase.agency
    code = ReportCase.unit if by == "unit" else ReportCase.agency
    done = ReportCase.ended_at.is_not(None) & ReportCase.answer.is_not(None)
    return (
        select(
            code.label("code"),
            named.label("name"),
            func.count().label("reports"),
            func.count().filter(OPEN).label("open"),
            late.label("overdue"),
            func.count().filter(done).label("answered"),
            func.count().filter(done, ReportCase.ended_at <= ReportCase.due_at).label("in_time"),
        )
        .group_by(*keys)
        .order_by(late.desc(), func.count().desc())
    )

"""The records behind a figure that is counted here: the cases, reports, boats and deliveries that make the number."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from geo.clock import local_date
from layers.access.roles import OFFICERS, Role
from layers.counted.count import nowhere
from layers.counted.due import read_book
from layers.counted.ground import Ground, of_subject, read_ground
from layers.counted.registry import COUNTS
from layers.counted.spec import Count, Record, Window, window_of
from layers.database import make_engine, read, read_now
from layers.indicators.fetch import Desk, open_desk
from layers.indicators.formula import codes_of, formula_of
from layers.indicators.models import Observation
from layers.indicators.places import Place
from layers.indicators.read import find_indicator, find_place
from layers.indicators.spans import Span, span_of
from layers.sources.freshness import mark
from layers.sources.models import Delivery
from layers.watch.event_reads import labels_statement
from web.citizen.staff import STAFF
from web.indicator_points import indicator_view, number, period_view, place_view
from web.record_views import GroupView, RecordList, RecordsView, RecordView
from web.record_words import KINDS, MISSED, OF_BOATS, sort_words
from web.state import State
from web.unit_cards import structure_date
from web.views import Words

MOST = 200
MOST_GROUPS = 12


@dataclass(frozen=True)
class Asking:
    """Who asks about which figure: its place, the days, and as it was known at which moment."""

    role: Role
    desk: Desk
    place: Place
    window: Window
    ground: Ground

    @property
    def level(self) -> str | None:
        """The level of a unit."""
        return self.place.level if self.place.id[0] == "unit" else None


async def records(state: State, role: Role, code: str, where: tuple[str, str], day: date | None) -> RecordsView:
    """The lists behind one figure of (unit, structure); `day` is any of its period."""
    now = state.clock()
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        indicator = find_indicator(desk, code)
        vintage = structure_date(where[1])
        place = find_place(desk, where[0], vintage)
    span = span_of(indicator.period, day or local_date(now))
    return await beside(state, lambda c: _answer(c, (now, role), (desk, indicator), (place, span)))


async def beside(state: State, work: Callable[[Connection], RecordsView]) -> RecordsView:
    """Read on a thread: a count's statements are those of the worker."""

    def run() -> RecordsView:
        engine = make_engine(state.engine.url.render_as_string(hide_password=False))
        try:
            with read_now(engine) as connection:
                return work(connection)
        finally:
            engine.dispose()

    return await run_in_threadpool(run)


def _answer(
    connection: Connection, by: tuple[datetime, Role], what: tuple[Desk, Any], where: tuple[Place, Span]
) -> RecordsView:
    (now, role), (desk, indicator), (place, span) = by, what, where
    codes = [code for code in codes_of(indicator) if code in COUNTS]
    told = _told(connection, codes, place, span)
    known = max((row.stored_at for row in told.values()), default=None)
    window = window_of(span, known)
    asking = Asking(role, desk, place, window, read_ground(connection, window.last))
    origins = {o for code in codes for o in read_book(connection, COUNTS[code].book).origins}
    counted = told.get(indicator.code)
    lists = _lists(connection, asking, indicator, codes) if told else []
    return RecordsView(
        now=now,
        indicator=indicator_view(indicator),
        place=place_view(place),
        period=period_view(span),
        known_at=known,
        counted=None if counted is None else counted.id,
        origin=mark(origins),
        masked=any(_is_hidden(role, record.kind) for each in lists for record in each.records),
        lists=lists,
    )


def _told(connection: Connection, codes: Sequence[str], place: Place, span: Span) -> Mapping[str, Any]:
    """Our own counting of each code at the place, as it stands."""
    o = Observation
    kinds, subjects = zip(*place.subjects, strict=True)
    statement = (
        select(o.id, o.indicator, o.stored_at)
        .join(Delivery, Delivery.id == o.delivery_id)
        .where(o.indicator.in_(codes), o.subject_kind.in_(kinds), o.subject.in_(subjects))
        .where(o.period_from == span.since, o.period_to == span.until, o.superseded_at.is_(None))
        .where(o.retracted_at.is_(None), Delivery.adapter.startswith("counted/"))
    )
    return {row.indicator: row for row in connection.execute(statement)}


def _lists(connection: Connection, asking: Asking, indicator: Any, codes: Sequence[str]) -> list[RecordList]:
    """A list for each thing counted; of a ratio first what fell short: below the line, not above it."""
    found = {code: _records(connection, asking, COUNTS[code]) for code in codes}
    lists = [_list(connection, asking, code, found[code]) for code in codes]
    formula = formula_of(indicator)
    if formula is None or len(codes) != 2:
        return lists
    above, below = (next(code for _, code in side) for side in (formula.numerator, formula.denominator))
    names = {(r.kind, r.record) for r in found[above]}
    rest = [r for r in found[below] if (r.kind, r.record) not in names]
    if indicator.direction == "up" and names <= {(r.kind, r.record) for r in found[below]}:
        missed = _list(connection, asking, below, rest)
        return [missed.model_copy(update={"code": f"{indicator.code}.missed", "title": MISSED}), *lists]
    return lists


def _records(connection: Connection, asking: Asking, count: Count) -> list[Record]:
    every = count.find(connection, asking.window)
    kind, code = asking.place.subjects[0]
    return of_subject(every, asking.ground, (kind, code), asking.level)


def _list(connection: Connection, asking: Asking, code: str, found: Sequence[Record]) -> RecordList:
    indicator = asking.desk.catalogue[code]
    lost = {(r.kind, r.record) for r in nowhere(found, asking.ground, indicator.subjects)}
    ordered = sorted(found, key=lambda r: ((r.kind, r.record) not in lost, _moment(r), r.record))[:MOST]
    labels = _labels(connection, asking.role, ordered)
    fields = Counter(record.field for record in found if record.field is not None)
    total = sum((record.amount for record in found if record.amount is not None), 0)
    return RecordList(
        code=code,
        title=Words(vi=indicator.name_vi, en=indicator.name_en),
        query=COUNTS[code].query,
        count=len(found),
        total=round(float(total), indicator.decimals + 2),
        unit=Words(vi=indicator.unit, en=indicator.unit_en),
        unknown=sum(record.amount is None for record in found),
        unplaced=len(lost) if asking.place.level == "province" else 0,
        groups=[GroupView(title=_sort(f), records=n) for f, n in fields.most_common(MOST_GROUPS)],
        records=[_view(asking, record, labels, (record.kind, record.record) not in lost) for record in ordered],
    )


def _sort(field: str | None) -> Words:
    found = sort_words(field)
    assert found is not None  # only what has a sort is counted by it
    return found


def _moment(record: Record) -> float:
    """Newest first."""
    return -record.at.timestamp() if record.at is not None else 0.0


def _labels(connection: Connection, role: Role, found: Sequence[Record]) -> Mapping[int, str]:
    """What boats are called, for those who may know."""
    boats = {record.vessel_id for record in found if record.vessel_id is not None}
    if role not in OFFICERS or not boats:
        return {}
    return {row.id: f"{row.code} · {row.name}" for row in connection.execute(labels_statement(boats))}


def _view(asking: Asking, record: Record, labels: Mapping[int, str], placed: bool) -> RecordView:
    hidden = _is_hidden(asking.role, record.kind)
    commune = asking.ground.unit("commune", record)
    unit = asking.desk.atlas.unit(commune, asking.window.last, "commune") if commune else None
    name = " · ".join(filter(None, (labels.get(record.vessel_id or 0), record.label)))
    return RecordView(
        kind=record.kind,
        kind_title=KINDS[record.kind],
        label=None if hidden else name or None,
        at=record.at,
        unit=None if unit is None else unit.name_vi,
        office=None if record.office is None else _office(asking, record.office),
        field=sort_words(record.field),
        amount=number(record.amount),
        placed=placed,
        link=None if hidden else _link(asking.role, record),
        lineage=f"citizen_report/{record.record}" if _has_row(asking.role, record) else None,
    )


def _is_hidden(role: Role, kind: str) -> bool:
    """Whether the name of such a record would tell a boat to somebody who may not see boats."""
    return kind in OF_BOATS and role not in OFFICERS


def _office(asking: Asking, code: str) -> str:
    """What an office is called, by the forms in force."""
    named = (asking.desk.atlas.offices.get((kind, code)) for kind in ("agency", "facility"))
    return next((place.name_vi for place in named if place is not None), code)


def _has_row(role: Role, record: Record) -> bool:
    return record.kind == "citizen_report" and role in OFFICERS


def _link(role: Role, record: Record) -> str | None:
    """The page of a record, for a role that has one."""
    if record.kind in ("source", "expected"):
        return f"/sources?code={record.record.partition('/')[0]}"
    if record.kind == "case":
        return f"/cases?number={record.record}"
    if record.vessel_id is not None:
        return f"/fisheries?vessel=v{record.vessel_id}"
    ours = record.label is not None and record.label.startswith("PA-")
    return f"/citizens?report={record.label}" if ours and role in STAFF else None

"""A pulse as people look at it: a cell an hour or a day, where down, silent and refused are three things."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select

from geo.clock import LOCAL
from layers.database import ReadConnection
from layers.sources.models import Source
from layers.sources.pulse import AGE_EDGES_S, AGE_NAMES, COUNT_NAMES, ProcessHour, SourcePulse

By = Literal["hour", "day"]
State = Literal["came", "refused", "silent", "down", "before"]
HOUR = timedelta(hours=1)
REFUSED_SHARE = 0.1
"""From this share of its lines on, an hour or a day counts as refused."""
UP_SHARE = 0.5
"""When we lived for less of a cell than this, its silence says nothing about the source."""


@dataclass(frozen=True)
class Cell:
    """One hour or one day (of Việt Nam) from `t` (UTC) on.

    `counts` None: nobody knows, we were down or the source was not there yet. Ages in seconds: half of what came was
    at most `late_p50_s` old (the end of its step), the oldest `late_max_s`.
    """

    t: datetime
    state: State
    counts: dict[str, int] | None
    late_p50_s: int | None
    late_max_s: int | None


@dataclass(frozen=True)
class Span:
    """The cells wanted: from, to (UTC, whole cells), how long each is, and the moment it is now."""

    since: datetime
    until: datetime
    by: By
    now: datetime

    def starts(self) -> Iterator[datetime]:
        """The beginning of each cell that has begun, oldest first."""
        at = floor_to(self.since, self.by)
        while at < min(self.until, self.now):
            yield at
            at += HOUR if self.by == "hour" else timedelta(days=1)


def floor_to(moment: datetime, by: By) -> datetime:
    """The beginning of the hour, or of the day in Việt Nam, that a moment is in."""
    local = moment.astimezone(LOCAL).replace(minute=0, second=0, microsecond=0)
    return (local if by == "hour" else local.replace(hour=0)).astimezone(moment.tzinfo)


async def read_pulses(connection: ReadConnection, sources: Sequence[int], span: Span) -> dict[int, list[Cell]]:
    """The cells of each source (its id) in two questions, however many there are."""
    came: dict[int, dict[datetime, Any]] = defaultdict(dict)
    for row in await connection.execute(_came(sources, span)):
        came[row.source_id][_local(row.cell)] = row
    up = {_local(row.cell): int(row.up_s) for row in await connection.execute(_up(span))}
    first = {row.source_id: row.first for row in await connection.execute(_first(sources))}
    starts = list(span.starts())
    return {each: [_cell(at, came[each].get(at), (up, first.get(each)), span) for at in starts] for each in sources}


def _local(cell: datetime) -> datetime:
    """The database groups by local time without a zone."""
    return cell.replace(tzinfo=LOCAL).astimezone(LOCAL)


def _cell(at: datetime, row: Any, known: tuple[dict[datetime, int], datetime | None], span: Span) -> Cell:
    up, first = known
    if row is None:
        end = min(span.now, at + (HOUR if span.by == "hour" else timedelta(days=1)))
        if first is None or end <= first:
            return Cell(at, "before", None, None, None)
        lived = up.get(at, 0) >= UP_SHARE * (end - at).total_seconds()
        silent = dict.fromkeys(COUNT_NAMES, 0)
        return Cell(at, "silent", silent, None, None) if lived else Cell(at, "down", None, None, None)
    counts = {name: int(getattr(row, name)) for name in COUNT_NAMES}
    refused = counts["refused"] > 0 and counts["refused"] >= REFUSED_SHARE * counts["lines"]
    return Cell(at, "refused" if refused else "came", counts, median_of(row), row.late_max_s)


def median_of(row: Any) -> int | None:
    """The end of the step (seconds) in which the median age lies; the oldest for the last step; None without ages."""
    counts = [int(getattr(row, name)) for name in AGE_NAMES]
    passed, half = 0, sum(counts) / 2
    for count, edge in zip(counts, (*AGE_EDGES_S, None), strict=True):
        passed += count
        if passed and passed >= half:
            oldest: int = row.late_max_s
            return oldest if edge is None else min(edge, oldest)
    return None


def _of(hour: Any, by: By) -> ColumnElement[datetime]:
    found: ColumnElement[datetime] = func.date_trunc(by, func.timezone(str(LOCAL), hour))
    return found


def _came(sources: Sequence[int], span: Span) -> Select[*tuple[Any, ...]]:
    cell = _of(SourcePulse.hour, span.by).label("cell")
    sums = [func.sum(getattr(SourcePulse, name)).label(name) for name in (*COUNT_NAMES, *AGE_NAMES)]
    wanted = (SourcePulse.source_id.in_(sources), SourcePulse.hour >= span.since, SourcePulse.hour < span.until)
    oldest = func.max(SourcePulse.late_max_s).label("late_max_s")
    statement = select(SourcePulse.source_id, cell, *sums, oldest).where(*wanted)
    return statement.group_by(SourcePulse.source_id, cell)


def _up(span: Span) -> Select[*tuple[Any, ...]]:
    """For how long any process of ours lived."""
    wanted = (ProcessHour.hour >= span.since, ProcessHour.hour < span.until)
    hours = select(ProcessHour.hour, func.max(ProcessHour.up_s).label("up_s")).where(*wanted)
    lived = hours.group_by(ProcessHour.hour).subquery()
    cell = _of(lived.c.hour, span.by).label("cell")
    return select(cell, func.sum(lived.c.up_s).label("up_s")).group_by(cell)


def _first(sources: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The first hour of each source: the beginning of its part of the index."""
    hour = select(SourcePulse.hour).where(SourcePulse.source_id == Source.id).order_by(SourcePulse.hour).limit(1)
    return select(Source.id.label("source_id"), hour.scalar_subquery().label("first")).where(Source.id.in_(sources))

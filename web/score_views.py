"""The scoreboard as the API tells it: shares in per cent, counts beside them, nothing where nothing can be judged."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel

from geo.clock import local_date
from layers.indicators.spans import Span, name_of
from layers.scores.board import Part, Pillar, Score
from layers.scores.rows import Row
from layers.sources.freshness import Origin, mark
from web.views import Words


class PartView(BaseModel):
    """One part: `good` of `of`, in per cent; null: there is nothing to judge. `defined` says what is counted."""

    code: str
    title: Words
    defined: Words
    weight: float
    good: int
    of: int
    share: float | None


class PillarView(BaseModel):
    """One of đúng, đủ, sạch, sống: the weighed mean of its parts in per cent."""

    code: str
    title: Words
    defined: Words
    weight: float
    share: float | None
    parts: list[PartView]


class ScoreView(BaseModel):
    """A source, or an agency with its sources. `change` in points against the time before."""

    agency: str
    source: str | None
    title: Words
    origin: Origin
    rank: int | None
    total: float | None
    before: float | None
    change: float | None
    pillars: list[PillarView]
    sources: list["ScoreView"] = []


class Board(BaseModel):
    """The scoreboard of a month or year. `judged` of `of` agencies have a total; `expected_of` of `sources_of` sources
    have expected deliveries. `unverified`: weights nobody has checked.
    """

    period: str
    title: Words
    since: date
    until: date
    over: bool
    now: datetime
    origin: Origin
    judged: int
    of: int
    expected_of: int
    sources_of: int
    unverified: int
    agencies: list[ScoreView]


class WallBoard(BaseModel):
    """The board of this month, or nothing."""

    board: Board | None


class RowView(BaseModel):
    """One thing a part counts; `good` of `of`. `file_link` gives the file as it came."""

    what: Words
    period: Words | None
    due: date | None
    state: Literal["on_time", "late", "not_due", "missing"] | None
    workdays: int
    at: datetime | None
    good: int
    of: int
    file: str | None
    file_link: str | None
    link: str
    lineage: str | None
    note: str | None


class RowList(BaseModel):
    """The rows of one part of one source, what is wrong first."""

    part: PartView
    rows: list[RowView]


Titles = Mapping[str, tuple[Words, Origin]]
"""By source's code: its title and origin."""


def percent(share: Fraction | None) -> float | None:
    """A share in per cent, one digit; None stays None."""
    return None if share is None else round(float(share * 100), 1)


def score_view(score: Score, titles: Titles) -> ScoreView:
    """An agency or a source."""
    sources = [score_view(source, titles) for source in score.sources]
    known = titles.get(score.source or "")
    name = Words(vi=score.agency, en=score.agency) if score.source is None else Words(vi=score.source, en=score.source)
    title, origin = known or (name, "real")
    if sources:
        origin = mark({source.origin for source in sources})
    return ScoreView(
        agency=score.agency,
        source=score.source,
        title=title,
        origin=origin,
        rank=score.rank,
        total=percent(score.total),
        before=percent(score.before),
        change=percent(score.change),
        pillars=[_pillar(pillar) for pillar in score.pillars],
        sources=sources,
    )


def part_view(part: Part) -> PartView:
    """A part with what it means."""
    row, count = part.weight, part.count
    said = _said(row)
    return PartView(code=row.part, good=count.good, of=count.of, share=percent(count.share), **said)


def row_view(row: Row, source: str, titles: Mapping[tuple[str, str], str]) -> RowView:
    """A row with its ways onward."""
    title = titles.get(("template", row.what)) or titles.get(("indicator", row.what)) or row.what
    link = f"/sources?code={source}" + (f"&reject={row.reject}" if row.reject else "")
    period = Words.of(name_of(Span(row.period_from, row.period_to))) if row.period_from and row.period_to else None
    return RowView(
        **{name: getattr(row, name) for name in ("due", "state", "workdays", "at", "good", "of", "file", "note")},
        what=Words(vi=title, en=title),
        period=period,
        file_link=f"/api/deliveries/{row.delivery}/file" if row.file and row.delivery else None,
        link=link,
        lineage=row.lineage,
    )


def board_head(span: Span, now: datetime) -> dict[str, Any]:
    """Which time a board is of."""
    today = local_date(now)
    period = f"{span.since:%Y-%m}" if span.months == 1 else f"{span.since:%Y}"
    return {
        "period": period,
        "title": Words.of(name_of(span)),
        "since": span.since,
        "until": span.until,
        "over": span.until <= today,
        "now": now,
    }


def _pillar(pillar: Pillar) -> PillarView:
    said = _said(pillar.weight)
    parts = [part_view(part) for part in pillar.parts]
    return PillarView(code=pillar.weight.pillar, share=percent(pillar.share), parts=parts, **said)


def _said(row: Any) -> dict[str, Any]:
    return {
        "title": Words(vi=row.title_vi, en=row.title_en),
        "defined": Words(vi=row.defined_vi, en=row.defined_en),
        "weight": float(row.weight),
    }

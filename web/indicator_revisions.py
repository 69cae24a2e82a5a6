"""The history of a figure: every word on it, of every status and source, with what the centre decided on each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from layers.database import ReadConnection
from layers.indicators.approval_models import Approval, Submission
from layers.indicators.models import Observation
from layers.indicators.places import Place
from layers.indicators.read import Point, main_span
from layers.indicators.spans import Span
from web.indicator_points import Shelf, number, read_papers
from web.indicator_views import RevisionView
from web.indicator_words import withheld_words
from web.unit_cards import source_view

Asked = tuple[Shelf, datetime | None, bool]
"""Sources and papers; the moment as which it was known (None: now); whether accounts may be named."""


async def read_revisions(
    connection: ReadConnection, indicator: Any, place: Place, points: Sequence[Point], asked: Asked
) -> Mapping[Span, list[RevisionView]]:
    """Every word on the place's own figures, by period, the newest first; none that is hidden until it is approved."""
    o, (shelf, known_at, _) = Observation, asked
    if not points:
        return {}
    kinds = {kind for kind, _ in place.subjects}
    statement = select(o).where(
        o.indicator == indicator.code,
        o.subject_kind.in_(kinds),
        o.subject == place.code,
        o.period_to > points[0].span.since,
        o.period_to <= points[-1].span.until,
    )
    if known_at is not None:
        statement = statement.where(o.stored_at <= known_at)
    rows = [r for r in (await connection.execute(statement.order_by(o.id.desc()))).all() if _is_shown(r, known_at)]
    papers = dict(shelf.papers) | await read_papers(connection, {r.paper_id for r in rows} - set(shelf.papers))
    decided = await _decisions(connection, {r.delivery_id for r in rows if r.awaits is not None}, known_at)
    wanted = {main_span(indicator, p.span): p.span for p in points}
    found: dict[Span, list[RevisionView]] = {}
    for r in rows:
        span = wanted.get(Span(r.period_from, r.period_to))
        if span is not None:
            found.setdefault(span, []).append(_revision(r, (papers, decided.get(r.delivery_id)), asked))
    return found


def _is_shown(row: Any, known_at: datetime | None) -> bool:
    approved = row.approved_at is not None and (known_at is None or row.approved_at <= known_at)
    return approved or row.awaits != "hide"


async def _decisions(
    connection: ReadConnection, deliveries: Iterable[int], known_at: datetime | None
) -> Mapping[int, Any]:
    """The last decision on each delivery, as it was known."""
    statement = (
        select(Submission.delivery_id, Approval.decision, Approval.decided_at, Approval.decided_by, Approval.reason)
        .join(Approval, Approval.submission_id == Submission.id)
        .where(Submission.delivery_id.in_(list(deliveries)))
        .order_by(Approval.id)
    )
    if known_at is not None:
        statement = statement.where(Approval.decided_at <= known_at)
    return {row.delivery_id: row for row in await connection.execute(statement)}


def _revision(row: Any, beside: tuple[Mapping[int, Any], Any | None], asked: Asked) -> RevisionView:
    copied = ("id", "status", "stored_at", "superseded_at", "retracted_at")
    (papers, decided), (shelf, known_at, names) = beside, asked
    approval = _approval(row, decided, known_at)
    judged = decided if approval in ("approved", "returned") else None
    return RevisionView(
        **{name: getattr(row, name) for name in copied},
        value=number(row.value),
        withheld=withheld_words(row.withheld),
        source=source_view(shelf.sources.get(row.source_id)),
        paper=papers.get(row.paper_id),
        approval=approval,  # type: ignore[arg-type]
        decided_at=judged.decided_at if judged is not None else None,
        decided_by=judged.decided_by if judged is not None and names else None,
        decided_why=judged.reason if judged is not None and names else None,
    )


def _approval(row: Any, decided: Any | None, known_at: datetime | None) -> str | None:
    """How a word stands with the centre: a newer version may have taken its place before anybody decided."""
    if row.awaits is None:
        return None
    gone = [at for at in (row.superseded_at, row.retracted_at) if at is not None]
    ended = any(known_at is None or at <= known_at for at in gone)
    if row.approved_at is None and row.superseded_at is not None and ended:
        return "replaced"
    if decided is not None:
        return str(decided.decision)
    return "replaced" if ended else "pending"

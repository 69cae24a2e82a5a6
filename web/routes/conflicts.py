"""Figures on which sources differ, and the operator's decision whose word is shown."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from geo.errors import BadInput
from layers.access.roles import SIGNED_IN
from layers.database import connect, read, transaction
from layers.indicators.conflicts import MOST, AnyRow, Conflicts, Which, decide, read_conflicts
from layers.indicators.fetch import open_desk
from layers.sources.freshness import Origin, SourceInfo, mark, read_sources
from web.access import require, role_of
from web.indicator_points import number, read_papers
from web.indicator_views import PaperBrief
from web.indicators import EDITORS
from web.routes.law import Reasoned, change_of
from web.state import state_of, url_of
from web.unit_cards import source_view
from web.views import Problem, SourceView, Words

Shelf = tuple[Mapping[int, SourceInfo], Mapping[int, PaperBrief]]
router = APIRouter(prefix="/api/conflicts", responses={401: {"model": Problem}, 403: {"model": Problem}})


class WordView(BaseModel):
    """What one source says; `changed`: stored after the decision."""

    observation: int
    source: SourceView | None
    value: float | None
    status: str
    stored_at: datetime
    paper: PaperBrief | None
    shown: bool
    changed: bool


class ConflictView(BaseModel):
    """One figure with every word on it. `state`: open (the policy leads), chosen, left."""

    indicator: str
    name: Words
    unit: Words
    subject_kind: str
    subject: str
    subject_name: str
    period_from: date
    period_to: date
    value: float | None
    state: Literal["open", "chosen", "left"]
    chosen_by: str | None
    chosen_at: datetime | None
    reason: str | None
    words: list[WordView]


class ConflictList(BaseModel):
    """Those without a decision first."""

    total: int
    can_decide: bool
    origin: Origin
    conflicts: list[ConflictView]


class Decision(Reasoned):
    """Whose word is shown from now on; `source` null leaves it to the policy."""

    indicator: Annotated[str, Field(max_length=60)]
    subject_kind: Annotated[str, Field(max_length=20)] = "facility"
    subject: Annotated[str, Field(max_length=120)]
    period_from: date
    period_to: date
    source: Annotated[str | None, Field(max_length=80)] = None


@router.get("")
async def get_conflicts(
    request: Request,
    indicator: Annotated[str, Query(max_length=60)] = "",
    subject: Annotated[str, Query(max_length=120)] = "",
    state: Annotated[str, Query(max_length=10)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> ConflictList:
    """Figures on which sources differ, each with every word."""
    await require(request, SIGNED_IN)
    asked = {"indicator": indicator, "subject": subject, "state": state}
    async with read(state_of(request).engine) as connection:
        found = await read_conflicts(connection, asked, (limit, offset))
        desk, sources = await open_desk(connection), await read_sources(connection)
        papers = await read_papers(connection, {w.paper_id for words in found.words.values() for w in words})
    shown = [_view(row, found, desk.catalogue, (sources, papers)) for row in found.rows]
    origin = mark({sources[w.source_id].origin for words in found.words.values() for w in words})
    return ConflictList(total=found.total, can_decide=await role_of(request) in EDITORS, origin=origin, conflicts=shown)


def _view(row: AnyRow, found: Conflicts, catalogue: Mapping[str, Any], shelf: Shelf) -> ConflictView:
    which = Which(row.indicator, row.subject_kind, row.subject, row.period_from, row.period_to)
    indicator = catalogue[row.indicator]
    school = found.names.get(row.subject)
    return ConflictView(
        **which._asdict(),
        name=Words(vi=indicator.name_vi, en=indicator.name_en),
        unit=Words(vi=indicator.unit, en=indicator.unit_en),
        subject_name=row.subject if school is None else school.name,
        value=number(row.value),
        state="open" if row.choice is None else "left" if row.chosen is None else "chosen",
        chosen_by=row.chosen_by,
        chosen_at=row.chosen_at,
        reason=row.reason,
        words=[_word(word, row, shelf) for word in found.words.get(which, ())],
    )


def _word(word: AnyRow, row: AnyRow, shelf: Shelf) -> WordView:
    sources, papers = shelf
    return WordView(
        observation=word.id,
        source=source_view(sources.get(word.source_id)),
        value=number(word.value),
        status=word.status,
        stored_at=word.stored_at,
        paper=papers.get(word.paper_id),
        shown=word.source_id == row.source_id,
        changed=row.chosen_at is not None and word.stored_at > row.chosen_at,
    )


@router.post("")
async def post_decision(request: Request, decision: Decision) -> ConflictList:
    """Show one source's word of a figure from now on, or leave it to the policy; every word stays."""
    said = await change_of(request, decision)
    state = state_of(request)
    async with read(state.engine) as connection:
        codes = {info.code: key for key, info in (await read_sources(connection)).items()}
    if decision.source is not None and decision.source not in codes:
        raise BadInput(f"source={decision.source!r}: no such source", field="source")
    source_id = None if decision.source is None else codes[decision.source]
    which = Which(decision.indicator, decision.subject_kind, decision.subject, decision.period_from, decision.period_to)

    def keep() -> None:
        with connect(url_of(state)) as connection, transaction(connection):
            decide(connection, which, source_id, (said.by, said.reason), said.at)

    await run_in_threadpool(keep)
    return await get_conflicts(request, decision.indicator, decision.subject, "", 100, 0)

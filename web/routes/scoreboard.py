"""Đúng – đủ – sạch – sống: the scoreboard of agencies and sources, its rows, and as a workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import psycopg
from fastapi import APIRouter, Query, Request, Response
from psycopg.rows import namedtuple_row
from starlette.responses import StreamingResponse

from geo.clock import local_date, start_of_day
from geo.errors import NotFound
from layers.access.roles import SIGNED_IN
from layers.database import connect, read
from layers.indicators.spans import Span, span_of
from layers.reminders.keep import read_titles
from layers.scores.board import Fresh, Part, Score, compare, count_parts, make_board, weights_in
from layers.scores.facts import read_facts
from layers.scores.rows import read_rows
from layers.scores.span import read_span, span_before
from layers.sources.freshness import mark
from layers.sources.last import LastDelivery, read_last
from layers.sources.raw import raw_pieces
from web.access import require, role_of
from web.routes.exchange import READERS as KEEPERS
from web.routes.intake import apart
from web.score_views import (
    Board,
    RowList,
    ScoreView,
    WallBoard,
    board_head,
    part_view,
    row_view,
    score_view,
)
from web.sheets import PRIVATE, Sheet, sheet_response
from web.state import state_of, url_of
from web.views import Words

router = APIRouter()

Period = Annotated[str | None, Query(max_length=10, description="2026-11 or 2026; this month by default")]
Pillars = Literal["dung", "du", "sach", "song"]
_EXPECTED = "SELECT DISTINCT source FROM expected_delivery WHERE superseded_at IS NULL"
_WEIGHTS = "SELECT * FROM score_weight WHERE superseded_at IS NULL"
_FILE = """
SELECT f.name, f.sha256 FROM department_file AS f WHERE f.delivery_id = %s ORDER BY f.id LIMIT 1
"""


@dataclass(frozen=True)
class Asked:
    """Which time, the sources as they stand, and of which of them the age is judged (None: of none)."""

    span: Span
    last: Mapping[str, LastDelivery]
    fresh: Fresh | None


@router.get("/api/scoreboard")
async def get_scoreboard(request: Request, period: Period = None) -> Board:
    """Every agency of which something is expected, ranked, with its sources, pillars, parts and the time before."""
    await require(request, SIGNED_IN)
    return await _board(request, await _asked(request, period))


@router.get("/api/scoreboard/wall")
async def get_for_wall(request: Request) -> WallBoard:
    """This month's board for a screen of the wall; null for whoever is not signed in: a public wall shows none."""
    if await role_of(request) not in SIGNED_IN:
        return WallBoard(board=None)
    return WallBoard(board=await _board(request, await _asked(request, None)))


@router.get("/api/scoreboard.xlsx", response_class=Response)
async def get_workbook(request: Request, period: Period = None) -> Response:
    """The same as a workbook: a row for every part of every source, with numerator and denominator."""
    await require(request, SIGNED_IN)
    board = await _board(request, await _asked(request, period))
    return sheet_response(_sheet(board), "xlsx")


@router.get("/api/scoreboard/rows")
async def get_rows(
    request: Request,
    source: Annotated[str, Query(max_length=64)],
    pillar: Pillars,
    part: Annotated[str, Query(max_length=40)],
    period: Period = None,
) -> RowList:
    """The very rows one part of a source counts."""
    await require(request, SIGNED_IN)
    asked, now = await _asked(request, period), state_of(request).clock()

    def work(connection: psycopg.Connection) -> RowList:
        facts = next((f for f in read_facts(connection, asked.span, now) if f.source == source), None)
        weights = weights_in(_weights(connection), asked.span)
        weight = next((w for w in weights if (w.pillar, w.part) == (pillar, part)), None)
        if facts is None or weight is None:
            raise NotFound(f"source={source[:64]!r}, part={part!r}: nothing of it is judged", field="source")
        count = count_parts(facts, asked.fresh)[pillar, part]
        titles = read_titles(connection)
        rows = [row_view(row, source, titles) for row in read_rows(connection, facts, (pillar, part))]
        return RowList(part=part_view(Part(weight, count)), rows=rows)

    return await apart(state_of(request), work)


@router.get("/api/deliveries/{number}/file", response_class=Response)
async def get_file(request: Request, number: int) -> Response:
    """The file of a delivery, byte for byte as it came; for who answers for data."""
    await require(request, KEEPERS)
    state = state_of(request)
    row = await apart(state, lambda connection: connection.execute(_FILE, (number,)).fetchone())
    if row is None:
        raise NotFound(f"delivery {number}: no file of a form came with it", field="number")

    def pieces() -> Any:
        with connect(url_of(state)) as connection:
            yield from raw_pieces(connection, row[1])

    name = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in row[0])
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces(), 200, headers, "application/octet-stream")


async def _asked(request: Request, period: str | None) -> Asked:
    state, now = state_of(request), state_of(request).clock()
    today = local_date(now)
    span = read_span(period) if period else span_of("month", today)
    async with read(state.engine) as connection:
        last = {each.code: each for each in await read_last(connection, start_of_day(today))}
    fresh = None
    if span.since <= today < span.until:
        fresh = {code: one.state(now) == "fresh" for code, one in last.items() if one.cadence and one.t}
    return Asked(span, last, fresh)


async def _board(request: Request, asked: Asked) -> Board:
    state, now = state_of(request), state_of(request).clock()

    def work(connection: psycopg.Connection) -> tuple[list[Score], list[Any], int]:
        weights, past = _weights(connection), span_before(asked.span)
        facts, own = read_facts(connection, asked.span, now), weights_in(weights, asked.span)
        before = make_board(read_facts(connection, past, now), weights_in(weights, past), None)
        scores = compare(make_board(facts, own, asked.fresh), make_board(facts, own, None), before)
        return scores, own, len(connection.execute(_EXPECTED).fetchall())

    scores, weights, expected = await apart(state, work)
    titles = {code: (Words(**one.title), one.origin) for code, one in asked.last.items()}
    agencies = [score_view(score, titles) for score in scores]
    return Board(
        **board_head(asked.span, now),
        judged=sum(score.total is not None for score in scores),
        of=len(scores),
        origin=mark({agency.origin for agency in agencies}),
        expected_of=expected,
        sources_of=len(asked.last),
        unverified=sum(not row.verified for row in weights),
        agencies=agencies,
    )


def _weights(connection: psycopg.Connection) -> list[Any]:
    return connection.cursor(row_factory=namedtuple_row).execute(_WEIGHTS).fetchall()


def _sheet(board: Board) -> Sheet:
    columns = (
        ("rank", "Hạng"), ("agency", "Cơ quan"), ("source", "Nguồn"), ("pillar", "Trụ"), ("part", "Phần"),
        ("good", "Tử số"), ("of", "Mẫu số"), ("share", "%"), ("weight", "Trọng số"), ("pillar_share", "% của trụ"),
        ("total", "Tổng của cơ quan, %"), ("change", "So kỳ trước, điểm phần trăm"), ("defined", "Cách tính"),
    )  # fmt: skip
    rows = [row for agency in board.agencies for row in _lines(agency)]
    title = (
        f"Bảng điểm đúng – đủ – sạch – sống, {board.title.vi}; chấm được {board.judged}/{board.of} cơ quan; ô trống là"
        f" chưa có gì để chấm; trọng số chưa xác minh: {board.unverified}"
    )
    return Sheet(f"bang-diem-{board.period}", title, columns, rows, board.origin)


def _lines(agency: ScoreView) -> list[dict[str, Any]]:
    told = {"rank": agency.rank, "agency": agency.agency, "total": agency.total, "change": agency.change}
    return [
        told
        | {"source": source.title.vi, "pillar": pillar.title.vi, "pillar_share": pillar.share}
        | {"part": part.title.vi, "good": part.good, "of": part.of, "share": part.share, "weight": part.weight}
        | {"defined": part.defined.vi}
        for source in agency.sources
        for pillar in source.pillars
        for part in pillar.parts
    ]

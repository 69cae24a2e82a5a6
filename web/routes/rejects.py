"""GET /api/rejects: what was refused, why, in which bytes; set aside with a note, or read again by today's code."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from sqlalchemy import RowMapping, select

from geo.errors import BadInput, NotFound
from ingest.again.replay import ask_replay, run_replay
from ingest.reasons import reason_title
from layers.access.accounts import Who
from layers.database import connect, read, transaction
from layers.sources.log import Deed, note_deed
from layers.sources.models import Source
from layers.sources.reject_read import Asked, read_groups, read_page, read_reject, read_replay
from layers.sources.rejects import Settled, Wanted, settle
from web.access import require, who_asks
from web.reject_views import (
    FaultView,
    GroupView,
    Note,
    RejectDetail,
    RejectList,
    RejectQuery,
    RejectView,
    ReplayView,
    ReplayWanted,
    fix_of,
    listed,
    text_of,
)
from web.routes.exchange import READERS
from web.routes.pages import check_origin
from web.state import State as App
from web.state import state_of, url_of
from web.views import Words

router = APIRouter()


@router.get("/api/sources/{code}/rejects")
async def get_groups(request: Request, code: str) -> list[GroupView]:
    """A source's rejects grouped by their reason, those with most open ones first."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        rows = await read_groups(connection, code)
    return [GroupView(**row, title=Words.of(reason_title(row["reason"]))) for row in rows]


@router.get("/api/rejects")
async def get_rejects(
    request: Request,
    asked: Annotated[RejectQuery, Query()],
) -> RejectList:
    """Rejects, newest first; `q` finds words (with or without dấu) in what is wrong and in the bytes."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        found = await read_page(connection, Asked(**asked.model_dump()))
    return RejectList(rejects=[RejectView(**listed(row)) for row in found.rows], next_before=found.next_before)


@router.get("/api/rejects/{reject_id}")
async def get_reject(request: Request, reject_id: int) -> RejectDetail:
    """One reject: bytes, faults, and where it came from."""
    row = await _one(request, reject_id)
    raw = bytes(row["whole"])
    faults = [FaultView(field=f["field"], fix=Words(vi=f["vi"], en=f["en"])) for f in row["faults"] or []]
    told = listed(row) | {
        "text": text_of(raw),
        "hex": raw.hex(" "),
        "size": len(raw),
        "faults": faults,
        "fix": fix_of(row["reason"]),
    }
    return RejectDetail(**told | {"sha256": row["sha256"].hex() if row["sha256"] else None})


@router.get("/api/rejects/{reject_id}/raw", response_class=Response)
async def get_raw(request: Request, reject_id: int) -> Response:
    """The bytes as they came."""
    row = await _one(request, reject_id)
    headers = {"content-disposition": f'attachment; filename="reject-{reject_id}.bin"', "cache-control": "no-store"}
    return Response(bytes(row["whole"]), 200, headers, "application/octet-stream")


@router.post("/api/rejects/{reject_id}/set-aside")
async def post_set_aside(request: Request, reject_id: int, said: Note) -> RejectDetail:
    """Put an open reject aside, with why; who did it is kept."""
    who = await _worker(request)
    await _one(request, reject_id)
    if not await asyncio.to_thread(_set_aside, state_of(request), reject_id, said.note.strip(), who.username):
        raise BadInput(f"reject {reject_id}: it is not open any more; look at it again", field="id")
    return await get_reject(request, reject_id)


@router.post("/api/rejects/replay", status_code=202)
async def post_replay(request: Request, asked: ReplayWanted, after: BackgroundTasks) -> ReplayView:
    """Read open rejects again by today's code; the answer's id tells how far it is."""
    who, state = await _worker(request), state_of(request)
    wanted = Wanted(await _source_id(state, asked.source), asked.reason, asked.since, asked.id)
    replay_id = await asyncio.to_thread(_ask, state, wanted, who.username)
    after.add_task(_run, state, (replay_id, wanted, who.username))
    return await get_replay(request, replay_id)


@router.get("/api/rejects/replays/{replay_id}")
async def get_replay(request: Request, replay_id: int) -> ReplayView:
    """How far a run is."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        row = await read_replay(connection, replay_id) if 0 < replay_id < 2**62 else None
    if row is None:
        raise NotFound(f"replay {replay_id}: there is none", field="id")
    return ReplayView(**{name: row[name] for name in ReplayView.model_fields})


async def _worker(request: Request) -> Who:
    """Whoever may work through rejects. A browser must ask from a page of ours."""
    await require(request, READERS)
    who = await who_asks(request)
    assert who is not None  # somebody of these roles
    if not who.key:
        check_origin(request)
    return who


async def _one(request: Request, reject_id: int) -> RowMapping:
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        row = await read_reject(connection, reject_id) if 0 < reject_id < 2**62 else None
    if row is None:
        raise NotFound(f"reject {reject_id}: there is none; GET /api/rejects lists them", field="id")
    return row


async def _source_id(state: App, code: str | None) -> int | None:
    if code is None:
        return None
    async with read(state.engine) as connection:
        found: int | None = (await connection.execute(select(Source.id).where(Source.code == code))).scalar()
    if found is None:
        raise NotFound(f"source={code!r}: there is none; GET /api/sources lists them", field="source")
    return found


def _set_aside(state: App, reject_id: int, note: str, by: str) -> int:
    with connect(url_of(state)) as connection, transaction(connection):
        done = settle(connection, [reject_id], Settled("set_aside", by, state.clock(), note))
        row = connection.execute("SELECT source_id FROM reject WHERE id = %s", (reject_id,)).fetchone()
        if done and row:
            note_deed(connection, Deed(by, "set_aside", row[0], {"reject": reject_id, "note": note}), state.clock())
    return done


def _ask(state: App, wanted: Wanted, by: str) -> int:
    with connect(url_of(state)) as connection:
        return ask_replay(connection, wanted, by, state.clock)


def _run(state: App, asked: tuple[int, Wanted, str]) -> None:
    with connect(url_of(state)) as connection:
        run_replay(connection, asked, state.clock)

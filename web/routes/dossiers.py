"""A case as evidence in one click: PDF, JSON, GeoPackage, or a ZIP of the three; each is noted in the case."""

import asyncio
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select, text

from geo.errors import NeedsLogin
from layers.access.accounts import Who
from layers.access.audit import note_act
from layers.access.roles import OFFICERS
from layers.database import read, write_async
from layers.watch.cases.ledger import Entry, append
from layers.watch.cases.models import Case
from layers.watch.dossier.bundle import make_manifest, make_zip, noted
from layers.watch.dossier.gather import Reader, gather
from tiles.paper.dossier_parts import FORMS, make_parts
from tiles.paper.dossier_sea import box_of
from tiles.paper.sea import Sea, read_sea
from web.access import require, who_asks
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api/cases", responses={n: {"model": Problem} for n in (401, 403, 404)})
Form = Literal["pdf", "json", "gpkg", "zip"]


@router.get("/{number}/dossier.{form}", response_class=Response)
async def get_dossier(request: Request, number: str, form: Form) -> Response:
    """The dossier as it is known now, for officers, posts, operators and administrators; people as the role sees them.

    Who took it and its hashes are written into the case and the audit.
    """
    role = await require(request, OFFICERS)
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as an officer to take a dossier", field="session")
    state = state_of(request)
    reader = Reader(who.username, role, state.clock())
    async with read(state.engine) as connection:
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        told, sea = await connection.run_sync(lambda sync: _read(sync, number, reader))
    parts = await asyncio.to_thread(make_parts, told, sea, ("pdf", "json", "gpkg") if form == "zip" else (form,))
    manifest = make_manifest(told, parts)
    async with write_async(state.engine) as connection:
        await connection.run_sync(
            lambda sync: _note(sync, told, noted(manifest, parts, told["case"]["version"]), (who, reader))
        )
    body = make_zip(manifest, parts) if form == "zip" else next(iter(parts.values()))
    headers = {
        "content-disposition": f'attachment; filename="{told["case"]["number"]}.{form}"',
        "cache-control": "private, no-store",
    }
    return Response(body, media_type=FORMS[form], headers=headers)


def _read(connection: Connection, number: str, reader: Reader) -> tuple[dict[str, Any], Sea]:
    told = gather(connection, number, reader)
    return told, read_sea(connection, box_of(told), reader.role)


def _note(connection: Connection, told: dict[str, Any], body: dict[str, Any], by: tuple[Who, Reader]) -> None:
    """One line in the case, one in the audit."""
    who, reader = by
    number = told["case"]["number"]
    case_id = connection.execute(select(Case.id).where(Case.number == number)).scalar_one()
    append(connection, case_id, Entry("dossier", reader.at, who.username, reader.role.value, body))
    connection.execute(note_act(who, "case.dossier", number, body["manifest"], reader.at))

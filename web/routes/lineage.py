"""GET /api/lineage/{kind}/{id}: from a fact to its raw message, source, adapter, document and three times."""

import hashlib
from datetime import date, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import RowMapping

from geo.errors import BadInput, NotFound
from layers import aggregate
from layers.access.roles import OFFICERS, SIGNED_IN, Readers, Role
from layers.access.scope import scope
from layers.database import ReadConnection, read
from layers.registry import get_layer
from layers.sources.exchange import ExchangeMessage
from layers.sources.freshness import Origin
from layers.sources.lineage import (
    Fact,
    boat_facts,
    delivered_facts,
    observation_facts,
    position_facts,
    read_origins,
    row_facts,
    sum_facts,
)
from layers.sources.papers import Paper
from layers.units.read import unit_statement
from layers.vessels.history import handle_of
from web.access import is_wall, require, role_of, who_asks
from web.routes.exchange import READERS
from web.state import State, state_of
from web.unit_cards import structure_date
from web.views import Problem, SourceView, Words

router = APIRouter(responses={403: {"model": Problem}, 404: {"model": Problem}})

SHORT = 12
"""Digits of a hash that people compare."""
_OF_ROLES: dict[str, Readers] = {
    "position": OFFICERS,
    "vessel": OFFICERS,
    "observation": SIGNED_IN,
    "paper": SIGNED_IN,
    "message": READERS,
}
NAMES_SIGNER = SIGNED_IN - {Role.VIEWER}
"""Who reads the name of a signer: never guests, never the wall."""


class RawView(BaseModel):
    """The bytes a fact came from, by their SHA-256; `kept`: the whole file is in our store."""

    sha256: str
    short: str
    name: str | None
    size: int | None
    kept: bool


class PaperView(BaseModel):
    """The paper it came with: number, sign, day, agency, who signed (by name only for those who may know)."""

    id: int
    number: str | None
    notation: str | None
    issued_on: date | None
    agency: str | None
    signer: str | None
    signer_position: str | None
    state: str


class OriginView(BaseModel):
    """A delivery: whose, what it was called, which code understood it, from which bytes, with which paper."""

    id: int
    source: SourceView
    origin: Origin
    label: str
    started_at: datetime
    finished_at: datetime | None
    adapter: str | None
    replay_of: int | None
    raw: RawView | None
    paper: PaperView | None
    message_id: int | None
    document_id: str | None


class FactView(BaseModel):
    """A fact, or the `rows` of one delivery under a sum: when true (`t`), heard and stored; `row_no` of the file.

    `line`: its own raw line, where it came as one, with its hash.
    """

    what: str | None
    t: datetime | date | None
    heard_at: datetime | None
    stored_at: datetime | None
    superseded_at: datetime | None
    rows: int
    row_no: int | None
    line: str | None
    line_sha256: str | None
    delivery: OriginView | None


class Lineage(BaseModel):
    """All that leads to a fact; `deliveries` counts them all where only the largest are told.

    Empty `facts`: it stands on reference data that comes with the product.
    """

    kind: str
    id: str
    now: datetime
    deliveries: int
    facts: list[FactView]


@router.get("/api/lineage/{kind}/{name}")
async def get_lineage(request: Request, kind: str, name: str, unit: str = "", structure: str = "2025") -> Lineage:
    """Where a fact came from. Kinds: position, vessel, observation, paper, message, measure (with `unit`), or a layer.

    Roles as for the fact itself.
    """
    role = await require(request, _OF_ROLES[kind]) if kind in _OF_ROLES else await role_of(request)
    state = state_of(request)
    named = role in NAMES_SIGNER and not is_wall(request, await who_asks(request))
    async with read(state.engine) as connection:
        if kind == "measure":
            facts, count = await _of_measure(connection, (state, role), name, (unit, structure))
        else:
            facts = await _of_fact(connection, (state, role), kind, name)
            count = len({fact.delivery_id for fact in facts})
        ids = {fact.delivery_id for fact in facts if fact.delivery_id is not None}
        origins = await read_origins(connection, list(ids)) if ids else {}
    shown = [_fact(fact, origins.get(fact.delivery_id or 0), named) for fact in facts]
    return Lineage(kind=kind, id=name, now=state.clock(), deliveries=count, facts=shown)


async def _of_fact(connection: ReadConnection, asking: tuple[State, Role], kind: str, name: str) -> list[Fact]:
    if kind == "position":
        facts = await position_facts(connection, name)
    elif kind == "vessel":
        facts = await _of_boat(connection, asking[0], name)
    elif kind == "observation":
        facts = await observation_facts(connection, _number(name))
    elif kind in ("paper", "message"):
        facts = await delivered_facts(connection, Paper if kind == "paper" else ExchangeMessage, _number(name))
    else:
        facts = await _of_row(connection, asking, kind, name)
    if not facts:
        raise NotFound(f"{kind}={name[:60]!r}: there is none", field="id")
    return facts


async def _of_boat(connection: ReadConnection, state: State, name: str) -> list[Fact]:
    handle_of(name)  # BadInput for what is no boat's name
    number = int(name[1:])
    if name[0] == "t":
        return await boat_facts(connection, None, number)
    register = await row_facts(connection, get_layer(state.registry, "vessel"), number)
    return [*await boat_facts(connection, number, None), *register]


async def _of_row(connection: ReadConnection, asking: tuple[State, Role], kind: str, name: str) -> list[Fact]:
    state, role = asking
    layer = get_layer(state.registry, kind)
    if scope(role, layer).mode != "exact":
        raise NotFound(f"{kind}={name[:60]!r}: this role does not see its rows one by one", field="id")
    return await row_facts(connection, layer, _number(name)) if layer.file is not None else []


async def _of_measure(
    connection: ReadConnection, asking: tuple[State, Role], name: str, where: tuple[str, str]
) -> tuple[list[Fact], int]:
    state, role = asking
    layer, _ = aggregate.find_measure(aggregate.readable(list(state.registry.values()), role), name)
    row = (await connection.execute(unit_statement(where[0], structure_date(where[1])))).first()
    if row is None:
        raise NotFound(f"unit={where[0]!r}: no unit has this code; see /api/units", field="unit")
    return ([], 0) if layer.file is None else await sum_facts(connection, layer, row.key)


def _number(name: str) -> int:
    if not (name.isascii() and name.isdigit() and len(name) <= 18):
        raise BadInput(f"id={name[:40]!r}: a number is wanted", field="id")
    return int(name)


def _fact(fact: Fact, row: RowMapping | None, named: bool) -> FactView:
    """What has no times of its own (a link) was heard and stored with its delivery."""
    came = None if row is None else row["started_at"]
    return FactView(
        what=fact.what,
        t=fact.t,
        heard_at=fact.heard_at or came,
        stored_at=fact.stored_at or came,
        superseded_at=fact.superseded_at,
        rows=fact.rows,
        row_no=fact.row_no,
        line=None if fact.raw is None else fact.raw.decode(errors="replace").replace("\0", "␀"),
        line_sha256=None if fact.raw is None else hashlib.sha256(fact.raw).hexdigest(),
        delivery=None if row is None else _origin(row, named),
    )


def _origin(row: RowMapping, named: bool) -> OriginView:
    copied = ("id", "origin", "label", "started_at", "finished_at", "adapter", "replay_of", "message_id", "document_id")
    raw = paper = None
    if row["sha256"] is not None:
        digest = row["sha256"].hex()
        size, name = row["raw_size"], row["raw_name"]
        raw = RawView(sha256=digest, short=digest[:SHORT], name=name, size=size, kept=size is not None)
    if row["paper_state"] is not None:
        told = {name: row[name] for name in ("number", "notation", "issued_on", "agency", "signer_position")}
        signer = row["signer"] if named else None
        paper = PaperView(id=row["of_paper"], state=row["paper_state"], signer=signer, **told)
    source = SourceView(code=row["source"], title=Words(vi=row["title_vi"], en=row["title_en"]))
    return OriginView(**{name: row[name] for name in copied}, source=source, raw=raw, paper=paper)

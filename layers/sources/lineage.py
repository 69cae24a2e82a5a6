"""Where a fact came from: delivery, raw bytes by their hash, adapter, paper, message, and its three times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from geo.clock import from_unix_ms
from layers.database import ReadConnection
from layers.indicators.models import Observation
from layers.sources.exchange import ExchangeMessage
from layers.sources.models import Delivery, RowOrigin, Source
from layers.sources.papers import Paper
from layers.sources.raw import RawFile
from layers.spec import Layer
from layers.units.models import UnitCell
from layers.vessels.models import AisReport, Live, Position, TransmitterOnVessel

MOST_DELIVERIES = 12
"""A sum may stand on rows of many deliveries; the largest are told, and how many there are."""


@dataclass(frozen=True)
class Fact:
    """One stored thing: how it was true, heard, stored (UTC), in which delivery, as which row; `raw` its own line."""

    t: datetime | date | None
    heard_at: datetime | None
    stored_at: datetime | None
    delivery_id: int | None
    rows: int = 1
    row_no: int | None = None
    raw: bytes | None = None
    superseded_at: datetime | None = None
    what: str | None = None


async def position_facts(connection: ReadConnection, name: str) -> list[Fact]:
    """A position (or another report) by `transmitter.t_ms.source.payload`, as lists of them name it."""
    parts = name.split(".")
    if len(parts) != 4 or not all(part.lstrip("-").isdigit() for part in parts):
        return []
    device, t_ms, source, payload = map(int, parts)
    if not (0 < device < 2**31 and abs(t_ms) < 2**45 and 0 < source < 2**15 and -(2**63) <= payload < 2**63):
        return []
    for kind in (Position, AisReport):
        wanted = (kind.transmitter_id == device, kind.t == from_unix_ms(t_ms), kind.source_id == source)
        statement = _lines(kind).where(*wanted, kind.payload_hash == payload)
        if rows := (await connection.execute(statement)).mappings().all():
            return [_line(row) for row in rows]
    return []


async def boat_facts(connection: ReadConnection, vessel: int | None, device: int | None) -> list[Fact]:
    """What a boat's panel stands on: the newest position of the device that counts, and each device's link to it."""
    live = select(Live.transmitter_id, Live.t.label("at"), Live.source_id)
    live = live.where(Live.transmitter_id == device) if vessel is None else live.where(Live.vessel_id == vessel)
    newest = (await connection.execute(live.order_by(Live.counted.desc(), Live.t.desc()).limit(1))).first()
    facts: list[Fact] = []
    if newest is not None:
        key = (Position.transmitter_id == newest.transmitter_id, Position.t == newest.at)
        statement = _lines(Position).where(*key, Position.source_id == newest.source_id).limit(1)
        facts += [_line(row) for row in (await connection.execute(statement)).mappings()]
    if vessel is not None:
        link = TransmitterOnVessel
        links = select(link.valid_from, link.delivery_id).where(link.vessel_id == vessel, link.valid_to.is_(None))
        facts += [
            Fact(row.valid_from, None, None, row.delivery_id, what="link") for row in await connection.execute(links)
        ]
    return facts


async def row_facts(connection: ReadConnection, layer: Layer, fact_id: int) -> list[Fact]:
    """A layer's row by our id, newest version first: each with the row of the file it came from."""
    model = layer.model
    statement = (
        select(model.t, model.heard_at, model.stored_at, model.superseded_at, model.delivery_id, RowOrigin.row_no)
        .outerjoin(RowOrigin, (RowOrigin.delivery_id == model.delivery_id) & (RowOrigin.code == model.code))
        .where(model.id == fact_id)
        .order_by(model.row_id.desc())
        .limit(MOST_DELIVERIES)
    )
    return [Fact(**row, what=layer.name) for row in (await connection.execute(statement)).mappings()]


async def sum_facts(connection: ReadConnection, layer: Layer, unit: int) -> tuple[list[Fact], int]:
    """The deliveries behind a layer's rows in a unit (its key), most rows first; and how many there are in all."""
    model = layer.model
    cells = select(UnitCell.cell_id).where(UnitCell.unit_key == unit)
    statement = (
        select(
            model.delivery_id,
            func.count().label("rows"),
            func.max(model.t).label("t"),
            func.max(model.heard_at).label("heard_at"),
            func.max(model.stored_at).label("stored_at"),
            func.count().over().label("all"),
        )
        .where(true() if layer.rows is None else layer.rows, model.cell_id.in_(cells))
        .group_by(model.delivery_id)
        .order_by(func.count().desc(), model.delivery_id)
        .limit(MOST_DELIVERIES)
    )
    rows = (await connection.execute(statement)).mappings().all()
    found = [Fact(**{k: v for k, v in row.items() if k != "all"}, what=layer.name) for row in rows]
    return found, rows[0]["all"] if rows else 0


async def observation_facts(connection: ReadConnection, number: int) -> list[Fact]:
    """One observation by its id; nothing of one that is hidden until somebody approves it."""
    o = Observation
    shown = or_(o.awaits.is_distinct_from("hide"), o.approved_at.is_not(None))
    gone = func.coalesce(o.retracted_at, o.superseded_at).label("superseded_at")
    columns = (o.period_from.label("t"), o.heard_at, o.stored_at, gone, o.delivery_id, o.row_no, o.raw)
    rows = (await connection.execute(select(*columns).where(o.id == number, shown))).mappings()
    return [Fact(**row, what="observation") for row in rows]


async def delivered_facts(connection: ReadConnection, model: Any, number: int) -> list[Fact]:
    """A paper or a message of the axis by its id: it is what its delivery brought."""
    moment = model.issued_on if model is Paper else model.sent_at
    statement = select(moment.label("t"), model.received_at, model.delivery_id).where(model.id == number)
    rows = (await connection.execute(statement)).mappings()
    return [Fact(row["t"], row["received_at"], row["received_at"], row["delivery_id"]) for row in rows]


async def read_origins(connection: ReadConnection, deliveries: Sequence[int]) -> dict[int, RowMapping]:
    """Everything about deliveries that a lineage tells, by the delivery's id."""
    return {row["id"]: row for row in (await connection.execute(_origins(deliveries))).mappings()}


def _origins(deliveries: Sequence[int]) -> Select[Any]:
    parent = aliased(Delivery)
    message = aliased(ExchangeMessage)
    return (
        select(
            *(c for c in Delivery.__table__.columns if c.name not in ("prefaces", "said", "summary")),
            Source.code.label("source"),
            Source.title_vi,
            Source.title_en,
            Source.origin,
            RawFile.name.label("raw_name"),
            RawFile.size.label("raw_size"),
            Paper.id.label("of_paper"),
            Paper.number,
            Paper.notation,
            Paper.issued_on,
            Paper.agency,
            Paper.signer,
            Paper.signer_position,
            Paper.state.label("paper_state"),
            message.id.label("message_id"),
            message.document_id,
        )
        .join(Source, Source.id == Delivery.source_id)
        .outerjoin(RawFile, RawFile.sha256 == Delivery.sha256)
        .outerjoin(parent, parent.id == Delivery.parent_id)
        .outerjoin(message, message.delivery_id == func.coalesce(parent.id, Delivery.id))
        .outerjoin(Paper, Paper.id == func.coalesce(Delivery.paper_id, message.paper_id))
        .where(Delivery.id.in_(deliveries))
    )


def _lines(kind: Any) -> Select[Any]:
    return select(kind.t, kind.heard_at, kind.stored_at, kind.delivery_id, kind.raw, literal("position").label("what"))


def _line(row: RowMapping) -> Fact:
    return Fact(**{**row, "raw": bytes(row["raw"])})

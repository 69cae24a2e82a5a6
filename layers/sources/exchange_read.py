"""Messages of the axis as people look them up: newest first, and one with all that became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, literal, select, union_all

from layers.database import ReadConnection
from layers.indicators.models import Observation
from layers.registry import load_layers
from layers.sources.exchange import ExchangeMessage, ExchangeStep
from layers.sources.models import Delivery, Source
from layers.sources.papers import Paper

_LISTED = (
    ExchangeMessage.id,
    Source.code.label("source"),
    Source.origin,
    ExchangeMessage.message_type,
    ExchangeMessage.document_id,
    ExchangeMessage.refers_to,
    ExchangeMessage.from_org,
    ExchangeMessage.state,
    ExchangeMessage.state_at,
    ExchangeMessage.detail,
    ExchangeMessage.received_at,
    ExchangeMessage.seen,
    Paper.number,
    Paper.notation,
    Paper.issued_on,
    Paper.agency,
    Paper.subject,
    Paper.state.label("paper_state"),
)


@dataclass(frozen=True)
class Wanted:
    """Which messages: of a state and a type (None: any), before a message's id (None: from the newest), how many."""

    state: str | None = None
    message_type: str | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class Published:
    """How much of what a message published is in force, and how much was corrected or taken back since."""

    what: str
    in_force: int
    gone: int


async def read_messages(connection: ReadConnection, wanted: Wanted) -> list[RowMapping]:
    """The newest first, each with the heading of its paper."""
    statement = _listed().order_by(ExchangeMessage.id.desc()).limit(wanted.limit)
    if wanted.state is not None:
        statement = statement.where(ExchangeMessage.state == wanted.state)
    if wanted.message_type is not None:
        statement = statement.where(ExchangeMessage.message_type == wanted.message_type)
    if wanted.before is not None:
        statement = statement.where(ExchangeMessage.id < wanted.before)
    return list((await connection.execute(statement)).mappings())


async def read_message(connection: ReadConnection, message_id: int) -> RowMapping | None:
    """One message, with its hashes and its paper's signer."""
    further = (ExchangeMessage.sha256, ExchangeMessage.kept_sha256, ExchangeMessage.size, ExchangeMessage.to_orgs,
               ExchangeMessage.sent_at, ExchangeMessage.paper_id, Paper.signer, Paper.signer_position)  # fmt: skip
    statement = _listed().add_columns(*further).where(ExchangeMessage.id == message_id)
    return (await connection.execute(statement)).mappings().one_or_none()


async def read_steps(connection: ReadConnection, message_id: int) -> list[tuple[str, datetime, str | None]]:
    """Every state it came into: (state, when, why), oldest first."""
    statement = select(ExchangeStep.state, ExchangeStep.at, ExchangeStep.detail)
    rows = await connection.execute(statement.where(ExchangeStep.message_id == message_id).order_by(ExchangeStep.id))
    return [tuple(row) for row in rows]  # type: ignore[misc]


async def read_published(connection: ReadConnection, paper_id: int) -> list[Published]:
    """What a paper published, by layer and as values of indicators; only where there is something."""
    in_force = Observation.superseded_at.is_(None) & Observation.retracted_at.is_(None)
    values = select(literal("observation"), func.count(), func.count().filter(in_force))
    parts: list[Any] = [values.where(Observation.paper_id == paper_id)]
    deliveries = select(Delivery.id).where(Delivery.paper_id == paper_id)
    for layer in load_layers().values():
        if layer.file is not None:
            rows = select(literal(layer.name), func.count(), func.count().filter(layer.model.superseded_at.is_(None)))
            parts.append(rows.where(layer.model.delivery_id.in_(deliveries)))
    found = await connection.execute(union_all(*parts))
    return [Published(what, good, count - good) for what, count, good in found if count]


def _listed() -> Any:
    joined = select(*_LISTED).join(Source, Source.id == ExchangeMessage.source_id)
    return joined.outerjoin(Paper, Paper.id == ExchangeMessage.paper_id)

"""GET /api/exchange/messages: what came over the provincial axis, and what became of each message."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import RowMapping

from geo.errors import NotFound
from layers.access.roles import Role
from layers.database import read
from layers.sources.exchange_read import Wanted, read_message, read_messages, read_published, read_steps
from layers.sources.freshness import Origin
from web.access import require
from web.state import state_of

router = APIRouter()

READERS = frozenset({Role.STEWARD, Role.OPERATOR, Role.ADMIN})
"""Who answers for data: the departments' stewards and the centre."""

State = Literal["inbox", "acceptance", "rejection", "processing", "done", "fail"]
Kind = Literal["edoc", "replacement", "revocation", "update"]


class MessageView(BaseModel):
    """One message with the heading of its paper. `seen`: how often it was delivered. `refers_to`: what it acts on."""

    id: int
    source: str
    origin: Origin
    message_type: Kind
    document_id: str
    refers_to: list[str]
    from_org: str | None
    agency: str | None
    number: str | None
    notation: str | None
    issued_on: date | None
    subject: str | None
    paper_state: Literal["valid", "replaced", "revoked"] | None
    state: State
    state_at: datetime
    detail: str | None
    received_at: datetime
    seen: int


class StepView(BaseModel):
    """A state it came into, when and why."""

    state: State
    at: datetime
    detail: str | None


class PublishedView(BaseModel):
    """What it published: a layer's rows, or `observation`; how many are in force and how many no longer."""

    what: str
    in_force: int
    gone: int


class MessageDetail(MessageView):
    """One message whole. `sha256` names it as it came, `kept_sha256` what of it the raw store holds."""

    to_orgs: list[str]
    signer: str | None
    signer_position: str | None
    sent_at: datetime | None
    size: int
    sha256: str
    kept_sha256: str | None
    steps: list[StepView]
    published: list[PublishedView]


class MessageList(BaseModel):
    """Newest first; `next_before` is where the next page begins, null at the end."""

    messages: list[MessageView]
    next_before: int | None


@router.get("/api/exchange/messages")
async def get_messages(
    request: Request,
    state: State | None = None,
    message_type: Annotated[Kind | None, Query(alias="type")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessageList:
    """Messages of the axis, newest first."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        found = await read_messages(connection, Wanted(state, message_type, before, limit))
    messages = [MessageView(**row) for row in found]
    return MessageList(messages=messages, next_before=messages[-1].id if len(messages) == limit else None)


@router.get("/api/exchange/messages/{message_id}")
async def get_message(request: Request, message_id: int) -> MessageDetail:
    """One message: every state it went through, and what of it is in force."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        found = await read_message(connection, message_id) if 0 < message_id < 2**62 else None
        if found is None:
            raise NotFound(f"message {message_id}: there is none; GET /api/exchange/messages lists them", field="id")
        steps = await read_steps(connection, message_id)
        published = await read_published(connection, found["paper_id"]) if found["paper_id"] else []
    shown = [StepView(state=name, at=at, detail=detail) for name, at, detail in steps]  # type: ignore[arg-type]
    given = [PublishedView(what=p.what, in_force=p.in_force, gone=p.gone) for p in published]
    return MessageDetail(**_told(found), steps=shown, published=given)


def _told(found: RowMapping) -> dict[str, Any]:
    """The row as the API tells it: hashes in letters."""
    hashes = {name: found[name].hex() if found[name] else None for name in ("sha256", "kept_sha256")}
    return {name: value for name, value in found.items() if name != "paper_id"} | hashes

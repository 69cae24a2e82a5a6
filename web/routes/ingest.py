"""POST /api/ingest/{source}: one message or a batch of lines, answered when it is safe on the disk."""

import hashlib
from datetime import datetime

from fastapi import APIRouter, Request, Response
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from geo.clock import unix_ms
from geo.errors import BadInput, NeedsLogin, NotAllowed
from ingest.bus.bus import BusFull
from ingest.bus.record import Record
from ingest.form import Form, LineForm
from ingest.forms import form_named
from layers.access.accounts import Who
from layers.database import read
from layers.sources.models import Source
from web.access import bearer, who_asks
from web.errors import TITLES, problem
from web.state import State, state_of

router = APIRouter()

LONGEST_NAME = 200


class Receipt(BaseModel):
    """What we have: kept on our disk, to be stored within about a second. `receipt` is the SHA-256 of the body."""

    receipt: str
    source: str
    form: str
    bytes: int
    arrived_at: datetime


@router.post("/api/ingest/{source}", status_code=202, response_model=Receipt)
async def post_ingest(request: Request, source: str, form: str, name: str = "") -> Receipt | Response:
    """Take a body in one of the forms as that source's. Sending it again does no harm: nothing is stored twice.

    202 means that it will not be lost. What of it cannot be understood is refused later, line by line: see /sources.
    """
    state = state_of(request)
    who, origin = await _known_sender(request, source)
    kind = form_named(form)
    _check_form(who, source, form)
    body = await request.body()
    if not body:
        raise BadInput("body: it is empty; put the message or the lines in it", field="body")
    now = state.clock()
    receipt = hashlib.sha256(body).hexdigest()
    record = Record(form, source, origin, "", unix_ms(now), body)
    try:
        await state.spool.keep(_records(record, kind, name[:LONGEST_NAME] or f"http {who.username} {receipt[:12]}"))
    except BusFull:
        return problem(503, TITLES[503], "the spool has no room; nothing was taken, send it again", retry_after="5")
    return Receipt(receipt=receipt, source=source, form=form, bytes=len(body), arrived_at=now)


async def _known_sender(request: Request, source: str) -> tuple[Who, str]:
    """Who sends, and the origin of the source: from the database, or as it was while that is away for some minutes."""
    state, remembered = state_of(request), (bearer(request), source)
    try:
        found = _sender(await who_asks(request), source), await _origin(state, source)
    except (DBAPIError, PoolTimeout):
        if remembered not in state.spool.senders:
            raise
        return state.spool.senders[remembered]
    state.spool.senders[remembered] = found
    return found


def _sender(who: Who | None, source: str) -> Who:
    if who is None:
        raise NeedsLogin("send a key: Authorization: Bearer KEY (`opsmap key add --source` makes one)", field="key")
    if not who.key or who.source != source:
        raise NotAllowed(f"source={source!r}: this key may not send as that source", field="source")
    return who


def _check_form(who: Who, source: str, form: str) -> None:
    """NotAllowed for a form that the key may not post: a receiver's key in other hands must not fill the books."""
    if who.forms is not None and form not in who.forms:
        every = " ".join(f"--form {name}" for name in (*who.forms, form))
        raise NotAllowed(
            f"form={form!r}: key {who.username!r} of source {source!r} may post {', '.join(who.forms) or 'nothing'};"
            f" the centre can widen it on the server: opsmap key forms '{who.username}' {every}",
            field="form",
        )


async def _origin(state: State, source: str) -> str:
    """The origin of a source that is known; what is new and comes with a key is real."""
    async with read(state.engine) as connection:
        found = (await connection.execute(select(Source.origin).where(Source.code == source))).scalar()
    return found or "real"


def _records(record: Record, form: Form, name: str) -> list[Record]:
    """Lines are a conversation of their own that ends with the body."""
    if not isinstance(form, LineForm):
        return [record._replace(peer=name)]
    peer = f"{name} {record.arrived_ms}"
    lines = record.data if record.data.endswith(b"\n") else record.data + b"\n"
    return [record._replace(peer=peer, data=lines), record._replace(peer=peer, data=b"")]

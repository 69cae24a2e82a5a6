"""Takes one message of the axis in one transaction: paper, facts, refusals, states, and what is kept of it raw."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import psycopg

from geo.clock import Clock
from geo.errors import BadInput, OpsmapError
from ingest.adapters import adapter_named
from ingest.deliveries import Opened, close_delivery, open_delivery
from ingest.exchange.desk import Desk, Room
from ingest.exchange.document import Document
from ingest.exchange.message import read_message
from ingest.exchange.publish import Case, Outcome, check_known, publish
from ingest.exchange.withhold import keep_message, telling_piece
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.summary import Summary
from layers.database import transaction
from layers.sources.exchange import Arrived, brought, count_again, find_message, keep_links, record_message, step
from layers.sources.pulse import NO_AGES, Ages, ages_of
from layers.sources.raw import cut_pieces, digest_of, read_pieces
from layers.sources.register import ensure_source

OPENED = Opened(adapter=adapter_named("edxml"))


@dataclass(frozen=True)
class Incoming:
    """A message as it came: its bytes or the file of them, and what the axis says of it (`uid`, when sent)."""

    data: Path | bytes
    name: str
    uid: str | None = None
    sent_at: datetime | None = None

    def digest(self) -> bytes:
        """The SHA-256 of the whole message."""
        return digest_of(read_pieces(self.data) if isinstance(self.data, Path) else cut_pieces(self.data))

    @property
    def size(self) -> int:
        """In bytes."""
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The message from its beginning."""
        with self.data.open("rb") if isinstance(self.data, Path) else BytesIO(self.data) as stream:
            yield stream


@dataclass(frozen=True)
class Taken:
    """What came of a message: `state` is the one to tell the axis."""

    summary: Summary
    state: str
    detail: str | None
    document: Document | None


def take_message(connection: psycopg.Connection, incoming: Incoming, desk: Desk, clock: Clock) -> Taken:
    """Take a message: stored, known already, or refused with its reason. Never raises for what it holds."""
    began, sha256 = monotonic(), incoming.digest()
    with transaction(connection), tempfile.TemporaryDirectory(prefix="opsmap-exchange-") as folder:
        source_id = ensure_source(connection, desk.axis.code, desk.axis.origin, desk.axis.title, desk.axis.cadence)
        uid = incoming.uid or f"sha256:{sha256.hex()}"
        known = find_message(connection, source_id, uid)
        delivery = (source_id, open_delivery(connection, source_id, incoming.name, clock, OPENED))
        if known is not None:
            count_again(connection, known.id)
            taken = Taken(_once_more(), known.state, "came before", None)
            kept = sha256
        else:
            taken, kept = _take_new(Under(connection, incoming, desk, clock, delivery), (uid, sha256), Path(folder))
        taken.summary.seconds = monotonic() - began
        close_delivery(connection, delivery[1], taken.summary, clock(), kept, _age(incoming, clock()))
    return taken


@dataclass(frozen=True)
class Under:
    """A message under way and everything it is taken with."""

    connection: psycopg.Connection
    incoming: Incoming
    desk: Desk
    clock: Clock
    delivery: tuple[int, int]


def _once_more() -> Summary:
    return Summary(lines=1, messages=1, duplicates=1)


def _take_new(under: Under, named: tuple[str, bytes], folder: Path) -> tuple[Taken, bytes]:
    """Read it, note it, do what it says; (what came of it, the hash of what is kept)."""
    try:
        document = read_message(under.incoming.open(), under.incoming.name)
    except OpsmapError as error:
        message_id = record_message(under.connection, _arrived(under, named, None), under.clock())
        return _refuse(under, message_id, error, None), named[1]
    message_id = record_message(under.connection, _arrived(under, named, document), under.clock())
    step(under.connection, message_id, "processing", under.clock())
    try:
        with transaction(under.connection):
            outcome = _publish(under, named[1], (message_id, document), folder)
    except OpsmapError as error:
        return _refuse(under, message_id, error, document), named[1]
    except psycopg.DataError as error:  # the database's own refusal of a value; its words may quote it
        told = BadInput(f"a value that cannot be stored ({type(error).__name__}): look at its length and letters")
        return _refuse(under, message_id, told, document), named[1]
    outcome.summary.lines += 1
    outcome.summary.messages += 1
    kept = keep_message(under.connection, under.incoming.data, document, outcome, under.clock())
    keep_links(under.connection, message_id, outcome.paper_id, kept)
    step(under.connection, message_id, outcome.state, under.clock(), outcome.detail)
    return Taken(outcome.summary, outcome.state, outcome.detail, document), kept


def _publish(under: Under, sha256: bytes, message: tuple[int, Document], folder: Path) -> Outcome:
    message_id, document = message
    room = Room(under.connection, under.desk, under.clock, None, document.sender, None, under.delivery[1])
    case = Case(document, room, under.delivery, sha256, message_id, folder)
    before = brought(under.connection, under.delivery[0], document.document_id)
    if (why := check_known(case, content_name(document), before)) is not None:
        return Outcome(detail=why, summary=Summary(duplicates=1), whole=False)
    outcome = publish(case)
    outcome.summary.stored += 1
    return outcome


def content_name(document: Document) -> bytes:
    """A name of what a document says, the same whatever it passed through: traces are no part of it."""
    files = [(a.name, a.content.sha256.hex()) for a in document.attachments]
    told = (document.document_id, document.sender.code, document.number, document.notation, document.issued_on)
    return hashlib.sha256(repr((*told, document.subject, document.business, files)).encode()).digest()


def _arrived(under: Under, named: tuple[str, bytes], document: Document | None) -> Arrived:
    business = document.business if document else None
    return Arrived(
        source_id=under.delivery[0],
        delivery_id=under.delivery[1],
        uid=named[0],
        message_type=business.message_type if business else "edoc",
        document_id=document.document_id if document else named[0],
        refers_to=list(_acts_on(document)) if document else [],
        from_org=document.sender.code if document else None,
        to_orgs=[organ.code for organ in document.receivers] if document else [],
        sha256=named[1],
        content=content_name(document) if document else None,
        size=under.incoming.size,
        sent_at=under.incoming.sent_at,
    )


def _acts_on(document: Document) -> tuple[str, ...]:
    if document.business.message_type == "revocation":
        return document.business.acts_on or (document.document_id,)
    return document.business.acts_on


def _refuse(under: Under, message_id: int, error: OpsmapError, document: Document | None) -> Taken:
    """One reject for the whole message, and the state that tells its sender so."""
    state = "rejection" if document is not None else "fail"
    with under.incoming.open() as stream:
        raw = telling_piece(stream, under.incoming.size)
    reject = Reject("bad_message", f"{under.incoming.name}: {error.detail}", raw)
    store_rejects(under.connection, *under.delivery, [reject], under.clock(), under.clock())
    step(under.connection, message_id, state, under.clock(), error.detail)
    summary = Summary(lines=1)
    summary.reject(reject.reason)
    return Taken(summary, state, error.detail, document)


def _age(incoming: Incoming, now: datetime) -> Ages:
    """How long ago the axis says that the message was sent."""
    return NO_AGES if incoming.sent_at is None else ages_of([(now - incoming.sent_at).total_seconds()])

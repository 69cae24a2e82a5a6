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
from layers.sources.exchange import Arrived, Known, brought, count_again, find_message, keep_links, record_message, step
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
        under = Under(connection, incoming, desk, clock, delivery)
        if known is not None:
            taken, kept = _take_again(under, known, (uid, sha256)), sha256
        else:
            taken, kept = _take_new(under, (uid, sha256), Path(folder))
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


def _take_again(under: Under, known: Known, named: tuple[str, bytes]) -> Taken:
    """Count a message that came before. Another one under its name changes nothing either, and is a reject."""
    count_again(under.connection, known.id)
    if known.sha256 == named[1] or known.content == _content_of(under.incoming):
        return Taken(Summary(lines=1, messages=1, duplicates=1), known.state, "came before", None)
    detail = f"{named[0]}: this name came before with another message; send it under a name of its own"
    return Taken(_store_reject(under, ("reused_id", detail), None), known.state, detail, None)


def _content_of(incoming: Incoming) -> bytes | None:
    try:
        return content_name(read_message(incoming.open(), incoming.name))
    except Exception:  # what cannot be read is not what came before
        return None


def _take_new(under: Under, named: tuple[str, bytes], folder: Path) -> tuple[Taken, bytes]:
    """Read it, note it, do what it says; (what came of it, the hash of what is kept)."""
    try:
        document = read_message(under.incoming.open(), under.incoming.name)
    except Exception as failure:
        error = _told(failure)
        message_id = record_message(under.connection, _arrived(under, named, None), under.clock())
        return _refuse(under, message_id, error, None), named[1]
    message_id = record_message(under.connection, _arrived(under, named, document), under.clock())
    step(under.connection, message_id, "processing", under.clock())
    try:
        with transaction(under.connection):
            outcome = _publish(under, named[1], (message_id, document), folder)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except Exception as failure:  # whatever it is, one message must never stop all that come after it
        return _refuse(under, message_id, _told(failure), document), named[1]
    outcome.summary.lines += 1
    outcome.summary.messages += 1
    kept = keep_message(under.connection, under.incoming.data, document, outcome, under.clock())
    keep_links(under.connection, message_id, outcome.paper_id, kept)
    step(under.connection, message_id, outcome.state, under.clock(), outcome.detail)
    return Taken(outcome.summary, outcome.state, outcome.detail, document), kept


def _told(failure: Exception) -> OpsmapError:
    """What went wrong in words that quote nothing: a message may name people."""
    if isinstance(failure, OpsmapError):
        return failure
    name = type(failure).__name__
    if isinstance(failure, psycopg.DataError):
        return BadInput(f"a value that cannot be stored ({name}): look at its length and letters")
    return BadInput(f"a fault of our own reader ({name}): keep the message and tell the centre")


def _publish(under: Under, sha256: bytes, message: tuple[int, Document], folder: Path) -> Outcome:
    message_id, document = message
    sent_at = under.incoming.sent_at
    room = Room(under.connection, under.desk, under.clock, None, document.sender, None, sent_at, under.delivery[1])
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
    summary = _store_reject(under, ("bad_message", f"{under.incoming.name}: {error.detail}"), document)
    step(under.connection, message_id, state, under.clock(), error.detail)
    return Taken(summary, state, error.detail, document)


def _store_reject(under: Under, why: tuple[str, str], document: Document | None) -> Summary:
    """Keep what may be kept of a message as one reject (reason, detail)."""
    with under.incoming.open() as stream:
        raw = telling_piece(stream, under.incoming.size, document)
    store_rejects(under.connection, *under.delivery, [Reject(*why, raw)], under.clock(), under.clock())
    summary = Summary(lines=1)
    summary.reject(why[0])
    return summary


def _age(incoming: Incoming, now: datetime) -> Ages:
    """How long ago the axis says that the message was sent."""
    return NO_AGES if incoming.sent_at is None else ages_of([(now - incoming.sent_at).total_seconds()])

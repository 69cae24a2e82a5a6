"""What a document does: publishes its files under a paper, or takes back what another document published.

A revocation or a replacement may come before the document it is about: the document's paper is then recorded as taken
back, and its files publish nothing. Only the agency that sent a document may take it back.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from geo.clock import end_of_day
from geo.errors import BadInput, NotAllowed, OpsmapError
from ingest.exchange.desk import Adapter, Given, Published, Room, merge
from ingest.exchange.document import Attachment, Document, content_of
from ingest.exchange.retract import retract_paper
from ingest.exchange.route import adapter_of, lay_out, reason_ignored
from ingest.summary import Summary
from layers.sources.exchange import acting_on, step
from layers.sources.papers import Heading, record_paper
from layers.sources.raw import read_pieces

WAITS = "waits for the document it is about"


@dataclass
class Outcome:
    """What became of a message: its state, why, the paper, the counts, and the files that may be kept of it."""

    state: str = "done"
    detail: str | None = None
    paper_id: int | None = None
    summary: Summary = field(default_factory=Summary)
    kept: tuple[Attachment, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Case:
    """One message under way: its document, its delivery (source id, delivery id), its hash and its own id."""

    document: Document
    room: Room
    delivery: tuple[int, int]
    sha256: bytes
    message_id: int
    scratch: Path

    @property
    def now(self) -> datetime:
        """The moment of taking it, UTC."""
        return self.room.clock()


def publish(case: Case) -> Outcome:
    """Do what the document says. BadInput or NotAllowed when it cannot be done; nothing may then be left of it."""
    if case.document.business.message_type == "revocation":
        return _revoke(case)
    paper_id = None if case.document.bare else _paper(case, case.document.document_id)
    if case.document.business.message_type == "replacement":  # first, so that what the new one repeats is its own
        for name in case.document.business.acts_on:
            _act(case, name, "replaced", (paper_id, paper_id))
    gone = None if paper_id is None else _meet_what_waited(case, paper_id)
    return gone or _files(case, paper_id)


def _paper(case: Case, uid: str) -> int:
    document = case.document
    _find_own(case, uid)
    heading = Heading(
        uid=uid,
        number=document.number,
        notation=document.notation,
        issued_on=document.issued_on,
        agency=document.sender.name,
        agency_code=document.sender.code,
        signer=document.signer.name,
        signer_position=document.signer.position,
        subject=document.subject,
    )
    return record_paper(case.room.connection, heading, case.delivery, case.sha256, case.now)


def _files(case: Case, paper_id: int | None) -> Outcome:
    """Hand every file to its adapter; what may be kept of each goes with the envelope into the raw store."""
    outcome, kept = Outcome(paper_id=paper_id, whole=not case.document.says_more), []
    issued = case.document.issued_on
    issued_at = min(end_of_day(issued), case.now) if issued else None
    room = replace(case.room, paper_id=paper_id, sender=case.document.sender, issued_at=issued_at)
    for attachment, given in lay_out(case.document.attachments, case.scratch):
        adapter = adapter_of(given)
        if adapter is None:
            outcome.summary.lines += 1
            outcome.summary.ignored[reason_ignored(given.name)] += 1
            outcome.whole = False
            continue
        case.room.desk.check(case.document.sender.code, adapter.target(given))
        published = _hand_over(adapter, room, given, case.scratch)
        merge(outcome.summary, published.summary)
        outcome.whole &= published.kept == given.path
        if published.kept is not None:
            kept.append(replace(attachment, content=content_of(read_pieces(published.kept))))
    outcome.kept = tuple(kept)
    return outcome


def _hand_over(adapter: Adapter, room: Room, given: Given, scratch: Path) -> Published:
    try:
        return adapter.publish(room, given, scratch)
    except OpsmapError as error:
        raise BadInput(f"attachment {given.name!r}: {error.detail}", field=error.field) from None


def _revoke(case: Case) -> Outcome:
    """Take back the documents named, or the one whose name the message bears."""
    document = case.document
    about = document.business.acts_on or (document.document_id,)
    own = None if document.bare or document.document_id in about else _paper(case, document.document_id)
    found = [_act(case, name, "revoked", (own, None)) for name in about]
    outcome = Outcome(paper_id=own, kept=(), whole=not (document.says_more or document.attachments))
    if not all(found):
        outcome.state, outcome.detail = "acceptance", WAITS
    return outcome


def _act(case: Case, uid: str, state: str, by: tuple[int | None, int | None]) -> bool:
    """Take back one document; False when it has not come yet. NotAllowed when another agency sent it."""
    paper_id = _find_own(case, uid)
    if paper_id is None:
        return False
    if paper_id != by[0]:
        retract_paper(case.room.connection, paper_id, state, (by[0] or paper_id, by[1]), case.now)
    return True


def _find_own(case: Case, uid: str) -> int | None:
    """The paper of that name, or None. NotAllowed when another agency sent it."""
    row = case.room.connection.execute(
        "SELECT id, agency_code FROM paper WHERE source_id = %s AND uid = %s", (case.delivery[0], uid)
    ).fetchone()
    if row is None:
        return None
    if row[1] != case.document.sender.code:
        raise NotAllowed(f"document {uid!r} is of {row[1]}: {case.document.sender.code} cannot change or take it back")
    return int(row[0])


def _meet_what_waited(case: Case, paper_id: int) -> Outcome | None:
    """The outcome of a document that its sender had taken back before it came, or None."""
    connection, document, summary = case.room.connection, case.document, Summary()
    acting = acting_on(connection, case.delivery[0], document.document_id, document.sender.code)
    acting = [found for found in acting if found[0] != case.message_id]
    for message_id, kind, by in acting:
        state = "replaced" if kind == "replacement" else "revoked"
        retract_paper(connection, paper_id, state, (by or paper_id, by if state == "replaced" else None), case.now)
        step(connection, message_id, "done", case.now, f"{state} {document.document_id}")
    if not acting:
        return None
    summary.lines = summary.ignored["taken_back"] = len(document.attachments)
    return Outcome(detail="taken back before it came", paper_id=paper_id, summary=summary, whole=False)


def check_known(case: Case, content: bytes, before: list[tuple[bytes | None, str]]) -> str | None:
    """Why a document that came before is not taken again, or None when it is to be taken. BadInput when it changed."""
    kind, name = case.document.business.message_type, case.document.document_id
    if kind == "revocation" or not before:
        return None
    _find_own(case, name)
    if any(known == content for known, _ in before):
        if (gone := _taken_back(case)) is not None:
            raise BadInput(f"document {name!r} came before and is {gone} since: send it under another name",
                           field="DocumentId")  # fmt: skip
        if kind == "update" and before[-1][0] != content:
            raise BadInput(f"document {name!r}: a later update stands; give this one another reason, if it is meant",
                           field="BussinessDocReason")  # fmt: skip
        return "came before"
    if kind == "update":
        return None
    if any(other == "update" for _, other in before):
        return "came after its update"
    raise BadInput(
        f"document {name!r} came before with other content: send an update or a replacement", field="BussinessDocType"
    )


def _taken_back(case: Case) -> str | None:
    """How the document's paper stands, if it stands no more."""
    row = case.room.connection.execute(
        "SELECT state FROM paper WHERE source_id = %s AND uid = %s AND state <> 'valid'",
        (case.delivery[0], case.document.document_id),
    ).fetchone()
    return None if row is None else str(row[0])

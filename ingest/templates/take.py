"""A department's file taken: figures, refusals, paper, raw bytes and a note, in one transaction or not at all."""

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import psycopg

from geo.clock import Clock, end_of_day, local_date
from geo.errors import BadInput
from ingest.deliveries import Opened, Sender, close_delivery, open_delivery
from ingest.rejects import store_rejects
from ingest.summary import Summary
from ingest.templates.read import Asked, FormRead, read_form
from layers.database import transaction
from layers.indicators.store import Given, store_observations
from layers.indicators.submissions import submission_of
from layers.sources.department_files import FileNote, note_file
from layers.sources.papers import Heading, record_paper
from layers.sources.pulse import ages_of
from layers.sources.raw import keep_raw
from layers.sources.register import ensure_source

ADAPTER = "template/1"
LONGEST = 300
BY_PEOPLE = ("page", "typed")
"""Doors that a person with an account stands at."""


@dataclass(frozen=True)
class PaperFields:
    """The document that figures stand in, as a person gives it: *số*, *ký hiệu*, day, agency, signer."""

    number: str | None = None
    notation: str | None = None
    issued_on: date | None = None
    agency: str | None = None
    signer: str | None = None
    signer_position: str | None = None
    subject: str | None = None

    @property
    def whole(self) -> bool:
        """Whether official figures may rest on it."""
        return all((self.number, self.notation, self.issued_on, self.agency, self.signer))

    @property
    def said(self) -> bool:
        """Whether anything of it was given."""
        return any((self.number, self.notation, self.issued_on, self.agency, self.signer))

    def uid(self) -> str:
        """Our name of the paper: the same number, sign and day of one agency is the same paper."""
        return f"{self.agency},{self.number}/{self.notation},{self.issued_on}"


@dataclass(frozen=True)
class FormSent:
    """A file as it came: where it lies now, its own name, by which door, given by whom, with which paper.

    `paper_id` is a paper that is recorded already (it came in a letter) with the moment it was told; else `paper`.
    `came_at` is when it reached the door, if not now; `note` what its sender explains to whoever approves it.
    """

    path: Path
    name: str
    door: str
    given_by: str | None = None
    paper: PaperFields = PaperFields()
    paper_id: int | None = None
    told_at: datetime | None = None
    came_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True)
class FormTaken:
    """What a file came to, how it was read, the note kept of it, and the submission that waits, if anything does."""

    summary: Summary
    read: FormRead
    delivery_id: int
    file_id: int
    submission_id: int | None = None


def take_form(connection: psycopg.Connection, sent: FormSent, asked: Asked, sender: Sender, clock: Clock) -> FormTaken:
    """Take a file: stored, known already, or refused figure by figure. BadInput for one refused as a whole.

    A whole refusal leaves nothing; `note_refused` keeps such a file. Idempotent: what is known is not stored again.
    """
    began, now = time.monotonic(), clock()
    _check_paper(sent.paper, now)
    with transaction(connection):
        source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
        stands = asked.official or sent.paper.whole
        read = read_form(connection, sent.path, sent.name, replace(asked, official=stands), now)
        delivery_id = open_delivery(connection, source_id, sent.name, clock, Opened("template", ADAPTER))
        paper_id = sent.paper_id or _paper(connection, sent.paper, (source_id, delivery_id), now)
        kept = keep_raw(connection, sent.path, sent.name, sent.path.suffix.removeprefix(".") or "file", now)
        told_at = sent.told_at or (end_of_day(sent.paper.issued_on) if sent.paper.issued_on else now)
        by = sent.given_by if sent.door in BY_PEOPLE else None
        given = Given(source_id, delivery_id, paper_id, min(told_at, now), now, by)
        summary = _store(connection, read, given)
        summary.seconds = time.monotonic() - began
        connection.execute("UPDATE delivery SET paper_id = %s WHERE id = %s", (paper_id, delivery_id))
        close_delivery(connection, delivery_id, summary, now, kept, ages_of([(now - given.heard_at).total_seconds()]))
        file_id = note_file(connection, _note(sent, read, given, (kept, summary)))
        waits = submission_of(connection, delivery_id)
    return FormTaken(summary, read, delivery_id, file_id, waits)


def note_refused(connection: psycopg.Connection, sent: FormSent, error: BadInput, sender: Sender, clock: Clock) -> int:
    """Keep a file refused as a whole, with why; once for the same bytes and reason in a row. The note's id."""
    now = clock()
    with transaction(connection):
        source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
        kept = keep_raw(connection, sent.path, sent.name, sent.path.suffix.removeprefix(".") or "file", now)
        why = f"{error.title}\n{error.detail}"
        before = connection.execute(
            "SELECT id FROM department_file WHERE sha256 = %s AND source_id = %s AND state = 'refused' AND name = %s"
            " AND detail = %s ORDER BY id DESC LIMIT 1",
            (kept, source_id, sent.name, why),
        ).fetchone()
        if before is not None:
            return int(before[0])
        size = sent.path.stat().st_size
        note = FileNote(source_id, sent.name, kept, size, sent.door, "refused", now, sent.given_by, detail=why)
        return note_file(connection, note)


def digest_file(path: Path) -> bytes:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _check_paper(paper: PaperFields, now: datetime) -> None:
    if paper.issued_on is not None and not date(2000, 1, 1) <= paper.issued_on <= local_date(now):
        raise BadInput("issued_on: before 2000 or in the future; write the day on the paper", field="issued_on")
    for name, value in paper.__dict__.items():
        if isinstance(value, str) and (len(value) > LONGEST or "\0" in value):
            raise BadInput(f"{name}: at most {LONGEST} letters and no NUL", field=name)


def _paper(connection: psycopg.Connection, paper: PaperFields, delivery: tuple[int, int], now: datetime) -> int | None:
    """The paper's id; None where too little is known of it to name it."""
    if not paper.whole:
        return None
    heading = Heading(
        uid=paper.uid(),
        number=paper.number,
        notation=paper.notation,
        issued_on=paper.issued_on,
        agency=paper.agency,
        signer=paper.signer,
        signer_position=paper.signer_position,
        subject=paper.subject,
    )
    return record_paper(connection, heading, delivery, None, now)


def _store(connection: psycopg.Connection, read: FormRead, given: Given) -> Summary:
    figures = read.figures
    kept = store_observations(connection, figures.observed, given)
    summary = Summary(lines=figures.lines, messages=len(figures.observed), stored=kept.stored, duplicates=kept.known)
    summary.ignored.update(figures.ignored)
    store_rejects(connection, given.source_id, given.delivery_id, figures.rejects, given.now)
    for reject in figures.rejects:
        summary.reject(reject.reason)
    return summary


def _note(sent: FormSent, read: FormRead, given: Given, kept: tuple[bytes, Summary]) -> FileNote:
    sha256, summary = kept
    counts = summary.as_dict() | {"revised": read.kinds()["revised"], "status": read.status}
    return FileNote(
        given.source_id,
        sent.name,
        sha256,
        sent.path.stat().st_size,
        sent.door,
        "taken",
        min(sent.came_at or given.now, given.now),
        sent.given_by,
        read.template.id or None,
        given.delivery_id,
        given.paper_id,
        (read.period.since, read.period.until),
        None,
        counts | _said(sent, read),
        [check.as_dict() for check in read.checks],
    )


def _said(sent: FormSent, read: FormRead) -> dict[str, object]:
    """What was remarked of it, and what its sender explains."""
    notes = [{"vi": note.vi, "en": note.en} for note in read.notes]
    return {"notes": notes, "flags": [flag.as_dict() for flag in read.flags], "note": sent.note}

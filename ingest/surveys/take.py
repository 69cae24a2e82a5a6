"""A form taken: the answer, what was refused, the bytes and their delivery, in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from geo.clock import Clock
from geo.errors import BadInput
from ingest.deliveries import Opened, Sender, close_delivery, open_delivery
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.source import KEPT_OF_LONG_LINE
from ingest.summary import Summary
from ingest.surveys.check import PERSON
from ingest.surveys.read import FormRead
from layers.database import transaction
from layers.sources.raw import keep_raw
from layers.sources.register import ensure_source
from layers.surveys.answers import Answer, Present, Save, read_present, save_answer
from layers.surveys.body import Row

FORM, ADAPTER, REFUSED = "survey", "survey/1", "bad_file"
TITLE = "Khảo sát hệ thống và chỉ tiêu"


@dataclass(frozen=True)
class SentForm:
    """A form as it came: where it lies, its own name, whose answer to which round, made over which answer."""

    path: Path
    name: str
    round_id: int
    agency: str
    by: str
    origin: str
    over: int | None = None

    @property
    def sender(self) -> Sender:
        """What comes in by surveys is a source of its own; simulated where the round is."""
        if self.origin == "real":
            return Sender("surveys", "real", TITLE)
        return Sender(f"surveys_{'demo' if self.origin == 'simulated' else self.origin}", self.origin, TITLE)


def take_answer_form(
    connection: psycopg.Connection, sent: SentForm, read: FormRead, submit: bool, clock: Clock
) -> tuple[Answer, Summary]:
    """Take what is right as a draft, or as the answer where it is whole and is to be submitted; keep what is refused.

    BadInput to submit what is not whole; Conflict when the answer was changed since `over`. Nothing is stored then.
    """
    if submit and not read.checked.whole:
        title = "Chưa gửi được: còn ô bị từ chối hoặc còn thiếu; nhận làm bản nháp rồi sửa"
        raise BadInput("submit: cells are refused or missing; take it as a draft first", field="submit", title=title)
    now = clock()
    with transaction(connection):
        source_id, delivery_id = _open(connection, sent, clock)
        kept = _keep(connection, sent, read, now)
        before = read_present(connection, sent.round_id, sent.agency)
        save = Save(
            *(sent.round_id, sent.agency, "submitted" if submit else "draft", read.checked.rows, sent.by),
            *(sent.over, "form", sent.origin, delivery_id),
        )
        answer = save_answer(connection, save, now)
        store_rejects(connection, source_id, delivery_id, [w.reject() for w in read.checked.wrong], now)
        summary = _count(read, before)
        close_delivery(connection, delivery_id, summary, now, kept)
    return answer, summary


def note_refused_form(connection: psycopg.Connection, sent: SentForm, error: BadInput, clock: Clock) -> None:
    """Keep a file that is refused as a whole, with why: one reject and the bytes."""
    now = clock()
    with transaction(connection):
        source_id, delivery_id = _open(connection, sent, clock)
        kept = keep_raw(connection, sent.path, sent.name, sent.path.suffix.removeprefix(".") or "bin", now)
        raw = sent.path.read_bytes()[:KEPT_OF_LONG_LINE]
        store_rejects(connection, source_id, delivery_id, [Reject(REFUSED, f"{sent.name}: {error.detail}", raw)], now)
        summary = Summary(lines=1)
        summary.reject(REFUSED)
        close_delivery(connection, delivery_id, summary, now, kept)


def _keep(connection: psycopg.Connection, sent: SentForm, read: FormRead, now: datetime) -> bytes | None:
    """Keep the file as it came, unless somebody is named in it."""
    if any(wrong.reason == PERSON for wrong in read.checked.wrong):
        return None
    return keep_raw(connection, sent.path, sent.name, sent.path.suffix.removeprefix(".") or "xlsx", now)


def _open(connection: psycopg.Connection, sent: SentForm, clock: Clock) -> tuple[int, int]:
    sender = sent.sender
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title)
    said = {"round": str(sent.round_id), "agency": sent.agency}
    return source_id, open_delivery(connection, source_id, sent.name, clock, Opened(FORM, ADAPTER, said))


def _count(read: FormRead, before: Present) -> Summary:
    """Cells: those stored new, those known already, refused, and not taken with a line or column that was not."""
    checked = read.checked
    taken = sum(len(row) for row in checked.rows)
    known = same_cells(before.newest.rows if before.newest else [], checked.rows, read)
    summary = Summary(messages=taken, stored=taken - known, duplicates=known)
    for wrong in checked.wrong:
        summary.reject(wrong.reason)
    if checked.dropped:
        summary.ignored["line_refused"] = checked.dropped
    if read.ignored:
        summary.ignored["not_asked"] = read.ignored
    summary.lines = taken + summary.ignored.total() + summary.rejected.total()
    return summary


def same_cells(before: Sequence[Row], rows: Sequence[Row], read: FormRead) -> int:
    """How many cells say what was known already of the line of the same name."""
    key = read.checked.key
    known = {row[key]: row for row in before if key in row}
    return sum(known.get(row[key], {}).get(code) == value for row in rows for code, value in row.items())

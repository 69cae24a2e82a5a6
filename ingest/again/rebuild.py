"""Every fact made anew from the raw store, in the order it came, in a database of its own; then both are compared.

Files of layers and messages of the axis are taken by today's code from the bytes that were kept; positions and reports
from the raw lines they are stored with.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from geo.errors import OpsmapError
from ingest.again.lines import read_lines
from ingest.deliveries import Delivery, Opened, Sender
from ingest.exchange.desk import Desk
from ingest.exchange.take import Incoming, take_message
from ingest.form import LineForm, Message, MessageForm
from ingest.forms import FORMS
from ingest.outcome import Fact, Flag, Reject
from ingest.tables.load import load_table
from ingest.tables.table import ReadOptions
from ingest.vms.whole import message_forms
from ingest.write import Batch
from layers.books.registry import filed_of
from layers.sources.raw import raw_pieces

AT_ONCE = 2_000
WHOLE = frozenset(form.name for form in message_forms())
"""Files of positions, which are understood as a whole."""
Say = Callable[[str], None]

_EVENTS = """
SELECT d.id, d.form, d.label, d.started_at, d.sha256, d.said, d.prefaces, s.code, s.origin, s.title_vi,
       m.uid, m.sent_at, m.kept_sha256
FROM delivery AS d JOIN source AS s ON s.id = d.source_id
LEFT JOIN exchange_message AS m ON m.delivery_id = d.id
WHERE d.id > %(after)s AND d.parent_id IS NULL AND (d.form IS NOT NULL OR m.kept_sha256 IS NOT NULL)
  AND NOT (d.replay_of IS NOT NULL AND (d.form LIKE 'layer:%%' OR d.form LIKE 'book:%%'))
  AND (%(source)s::text IS NULL OR s.code = %(source)s OR (m.id IS NOT NULL AND d.source_id IN (
      SELECT p.source_id FROM delivery AS c JOIN delivery AS p ON p.id = c.parent_id
      JOIN source AS o ON o.id = c.source_id WHERE o.code = %(source)s)))
ORDER BY d.id LIMIT 1
"""
_CHILDREN = """
SELECT coalesce(nullif(split_part(d.form, ':', 2), ''), split_part(d.adapter, '/', 1)), s.code, s.origin, s.title_vi
FROM delivery AS d JOIN source AS s ON s.id = d.source_id WHERE d.parent_id = %s
"""
_LINES = """
SELECT raw, heard_at, flags FROM position WHERE delivery_id = %(id)s
UNION ALL SELECT raw, heard_at, 0 FROM ais_report WHERE delivery_id = %(id)s ORDER BY 2
"""


class Event(NamedTuple):
    """A delivery as it once came; for a message of the axis with what the axis said of it."""

    id: int
    form: str | None
    label: str
    at: datetime
    sha256: bytes | None
    said: dict[str, str] | None
    prefaces: list[bytes] | None
    code: str
    origin: str
    title: str
    uid: str | None
    sent_at: datetime | None
    kept_sha256: bytes | None

    @property
    def sender(self) -> Sender:
        """Whose it was, and whose rows stood down for it."""
        return Sender(self.code, self.origin, self.title, (self.said or {}).get("instead_of"))


@dataclass
class Rebuilt:
    """How many deliveries of which kind were taken again, and those that could not be."""

    files: int = 0
    messages: int = 0
    lines: int = 0
    missed: list[str] | None = None

    def miss(self, event: Event, why: str) -> None:
        """A delivery that gave facts and cannot be read again."""
        self.missed = [*(self.missed or []), f"{event.code} {event.label}: {why}"]


def rebuild(
    stored: psycopg.Connection, scratch: psycopg.Connection, source: str | None = None, say: Say = lambda _: None
) -> Rebuilt:
    """Take everything again out of one database into another that has units and nothing else."""
    done = Rebuilt()
    for event in _events(stored, source):
        say(f"{event.code}: {event.label}")
        try:
            _take(stored, scratch, event, done)
        except OpsmapError as error:
            done.miss(event, error.detail)
    return done


def _events(stored: psycopg.Connection, source: str | None) -> Iterator[Event]:
    after = 0
    while row := stored.execute(_EVENTS, {"after": after, "source": source}).fetchone():
        after = row[0]
        yield Event(*row)


def _take(stored: psycopg.Connection, scratch: psycopg.Connection, event: Event, done: Rebuilt) -> None:
    form = FORMS.get(event.form or "")
    if event.kept_sha256 is not None:
        _take_message(stored, scratch, event)
        done.messages += 1
    elif isinstance(form, LineForm):
        done.lines += _take_lines(stored, scratch, event, form)
    elif form is not None and (filed_of(form.name) is not None or form.name in WHOLE):
        if _take_file(stored, scratch, (event, form)):
            done.files += 1
        elif _gave_facts(stored, event):
            done.miss(event, "its file was not kept")


def _take_message(stored: psycopg.Connection, scratch: psycopg.Connection, event: Event) -> None:
    """A message of the axis, into the same sources as then."""
    children = stored.execute(_CHILDREN, (event.id,)).fetchall()
    senders = {name: Sender(code, origin, title) for name, code, origin, title in children}
    desk = Desk(Sender(event.code, event.origin, event.title), senders)
    with tempfile.TemporaryDirectory(prefix="opsmap-rebuild-") as folder:
        path = _fetch(stored, event.kept_sha256, Path(folder) / "message")
        if path is not None:
            take_message(scratch, Incoming(path, event.label, event.uid, event.sent_at), desk, lambda: event.at)


def _take_file(stored: psycopg.Connection, scratch: psycopg.Connection, what: tuple[Event, MessageForm]) -> bool:
    """A layer's or a book's file, or one of positions; False when its bytes are not there."""
    event, form = what
    with tempfile.TemporaryDirectory(prefix="opsmap-rebuild-") as folder:
        row = stored.execute("SELECT name FROM raw_file WHERE sha256 = %s", (event.sha256,)).fetchone()
        path = _fetch(stored, event.sha256, Path(folder) / Path(row[0]).name) if row else None
        if path is None:
            return False
        said: dict[str, Any] = {name: value for name, value in (event.said or {}).items() if name != "instead_of"}
        layer = filed_of(form.name)
        if layer is None:
            form.take(scratch, Message(path.read_bytes(), event.label, event.sender, event.at), lambda: event.at)
        elif _gave_facts(stored, event) or event.said:  # what was refused whole gave nothing then
            load_table(scratch, layer, path, event.sender, lambda: event.at, ReadOptions(**said))
    return True


def _gave_facts(stored: psycopg.Connection, event: Event) -> bool:
    row = stored.execute(
        "SELECT (summary ->> 'messages')::int8 > 0 FROM delivery WHERE id = %s", (event.id,)
    ).fetchone()
    return bool(row and row[0])


def _fetch(stored: psycopg.Connection, sha256: bytes | None, path: Path) -> Path | None:
    """Kept bytes as a file; None when there are none of that hash."""
    if sha256 is None:
        return None
    with path.open("wb") as file:
        file.writelines(raw_pieces(stored, sha256))
    return path if path.stat().st_size else None


def _take_lines(stored: psycopg.Connection, scratch: psycopg.Connection, event: Event, form: LineForm) -> int:
    """The raw lines of a delivery's positions and reports, each read by itself with its own time; how many."""
    delivery = Delivery(scratch, event.sender, event.label, lambda: event.at, Opened(form=form.name))
    facts: list[Fact] = []
    count = 0
    with stored.transaction(), stored.cursor(name=f"lines_{event.id}") as cursor:
        cursor.itersize = AT_ONCE
        for raw, heard_at, flags in cursor.execute(_LINES, {"id": event.id}):
            at = None if flags & Flag.UNTIMED else heard_at
            facts += _facts(form, event.prefaces or [b""], bytes(raw), (at, heard_at))
            count += 1
            if len(facts) >= AT_ONCE:
                delivery.write(Batch(facts))
                facts = []
        delivery.write(Batch(facts))
    delivery.close()
    return count


def _facts(form: LineForm, prefaces: list[bytes], raw: bytes, at: tuple[datetime | None, datetime]) -> list[Fact]:
    for preface in prefaces:
        outcomes = read_lines(form, (preface, raw), *at)
        if facts := [outcome for outcome in outcomes if not isinstance(outcome, Reject)]:
            return facts
    return []

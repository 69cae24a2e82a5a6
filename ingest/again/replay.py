"""A run over open rejects: after an adapter, a unit table or a template was mended, what is understood now is stored.

What is understood keeps its reject, marked with when, by whom and into which delivery; the rest stays open with the
reason of today. A second run looks only at what is still open, so it stores nothing twice.
"""

from collections.abc import Iterator

import orjson
import psycopg

from geo.clock import Clock
from ingest.again.files import replay_file
from ingest.again.lines import replay_lines
from ingest.again.work import Progress, Tally, Work
from ingest.form import LineForm
from ingest.forms import FORMS
from layers.database import transaction
from layers.sources.log import Deed, note_deed
from layers.sources.rejects import From, Wanted, count_open, next_delivery, open_of

ONE_AT_A_TIME = 7_105_102
NO_FORM = "nobody noted its form: it came before forms were kept"
SENT_AGAIN = "an answer is mended by whoever gave it, and sent again"
_ASK = "INSERT INTO reject_replay (asked_at, asked_by, wanted, total) VALUES (%s, %s, %s, %s) RETURNING id"
_NOTE = """
UPDATE reject_replay SET done = %(done)s, understood = %(understood)s, stored = %(stored)s, noted_at = %(now)s,
    finished_at = %(finished)s, failed = %(failed)s WHERE id = %(id)s
"""


def ask_replay(connection: psycopg.Connection, wanted: Wanted, by: str, clock: Clock) -> int:
    """Note that somebody wants a run; its id, by which its progress can be read."""
    told = {name: value for name, value in wanted.given().items() if value is not None}
    with transaction(connection):
        total = count_open(connection, wanted)
        row = connection.execute(_ASK, (clock(), by, orjson.dumps(told).decode(), total)).fetchone()
        assert row is not None  # RETURNING always gives the row
        note_deed(connection, Deed(by, "replay", wanted.source_id, {"replay": row[0], **told}), clock())
    return int(row[0])


def run_replay(
    connection: psycopg.Connection, asked: tuple[int, Wanted, str], clock: Clock, progress: Progress = lambda _: None
) -> Tally:
    """Do what was asked (the run's id, which rejects, by whom), one run at a time; progress is noted in its row.

    Errors: the database's own; what was done until then stays done.
    """
    replay_id, wanted, by = asked
    tally = Tally()
    connection.execute("SELECT pg_advisory_lock(%s)", (ONE_AT_A_TIME,))
    try:
        for part in _parts(Work(connection, by, clock), wanted):
            tally.looked += part.looked
            tally.understood += part.understood
            tally.stored += part.stored
            tally.left = [*(tally.left or []), *(part.left or [])] or None
            _note(connection, replay_id, tally, clock)
            progress(tally)
        _note(connection, replay_id, tally, clock, finished=True)
    except psycopg.Error as error:
        _fail(connection, replay_id, tally, clock, str(error).partition("\n")[0])
        raise
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (ONE_AT_A_TIME,))
    return tally


def _parts(work: Work, wanted: Wanted) -> Iterator[Tally]:
    """Delivery after delivery, each once."""
    after = 0
    while (from_ := next_delivery(work.connection, wanted, after)) is not None:
        after = from_.id
        yield from _one(work, wanted, from_)


def _one(work: Work, wanted: Wanted, from_: From) -> Iterator[Tally]:
    form = FORMS.get(from_.form or "")
    if form is None:
        tally = Tally()
        why = NO_FORM if from_.form is None else SENT_AGAIN
        tally.leave(f"{from_.label}: {why}", len(open_of(work.connection, wanted, from_.id, 0, 1_000_000)))
        yield tally
    elif isinstance(form, LineForm):
        yield from replay_lines(work, wanted, from_, form)
    else:
        yield from replay_file(work, wanted, from_, form)


def _note(connection: psycopg.Connection, replay_id: int, tally: Tally, clock: Clock, finished: bool = False) -> None:
    counts = {"done": tally.looked, "understood": tally.understood, "stored": tally.stored}
    told = {"now": clock(), "finished": clock() if finished else None, "id": replay_id}
    why = "; ".join((tally.left or [])[:5]) or None
    with transaction(connection):
        connection.execute(_NOTE, counts | told | {"failed": why if finished else None})


def _fail(connection: psycopg.Connection, replay_id: int, tally: Tally, clock: Clock, why: str) -> None:
    if not connection.closed:
        tally.left = [*(tally.left or []), why]
        _note(connection, replay_id, tally, clock, finished=True)

"""Refused rows and files read again: the whole file out of the raw store, through today's code, by the same door."""

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geo.errors import BadInput
from ingest.again.work import Tally, Work, refuse_again, sender_of
from ingest.form import Message, MessageForm
from ingest.layer_form import REFUSED
from ingest.outcome import Reject
from ingest.tables.load import Loaded, load_table
from ingest.tables.table import Again, ReadOptions
from ingest.tables.withdraw import is_withdrawn
from layers.books.registry import filed_of
from layers.database import transaction
from layers.sources.raw import raw_pieces
from layers.sources.rejects import From, Open, Settled, Wanted, open_of, settle
from layers.spec import Filed

PAGE = 5_000
NOT_KEPT = "its bytes were not kept: ask the sender to send it again"
TAKEN_BACK = "its paper is no longer in force"


def replay_file(work: Work, wanted: Wanted, from_: From, form: MessageForm) -> Iterator[Tally]:
    """Every wanted reject of one file or message; what they came to."""
    found = _all_of(work, wanted, from_)
    layer = filed_of(form.name)
    with tempfile.TemporaryDirectory(prefix="opsmap-again-") as folder:
        path = fetch_raw(work, from_, Path(folder))
        why = NOT_KEPT if path is None else _why_not(work, from_, layer)
        tally = Tally()
        if path is None or why is not None:
            tally.leave(f"{from_.label}: {why}", len(found))
        elif layer is not None:
            tally = _replay_table(work, (from_, layer, path), found)
        else:
            tally = _replay_message(work, (from_, form, path), found)
    yield tally


def fetch_raw(work: Work, from_: From, folder: Path) -> Path | None:
    """The raw file of a delivery written into a folder under its own name; None when it was not kept."""
    if from_.sha256 is None:
        return None
    row = work.connection.execute("SELECT name FROM raw_file WHERE sha256 = %s", (from_.sha256,)).fetchone()
    if row is None:
        return None
    path = folder / (PurePosixPath(row[0].replace("\\", "/")).name or "file")
    with path.open("wb") as file:
        file.writelines(raw_pieces(work.connection, from_.sha256))
    return path


def _all_of(work: Work, wanted: Wanted, from_: From) -> list[Open]:
    """The wanted rejects of one file, without their bytes: a file has as many as it has rows."""
    found: list[Open] = []
    while page := open_of(work.connection, wanted, from_.id, found[-1].id if found else 0, PAGE):
        found += [each._replace(raw=each.raw[:200]) for each in page]
    return found


def _why_not(work: Work, from_: From, layer: Filed | None) -> str | None:
    """Why the rows of a file must not come back, if they must not."""
    if from_.paper_state not in (None, "valid"):
        return TAKEN_BACK
    if layer is not None and is_withdrawn(work.connection, layer, from_.code):
        return "another source's file stands in its place"
    return None


def _replay_table(work: Work, what: tuple[From, Filed, Path], found: list[Open]) -> Tally:
    """The refused rows of a layer's file, or all of it when it had been refused as a whole."""
    from_, layer, path = what
    whole = [each for each in found if each.reason == REFUSED or each.line_no is None]
    rows = {each.line_no: each for each in found if each not in whole}
    again = Again(from_.id, None if whole else frozenset(n for n in rows if n is not None))
    said = {name: value for name, value in (from_.said or {}).items() if name != "instead_of"}
    options = ReadOptions(**said, heard_at=from_.started_at, again=again)  # type: ignore[arg-type]
    with transaction(work.connection):
        try:
            with transaction(work.connection):
                loaded = load_table(work.connection, layer, path, sender_of(from_), work.clock, options)
        except BadInput as error:
            refuse_again(work, [(each, Reject(REFUSED, f"{from_.label}: {error.detail}", each.raw)) for each in whole])
            return Tally(len(found), 0, 0, [f"{from_.label}: {error.detail}"])
        _mark_paper(work, loaded, from_)
        return _settle(work, loaded, (whole, rows))


def _settle(work: Work, loaded: Loaded, found: tuple[list[Open], dict[int | None, Open]]) -> Tally:
    whole, rows = found
    refused = {} if whole else {reject.line_no: reject for reject in loaded.rejects}
    good = [each.id for each in whole] + [each.id for number, each in rows.items() if number not in refused]
    settle(work.connection, good, Settled("replayed", work.by, work.clock(), None, loaded.delivery_id))
    refuse_again(work, [(rows[number], reject) for number, reject in refused.items() if number in rows])
    return Tally(len(whole) + len(rows), len(good), loaded.summary.stored)


def _mark_paper(work: Work, loaded: Loaded, from_: From) -> None:
    """What came with a paper is taken back with it, whenever it was understood."""
    if from_.paper_id is not None:
        work.connection.execute("UPDATE delivery SET paper_id = %s WHERE id = %s", (from_.paper_id, loaded.delivery_id))


def _replay_message(work: Work, what: tuple[From, MessageForm, Path], found: list[Open]) -> Tally:
    """A whole message by its own form; what it refuses again it keeps by itself."""
    from_, form, path = what
    message = Message(path.read_bytes(), from_.label, sender_of(from_), from_.started_at)
    with transaction(work.connection):
        summary = form.take(work.connection, message, work.clock)
        row = work.connection.execute(
            "UPDATE delivery SET replay_of = %s WHERE id = (SELECT max(id) FROM delivery WHERE source_id = %s"
            " AND id > %s) RETURNING id",
            (from_.id, from_.source_id, from_.id),
        ).fetchone()
        ids = [each.id for each in found]
        still = work.connection.execute(
            "SELECT id FROM reject WHERE id = ANY(%s) AND delivery_id <> %s", (ids, from_.id)
        ).fetchall()
        good = sorted(set(ids) - {each for (each,) in still}) if summary.messages else []
        into = Settled("replayed", work.by, work.clock(), None, row[0] if row else None)
        settle(work.connection, good, into)
    return Tally(len(found), len(good), summary.stored)

"""Takes what lies in the drop folder: onto the bus, into the table, out of the way, and a note beside it.

Cut short anywhere, the next look goes on: before the row is there the file is sent again (which changes nothing, the
same content is stored once); after it, only what is left of moving and writing is done.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from geo.clock import Clock, unix_ms
from ingest.bus.bus import BusFull, Publisher
from ingest.bus.parcel import PART_BYTES, FileChanged, send_file
from ingest.bus.record import Record
from ingest.drop.notes import EMPTY, Why, again, receipt, refusal, too_large
from ingest.drop.shelf import REASON, RECEIPT, REFUSED, TAKEN, free_name, move_to, printable_name, write_note
from ingest.drop.steady import Watch
from ingest.forms import form_named
from ingest.work.bench import Say
from ingest.work.settings import DropSettings
from layers.database import transaction

_KNOWN = "SELECT * FROM drop_file WHERE source = %s AND form = %s AND sha256 = %s"
_ADD = """
INSERT INTO drop_file (source, form, sha256, name, kept_as, size, taken_at, state)
VALUES (%(source)s, %(form)s, %(sha256)s, %(name)s, %(kept_as)s, %(size)s, %(taken_at)s, 'taken') RETURNING *
"""
_SEEN = "UPDATE drop_file SET seen = seen + 1 WHERE id = %s"


@dataclass(frozen=True)
class Dropping:
    """Where files are laid, by sub-folder (which is the source where nothing else is said), and how they are taken."""

    root: Path
    folders: dict[str, DropSettings]
    most_bytes: int
    bus: Publisher
    clock: Clock
    say: Say

    def look(self, connection: psycopg.Connection, watch: Watch) -> int:
        """Take every file that is whole; how many. Raises when the database or the bus cannot be had."""
        taken = 0
        for name, settings in self.folders.items():
            folder = self.root / name
            folder.mkdir(parents=True, exist_ok=True)
            place = _Place(folder, settings.source or name, settings)
            for path in watch.whole_files(folder, self.clock()):
                taken += self._take_one(connection, place, path)
        return taken

    def _take_one(self, connection: psycopg.Connection, place: "_Place", path: Path) -> bool:
        """One file; a fault of the file or of its disk never stops those after it."""
        try:
            return self._take(connection, place, path)
        except (FileNotFoundError, FileChanged):
            return False  # somebody is at it; the next look sees what has become of it
        except BusFull:
            raise
        except OSError as error:
            self.say(f"drop {place.source}: {printable_name(path)}: {error.strerror}")
            return False

    def _take(self, connection: psycopg.Connection, place: "_Place", path: Path) -> bool:
        size = path.stat().st_size
        if size == 0 or size > self.most_bytes:
            refuse(place.folder, path, EMPTY if size == 0 else too_large(size, self.most_bytes))
            return False
        sha256 = hash_file(path)
        key = (place.source, place.settings.form, sha256)
        row = _one(connection, _KNOWN, key)
        kept = place.folder / TAKEN
        if row is not None and not _is_unmoved(row, place.folder, path):
            name = free_name(kept, path.name)
            move_to(path, kept, name)
            write_note(kept, name + RECEIPT, again(row, printable_name(path)))
            with transaction(connection):
                connection.execute(_SEEN, (row["id"],))
            self.say(f"drop {place.source}: {printable_name(path)} is {row['name']}, received before")
            return False
        if row is None:
            row = self._send(connection, place, path, sha256)
        move_to(path, kept, row["kept_as"])
        write_note(kept, row["kept_as"] + RECEIPT, receipt(row))
        self.say(f"drop {place.source}: {row['name']} received ({size} bytes)")
        return True

    def _send(self, connection: psycopg.Connection, place: "_Place", path: Path, sha256: bytes) -> dict[str, Any]:
        """Put the file onto the bus; only then it is known."""
        settings, now, name = place.settings, self.clock(), printable_name(path)
        head = Record(settings.form, place.source, settings.origin, name, unix_ms(now), b"")
        send_file(self.bus, form_named(settings.form), head, path, sha256.hex())
        values = {
            "source": place.source,
            "form": settings.form,
            "sha256": sha256,
            "name": name,
            "kept_as": free_name(place.folder / TAKEN, name),
            "size": path.stat().st_size,
            "taken_at": now,
        }
        with transaction(connection):
            row = _one(connection, _ADD, values)
        assert row is not None  # RETURNING always gives the row
        return row


@dataclass(frozen=True)
class _Place:
    """A sub-folder and whose it is."""

    folder: Path
    source: str
    settings: DropSettings


def refuse(folder: Path, path: Path, why: Why) -> None:
    """Move a file to where refused ones lie, with the reason beside it."""
    kept = folder / REFUSED
    name = free_name(kept, path.name)
    kept.mkdir(exist_ok=True)
    write_note(kept, name + REASON, refusal(printable_name(path), why))
    move_to(path, kept, name)


def hash_file(path: Path) -> bytes:
    """The SHA-256 of a file, a mebibyte at a time."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(PART_BYTES):
            found.update(data)
    return found.digest()


def _is_unmoved(row: dict[str, Any], folder: Path, path: Path) -> bool:
    """Whether this is the file we took and did not come to move."""
    gone = not any((folder / shelf / row["kept_as"]).exists() for shelf in (TAKEN, REFUSED))
    return gone and row["name"] == printable_name(path)


def _one(connection: psycopg.Connection, statement: str, values: Any) -> dict[str, Any] | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), values).fetchone()

"""A file on the bus: whole in one record when it is small, else in parts that no process ever holds together.

A part is a record whose form reads `+NUMBER/TOTAL SHA256 FORM`; parts of one message follow one another within one
writer. Where number 1 comes again, the message begins anew.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ingest.bus.bus import Held, Publisher
from ingest.bus.record import Record
from ingest.form import Form, LineForm

PART_BYTES = 1 << 20


class FileChanged(Exception):
    """The file is not what it was when its hash was taken; it is not sent."""


class Part(NamedTuple):
    """Which part of which message a record holds; `sha256` (hex) is that of the whole message."""

    number: int
    total: int
    sha256: str
    form: str

    def name(self) -> str:
        """The form of its record."""
        return f"+{self.number}/{self.total} {self.sha256} {self.form}"


def read_part(form: str) -> Part | None:
    """The part a record's form names; None for any other record."""
    if not form.startswith("+"):
        return None
    place, _, rest = form[1:].partition(" ")
    sha256, _, name = rest.partition(" ")
    number, _, total = place.partition("/")
    return Part(int(number), int(total), sha256, name) if number.isdigit() and total.isdigit() else None


def send_file(bus: Publisher, form: Form, head: Record, path: Path, sha256: str) -> None:
    """Return when the whole file is safe on the bus. `head` says whose it is; its `data` does not count.

    Lines become one conversation; of a message nothing is understood before its last part is there. BusFull as in
    `publish`; FileChanged when the file is another one by now.
    """
    size = path.stat().st_size
    total = max(1, -(-size // PART_BYTES))
    data = b""
    for number, data in enumerate(_checked(path, sha256), 1):
        whole = total == 1 or isinstance(form, LineForm)
        name = head.form if whole else Part(number, total, sha256, head.form).name()
        bus.publish([head._replace(form=name, data=data)]).result()
    if isinstance(form, LineForm):
        ended = data.endswith(b"\n")
        bus.publish([head._replace(data=b"") if ended else head._replace(data=b"\n"), head._replace(data=b"")]).result()


def _checked(path: Path, sha256: str) -> Iterator[bytes]:
    """The file in parts, the last of them only when all of it is what `sha256` says."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        data = file.read(PART_BYTES)
        while True:
            seen.update(data)
            following = file.read(PART_BYTES)
            if not following:
                break
            yield data
            data = following
    if seen.hexdigest() != sha256:
        raise FileChanged(path.name)
    yield data


class Parcel:
    """A message under way at the loader: its parts so far, in a file without a name. `began_at`: its first's place."""

    def __init__(self, held: Held, part: Part) -> None:
        self.key, self.began_at = parcel_key(held, part), held.at
        self.writer, self.sender = held.writer, held.sender
        self._file = tempfile.TemporaryFile(prefix="opsmap-parcel-")
        self._next = 1
        self._seen = hashlib.sha256()

    def add(self, part: Part, data: bytes) -> bool:
        """Take the next part; False when one between is missing."""
        if part.number != self._next:
            return False
        self._file.write(data)
        self._seen.update(data)
        self._next += 1
        return True

    def whole(self, part: Part, record: Record) -> Record | None:
        """The message, in memory once, when this was its last part and all of it is what was sent."""
        if part.number != part.total or self._seen.hexdigest() != part.sha256:
            return None
        self._file.seek(0)
        return record._replace(form=part.form, data=self._file.read())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def parcel_key(held: Held, part: Part) -> tuple[str, ...]:
    """Parts of one message share this."""
    record = held.record
    return (held.writer, held.sender, record.peer, record.source, record.origin, part.form)


class Parcels:
    """All messages under way at a loader."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, ...], Parcel] = {}

    def take(self, held: Held, part: Part) -> Record | None:
        """The whole message with its last part; as it is, where parts are missing; None while more is to come."""
        key = parcel_key(held, part)
        if part.number == 1:
            self._drop(key)
            self._under_way[key] = Parcel(held, part)
        parcel = self._under_way.get(key)
        added = parcel is not None and parcel.add(part, held.record.data)
        if part.number < part.total:
            return None
        whole = parcel.whole(part, held.record) if parcel is not None and added else None
        self._drop(key)
        return whole or held.record

    def state_from(self, writer: str, done: int) -> int:
        """Where to read again from, to have again what is under way."""
        return min((p.began_at for p in self._under_way.values() if p.writer == writer), default=done)

    def forget(self, writer: str | None = None, sender: str = "") -> None:
        """What a sender that has ended, or all of them, will not finish."""
        gone = [k for k, p in self._under_way.items() if writer is None or (p.writer, p.sender) == (writer, sender)]
        for key in gone:
            self._drop(key)

    def _drop(self, key: tuple[str, ...]) -> None:
        if (parcel := self._under_way.pop(key, None)) is not None:
            parcel.close()

"""Which adapter gets which file of a message; what nobody understands is counted, named and not kept."""

import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

from geo.errors import BadInput
from ingest.exchange.avreport import AvReports
from ingest.exchange.cases import Cases1022
from ingest.exchange.day_rows import FERRIES, HOLIDAY_FLASH
from ingest.exchange.desk import Adapter, Given
from ingest.exchange.document import Attachment
from ingest.exchange.epidemics import Epidemics
from ingest.exchange.his.adapter import HisXml
from ingest.exchange.layer_files import LayerFiles
from ingest.exchange.schools import SCHOOLS
from ingest.exchange.template_files import TemplateFiles
from ingest.exchange.topics import Topics
from ingest.layer_form import safe_name

REPORTS: tuple[Adapter, ...] = (
    AvReports(),
    HisXml(),
    Cases1022(),
    Epidemics(),
    FERRIES,
    HOLIDAY_FLASH,
    *SCHOOLS,
    Topics(),
)
"""What may also come without an envelope around it."""
ADAPTERS: tuple[Adapter, ...] = (*REPORTS, TemplateFiles(), LayerFiles())
_UNOPENED = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)
"""How zipfile refuses what is spoilt, locked, or packed in a way of its own."""
HEAD = 1 << 16
MOST_UNPACKED = 200_000_000
PAPER_TEXT = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".signed", ".png", ".jpg")
"""The letter itself, for people; never kept here."""


def adapter_of(given: Given, adapters: Sequence[Adapter] = ADAPTERS) -> Adapter | None:
    """The first adapter that knows the file, or None."""
    return next((adapter for adapter in adapters if adapter.knows(given)), None)


def reason_ignored(name: str) -> str:
    """Why a file that no adapter knows is only counted."""
    return "paper_text" if PurePath(name.lower()).suffix in PAPER_TEXT else "unknown_attachment"


def lay_out(attachments: Iterable[Attachment], folder: Path) -> Iterator[tuple[Attachment, Given]]:
    """The files of a message, each in a folder of its own under a name that is safe. BadInput for a broken one."""
    for number, attachment in enumerate(attachments):
        if attachment.content.error:
            raise BadInput(
                f"attachment {attachment.name!r}: {attachment.content.error}", field="ContentTransferEncoded"
            )
        place = folder / str(number)
        place.mkdir()
        path = place / safe_name(attachment.name)
        with attachment.content.open() as content:
            _write(content, path)
        yield attachment, given_of(path, attachment)


def given_of(path: Path, attachment: Attachment | None = None) -> Given:
    """A file as adapters get it."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    said = attachment.description if attachment else None
    return Given(attachment.name if attachment else path.name, path, head, said)


def _write(content: BinaryIO, path: Path) -> None:
    """The file, out of the ZIP that some senders put every file into."""
    with path.open("wb") as file:
        if not (member := _only_member(content, path.suffix)):
            content.seek(0)
            shutil.copyfileobj(content, file)
            return
        try:
            with zipfile.ZipFile(content) as packed, packed.open(member) as inside:
                if packed.getinfo(member).file_size > MOST_UNPACKED:
                    raise BadInput(f"attachment {path.name!r}: more than {MOST_UNPACKED:,} bytes when unpacked")
                shutil.copyfileobj(inside, file)
        except _UNOPENED as error:
            raise BadInput(
                f"attachment {path.name!r}: its ZIP cannot be opened ({type(error).__name__}); send it as it is"
            ) from None


def _only_member(content: BinaryIO, suffix: str) -> str | None:
    """The one file in a ZIP that is of the kind the name promised; None when this is no such ZIP."""
    if suffix.lower() == ".zip" or content.read(4) != b"PK\x03\x04":
        return None
    try:
        with zipfile.ZipFile(content) as packed:
            names = [info.filename for info in packed.infolist() if not info.is_dir()]
    except zipfile.BadZipFile:
        return None
    alone = len(names) == 1 and names[0].lower().endswith(suffix.lower())
    return names[0] if alone else None

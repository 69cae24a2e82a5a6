"""Where taken and refused files go, and the note that lies beside each, for whoever laid it there."""

import os
from datetime import datetime
from itertools import count
from pathlib import Path

from geo.clock import LOCAL
from ingest.bus.folder import sync_folder

TAKEN, REFUSED = "da-nhan", "khong-nhan"
RECEIPT, REASON = ".bien-nhan.txt", ".ly-do.txt"


def free_name(folder: Path, name: str) -> str:
    """A name nothing has yet in a folder, as close to `name` as can be."""
    if not (folder / name).exists():
        return name
    stem, dot, suffix = name.partition(".")
    return next(made for n in count(2) if not (folder / (made := f"{stem}-{n}{dot}{suffix}")).exists())


def move_to(path: Path, folder: Path, name: str) -> None:
    """Put a file into a folder of the same disk under that name, safely."""
    folder.mkdir(exist_ok=True)
    path.rename(folder / name)
    sync_folder(folder)


def write_note(folder: Path, name: str, text: str) -> None:
    """Write or replace a note, as a whole or not at all. With a BOM: people open it in Notepad."""
    made = folder / f".{name}.new"
    with made.open("w", encoding="utf-8-sig", newline="\r\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    made.rename(folder / name)


def local_time(moment: datetime) -> str:
    """A moment as officials write it."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}"


def printable_name(path: Path) -> str:
    """A file's name as text, whatever bytes it is made of."""
    return path.name.encode("utf-8", "replace").decode()

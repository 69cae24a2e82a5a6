"""Files on their way in: streamed to the disk as they come, kept there until they are taken, or a day."""

import hashlib
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from geo.errors import BadInput, NotFound

MOST_BYTES = 100_000_000
KEEP_S = 24 * 3600
MOST_WAITING = 200
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """One file: its token, its own name, who sent it, its bytes' SHA-256, where it lies."""

    token: str
    name: str
    by: str
    size: int
    sha256: bytes
    path: Path


class Uploads:
    """The folder of files that wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def receive(self, name: str, by: str, pieces: AsyncIterator[bytes]) -> Upload:
        """Write a file as it comes. BadInput for an empty one; what broke off leaves nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sweep()
        token, found, size = secrets.token_hex(16), hashlib.sha256(), 0
        path = self._folder / (token + _suffix(name))
        try:
            with path.open("wb") as file:
                async for piece in pieces:
                    size += len(piece)
                    found.update(piece)
                    file.write(piece)
            if not size:
                raise BadInput("body: it is empty; send the file's bytes", field="body")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        told = {"name": name, "by": by, "size": size, "sha256": found.hexdigest(), "file": path.name}
        (self._folder / f"{token}.json").write_bytes(orjson.dumps(told))
        return Upload(token, name, by, size, found.digest(), path)

    def find(self, token: str, by: str) -> Upload:
        """The file of a token, for whoever sent it. NotFound when it is gone."""
        note = self._folder / f"{token}.json"
        if _TOKEN.fullmatch(token) and note.is_file():
            told = orjson.loads(note.read_bytes())
            path = self._folder / told["file"]
            if told["by"] == by and path.is_file():
                return Upload(token, told["name"], by, told["size"], bytes.fromhex(told["sha256"]), path)
        raise NotFound(f"file {token!r}: not here any more; send it again", field="file")

    def back_of(self, upload: Upload) -> Path:
        """Where the annotated workbook of a file lies."""
        return self._folder / f"{upload.token}-back.xlsx"

    def sweep(self) -> None:
        """Forget what has waited for more than a day, and the oldest beyond what fits."""
        now = time.time()
        files = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for number, path in enumerate(files):
            if number >= MOST_WAITING * 3 or now - path.stat().st_mtime > KEEP_S:
                path.unlink(missing_ok=True)


def _suffix(name: str) -> str:
    suffix = Path(name.replace("\\", "/")).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ".bin"

"""From lines to rows: our CSV of VMS reports, one report a line."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from geo.errors import BadInput
from ingest.outcome import Reject
from ingest.source import KEPT_OF_LONG_LINE, Line

COLUMNS = ("provider", "device_id", "t", "received_at", "lat", "lon", "sog_kn", "cog_deg", "status", "msg_id")
NEEDED = frozenset(COLUMNS[:8])
BLANK, HEADER = "blank", "header"
_BOM = b"\xef\xbb\xbf"
_OWN = frozenset(name.encode() for name in COLUMNS)
_ENOUGH = 3


class Row(NamedTuple):
    """One line's cells by column name."""

    cells: dict[str, str]
    raw: bytes
    line_no: int


class RowReader:
    """Learns the columns from the first line that is not blank; a file without the needed ones is refused whole.

    Lines of a stream that may be joined anywhere come under a `header` that was agreed beforehand.
    """

    def __init__(self, header: Sequence[str] | None = None) -> None:
        self.lines = 0
        self.ignored: Counter[str] = Counter()
        self.preface = b""
        self._header = None if header is None else list(header)

    def read(self, lines: Iterable[Line | Reject]) -> Iterator[Row | Reject]:
        """The rows. Raises `BadInput` naming the columns that are missing."""
        for line in lines:
            self.lines += 1
            if isinstance(line, Reject):
                yield line
            elif not line.raw.strip(b" \t\r\n"):
                self.ignored[BLANK] += 1
            else:
                row = self._read_line(line)
                if row is not None:
                    yield row

    def _read_line(self, line: Line) -> Row | Reject | None:
        cells = split_cells(line)
        if self._header is None:
            self._header = check_header(cells)
            self.preface = line.raw.removeprefix(_BOM).rstrip(b"\r\n")
        if isinstance(cells, Reject):
            return cells
        if [cell.strip() for cell in cells] == self._header:
            self.ignored[HEADER] += 1
            return None
        if len(cells) != len(self._header):
            return refuse(line, "bad_row", f"{len(cells)} columns, the header has {len(self._header)}")
        values = {name: cell.strip() for name, cell in zip(self._header, cells, strict=True)}
        return Row(values, line.raw.rstrip(b"\r\n"), line.number)


def is_ours(head: bytes) -> bool:
    """Whether a file (its beginning) names our own columns, or nothing at all; else it is somebody's export.

    Three of them are enough: the rest that is missing is then told by name.
    """
    for line in head.removeprefix(_BOM).splitlines():
        if line.strip(b" \t\r\n"):
            names = {name.strip(b' "') for name in line.split(b",")}
            return len(names & _OWN) >= _ENOUGH
    return True


def split_cells(line: Line) -> list[str] | Reject:
    """The cells of one line; a reject when it is not text or not CSV."""
    try:
        text = line.raw.removeprefix(_BOM).decode("utf-8")
        if "\0" in text:
            return refuse(line, "bad_row", "holds NUL bytes")
        return next(csv.reader([text.rstrip("\r\n")], strict=True))
    except UnicodeDecodeError:
        return refuse(line, "bad_encoding", "not UTF-8")
    except csv.Error as error:
        return refuse(line, "bad_row", str(error))


def refuse(line: Line, reason: str, detail: str) -> Reject:
    """A reject of a whole line."""
    return Reject(reason, detail, line.raw[:KEPT_OF_LONG_LINE], line.number)


def check_header(cells: list[str] | Reject) -> list[str]:
    """The column names, all needed ones among them, none twice."""
    names = [] if isinstance(cells, Reject) else [cell.strip() for cell in cells]
    missing = [name for name in COLUMNS if name in NEEDED and name not in names]
    if missing:
        wanted = ",".join(COLUMNS)
        raise BadInput(f"column(s) {', '.join(missing)} missing; make the first line {wanted}", field=missing[0])
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadInput(f"column {twice[0]!r} stands twice in the header; keep one", field=twice[0])
    return names

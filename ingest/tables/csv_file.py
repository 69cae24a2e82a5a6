"""CSV and its kin: separated by commas, semicolons or tabs, in whatever letters."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from geo.errors import BadInput
from geo.text import fold
from ingest.outcome import Fault, Reject
from ingest.tables.encodings import AS_IT_IS, Decoded, Letters, decode_file, guess_letters
from ingest.tables.legacy import DECODERS
from ingest.tables.table import MOST_COLUMNS, TITLE_ROWS, RawRow, ReadOptions, Table

DELIMITERS = ",;\t"  # a Vietnamese Excel separates by semicolons and calls it CSV all the same
GUESSED_FROM = 10_000
"""Rows that a guess at letters or numbers looks at."""


def open_csv(path: Path, options: ReadOptions) -> Table:
    """A CSV file with a header line; row 1 is the first one after it. BadInput when it is none."""
    decoded = below_titles(decode_file(path.read_bytes(), options.encoding), options)
    header = [name.strip() for name in next(_split(decoded), ([], b""))[0]]
    if not any(header):
        raise BadInput("the file is empty; its first line must name the columns")
    if len(header) > MOST_COLUMNS:
        raise BadInput(f"line 1: {len(header)} columns, at most {MOST_COLUMNS}; is it the line that names them?")

    def rows() -> Iterator[RawRow | Reject]:
        return _rows(decoded, header)

    return Table("CSV", tuple(header), rows, letters=letters_of(decoded, header, rows()))


def below_titles(decoded: Decoded, options: ReadOptions) -> Decoded:
    """The text from its line of column names on, where titles stand above it and the caller knows the names."""
    if not options.titled:
        return decoded
    lines, at, best = decoded.text.splitlines(keepends=True), 0, 0
    for number, line in enumerate(lines[:TITLE_ROWS]):
        hits = _hits(line, options.names)
        if hits > best:
            at, best = number, hits
    return replace(decoded, text="".join(lines[at:]))


def _hits(line: str, names: frozenset[str]) -> int:
    """How many of the names a line holds, in whatever letters and separated by whatever."""
    readings = {line} if line.isascii() else {line, *(decode(line) for decode in DECODERS.values())}
    return max(
        len({fold(name.strip().strip('"')) for name in text.split(mark)} & names)
        for text in readings
        for mark in DELIMITERS
    )


def letters_of(decoded: Decoded, header: list[str], rows: Iterator[RawRow | Reject]) -> Letters:
    """The letters of a text file: what is known, or what the header and some rows look like."""
    if decoded.name is not None:
        return Letters(decoded.name)
    if decoded.text.isascii():
        return AS_IT_IS
    return guess_letters(cells_of(header, rows), decoded.bytewise)


def cells_of(header: list[str], rows: Iterator[RawRow | Reject]) -> dict[str, list[str]]:
    """The text of the header (under no name) and of some rows, by column."""
    cells: dict[str, list[str]] = {"": header}
    for row in islice(rows, GUESSED_FROM):
        for name, value in row.values.items() if isinstance(row, RawRow) else ():
            if isinstance(value, str) and not value.isascii():
                cells.setdefault(name, []).append(value)
    return cells


def grid_of(decoded: Decoded) -> Iterator[list[str | None]]:
    """The cells of every line, the first one too; a blank cell is None."""
    return ([cell.strip() or None for cell in cells] for cells, _ in _split(decoded))


def _rows(decoded: Decoded, header: list[str]) -> Iterator[RawRow | Reject]:
    lines = _split(decoded)
    next(lines, None)
    for number, (cells, line) in enumerate(lines, 1):
        if not any(cells):
            continue
        if len(cells) != len(header):
            said = f"{len(cells)} columns, the header has {len(header)}; is a quotation mark open?"
            vi = f"có {len(cells)} cột, dòng tiêu đề có {len(header)}; có dấu ngoặc kép chưa đóng?"
            yield Reject("bad_row", f"row {number}: {said}", line, number, faults=(Fault(None, said, vi),))
            continue
        yield RawRow(number, dict(zip(header, cells, strict=True)), line)


def _split(decoded: Decoded) -> Iterator[tuple[list[str], bytes]]:
    """The cells of each row with the bytes they came from (a row may span lines inside quotes)."""
    text, form = decoded.text, "latin-1" if decoded.bytewise else "utf-8"
    first_line = text.partition("\n")[0]
    stream = io.StringIO(text, newline="")
    rows = csv.reader(stream, delimiter=max(DELIMITERS, key=first_line.count))
    began = 0
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            raise BadInput(f"line {rows.line_num}: {error}; is a quotation mark left open?") from None
        if cells is None:
            return
        ended = stream.tell()
        yield cells, text[began:ended].rstrip("\r\n").encode(form, "surrogatepass")
        began = ended

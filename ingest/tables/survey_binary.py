"""The same for workbooks that are no XML: the records of an .xlsb, and those of an old .xls inside its container."""

import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.tables.survey import Survey, relation_targets

ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_ROW, _BLANK, _ERROR, _CELLS, _FORMULA_ERROR, _SHEET = 0, 1, 3, range(2, 12), 11, 156
_XLS_FORMULA, _XLS_ERROR, _XLS_SHEET, _XLS_BEGIN, _XLS_END = 0x06, 0x205, 0x85, 0x809, 0x0A
SMALLEST = 4096
"""Shorter streams live elsewhere in the container; no workbook is that short."""
_END_OF_CHAIN = 0xFFFFFFFA
"""Sector numbers from here on are no sectors."""


def survey_xlsb(archive: zipfile.ZipFile, name: str) -> Survey:
    """Look a sheet of an .xlsb over. KeyError when it has no such part."""
    part = dict(_xlsb_sheets(archive))[name]
    found, row = Survey(), 0
    for kind, data in _xlsb_records(archive.read(part)):
        if kind == _ROW:
            row = int.from_bytes(data[:4], "little") + 1
        elif kind in _CELLS:
            column = int.from_bytes(data[:4], "little") + 1
            found.reach(row, column)
            if kind in (_ERROR, _FORMULA_ERROR):
                found.faults[row, column] = ERRORS.get(data[8], "#N/A")
    return found


def _xlsb_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = relation_targets(archive, "xl/_rels/workbook.bin.rels")
    for kind, data in _xlsb_records(archive.read("xl/workbook.bin")):
        if kind == _SHEET:
            relation, at = _wide_text(data, 8)
            name, _ = _wide_text(data, at)
            if relation in targets:
                yield name, targets[relation]


def _wide_text(data: bytes, at: int) -> tuple[str, int]:
    count = int.from_bytes(data[at : at + 4], "little")
    end = at + 4 + 2 * count
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _xlsb_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, at = _packed(data, at, 2)
        size, at = _packed(data, at, 4)
        yield kind, data[at : at + size]
        at += size


def _packed(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next one begins."""
    number = 0
    for step in range(most):
        byte = data[at + step] if at + step < len(data) else 0
        number |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            return number, at + step + 1
    return number, at + most


def survey_xls(path: Path, name: str) -> Survey:
    """The errors in a sheet of an old .xls; its 65,536 × 256 cells always fit. ValueError for a torn container."""
    stream, found = _workbook_stream(path.read_bytes()), Survey()
    start = next((at for title, at in _xls_sheets(stream) if title == name), None)
    for kind, data in _xls_records(stream, start) if start is not None else ():
        if kind == _XLS_END:
            break
        row, column = struct.unpack_from("<HH", data) if len(data) >= 4 else (0, 0)
        if kind == _XLS_ERROR and len(data) >= 8 and data[7]:
            found.faults[row + 1, column + 1] = ERRORS.get(data[6], "#N/A")
        elif kind == _XLS_FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
            found.faults[row + 1, column + 1] = ERRORS.get(data[8], "#N/A")
    return found


def _xls_sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, data in _xls_records(stream, 0):
        if kind == _XLS_END:
            return
        if kind == _XLS_SHEET:
            wide, count = data[7] & 1, data[6]
            text = data[8 : 8 + count * (1 + wide)]
            yield text.decode("utf-16-le" if wide else "latin-1", "replace"), int.from_bytes(data[:4], "little")


def _xls_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook_stream(data: bytes) -> bytes:
    """The stream `Workbook` (or `Book`) of a compound file."""
    size = 1 << int.from_bytes(data[30:32], "little")
    if size not in (512, 4096):
        raise ValueError("no compound file")

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    table = b"".join(sector(number) for number in _table_sectors(data, sector, size))
    following = struct.unpack(f"<{len(table) // 4}I", table)

    def chain(number: int) -> bytes:
        pieces: list[bytes] = []
        while number < min(_END_OF_CHAIN, len(following)) and len(pieces) <= len(following):
            pieces.append(sector(number))
            number = following[number]
        return b"".join(pieces)

    folder = chain(int.from_bytes(data[48:52], "little"))
    for at in range(0, len(folder) - 127, 128):
        count = int.from_bytes(folder[at + 64 : at + 66], "little")
        if folder[at : at + max(count - 2, 0)].decode("utf-16-le", "replace") in ("Workbook", "Book"):
            first, length = struct.unpack_from("<II", folder, at + 116)
            return chain(first)[:length] if length >= SMALLEST else b""
    raise ValueError("no stream named Workbook")


def _table_sectors(data: bytes, sector: Callable[[int], bytes], size: int) -> list[int]:
    """Where the table of sectors stands: 109 places in the head, the rest in a chain of its own."""
    numbers = list(struct.unpack_from("<109I", data, 76))
    further = int.from_bytes(data[68:72], "little")
    for _ in range(int.from_bytes(data[72:76], "little")):
        more = sector(further)
        if further >= _END_OF_CHAIN or len(more) < size:
            break
        *found, further = struct.unpack(f"<{size // 4}I", more)
        numbers += found
    return [n for n in numbers if n < _END_OF_CHAIN]

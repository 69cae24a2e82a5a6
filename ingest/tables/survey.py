"""What a fast reader of workbooks does not tell: how far a sheet reaches, and the cells whose value is an error.

The reader (calamine, in `workbook`) hands errors and formulas nobody calculated over as blanks, and takes memory for
every cell up to the last one. So a sheet is looked over first: a blank that is none is refused by its cell, and one
lone cell at the far corner cannot fill the memory. Old .xls and binary .xlsb are looked over in `survey_binary`.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat

import defusedxml.ElementTree

from geo.errors import BadInput
from ingest.tables.table import MOST_COLUMNS

PIECE = 1 << 20
OVERLAP = 20_000
"""Longer than any formula may be."""
MOST_CELLS = 20_000_000
"""Cells from the first to the last corner: about half a GB while the sheet is read."""
_COLUMN = re.compile(rb" r=[\"']([A-Z]{1,3})[0-9]")
_ROW = re.compile(rb"<(?:\w+:)?row [^>]{0,40}?r=[\"']([0-9]+)")
_FORMULA = rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
_NO_VALUE = rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
_DOUBT = re.compile(_FORMULA + _NO_VALUE + rb"|[\"' ]t=[\"']e[\"']")
"""A formula with no value behind it, or an error: then the sheet is walked through cell by cell."""


@dataclass
class Survey:
    """`height` and `width` reach to the last cell that holds something; `faults` by (row, column), from 1.

    A fault is the error as shown (`#REF!`), or empty for a formula that was never calculated.
    """

    height: int = 0
    width: int = 0
    faults: dict[tuple[int, int], str] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        """Something stands there."""
        self.height, self.width = max(self.height, row), max(self.width, column)

    def check(self, name: str) -> None:
        """BadInput for a sheet that reaches too far."""
        if self.width > MOST_COLUMNS:
            raise BadInput(
                f"sheet {name!r}: {self.width} columns; {MOST_COLUMNS} at most: delete what stands beyond, or split it",
                field="sheet",
            )
        if self.height * self.width > MOST_CELLS:
            raise BadInput(
                f"sheet {name!r}: reaches to row {self.height}, column {self.width}; delete what stands beyond the"
                " table, or split it",
                field="sheet",
            )


def survey_xlsx(archive: zipfile.ZipFile, part: str) -> Survey:
    """Look a sheet of an .xlsx over: quickly where nothing calls for more."""
    found, doubtful = _glance(archive, part)
    if doubtful or found.width > MOST_COLUMNS or found.height * found.width > MOST_CELLS:
        exact = _XlsxWalk()
        _parse(archive, part, exact)
        return exact.survey
    return found


def survey_ods(archive: zipfile.ZipFile) -> dict[str, Survey]:
    """Look every sheet of an .ods over, by name: its reader reads them all at once."""
    walk = _OdsWalk()
    _parse(archive, "content.xml", walk)
    return walk.sheets


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the archive that holds each sheet of an .xlsx, by name."""
    root = defusedxml.ElementTree.fromstring(archive.read("xl/workbook.xml"))
    targets = relation_targets(archive, "xl/_rels/workbook.xml.rels")
    parts = {}
    for sheet in root.iter():
        if _local(sheet.tag) == "sheet":
            relation = next((value for key, value in sheet.attrib.items() if _local(key) == "id"), "")
            if relation in targets:
                parts[sheet.attrib.get("name", "")] = targets[relation]
    return parts


def relation_targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The parts that a part names, by the id it names them with."""
    root = defusedxml.ElementTree.fromstring(archive.read(part))
    found = {r.attrib.get("Id", ""): r.attrib.get("Target", "") for r in root.iter() if _local(r.tag) == "Relationship"}
    return {key: t.lstrip("/") if t.startswith("/") else str(PurePosixPath("xl") / t) for key, t in found.items()}


def column_number(letters: str) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            yield piece


def _glance(archive: zipfile.ZipFile, part: str) -> tuple[Survey, bool]:
    """How far cells reach, the empty ones included, and whether any may hold a formula or an error."""
    columns: set[bytes] = set()
    height, doubtful, tail = 0, False, b""
    for piece in _pieces(archive, part):
        text = tail + piece
        columns.update(_COLUMN.findall(text))
        height = max(height, *map(int, _ROW.findall(text)[-1:]), 0)
        doubtful = doubtful or _DOUBT.search(text) is not None
        tail = text[-OVERLAP:]
    width = max((column_number(c.decode("ascii")) for c in columns), default=0)
    return Survey(height, width), doubtful


class _Walk:
    """Walks through the elements of a sheet."""

    def __init__(self) -> None:
        self.survey = Survey()
        self.row = self.column = 0
        self.text: list[str] | None = None

    def begin(self, tag: str, given: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def hear(self, text: str) -> None:
        """Text of an element."""
        if self.text is not None:
            self.text.append(text)

    def said(self) -> str:
        """The text gathered since it was asked for."""
        text, self.text = "".join(self.text or ()), None
        return text


def _parse(archive: zipfile.ZipFile, part: str, walk: _Walk) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, given: walk.begin(tag.rpartition(":")[2], given)
    parser.EndElementHandler = lambda tag: walk.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = walk.hear
    parser.StartDoctypeDeclHandler = _refuse_doctype
    for piece in _pieces(archive, part):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_: Any) -> None:
    raise ValueError("a document type inside a sheet")


class _XlsxWalk(_Walk):
    """`<row r><c r t><f/><v/></c></row>`; positions may be left out."""

    def __init__(self) -> None:
        super().__init__()
        self.kind, self.formula, self.filled, self.value = "", False, False, ""

    def begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "row":
            self.row, self.column = int(given.get("r", self.row + 1)), 0
        elif tag == "c":
            where = given.get("r", "").rstrip("0123456789")
            self.column = column_number(where) if where else self.column + 1
            self.kind, self.formula, self.filled, self.value = given.get("t", ""), False, False, ""
        elif tag == "f":
            self.formula = True
        elif tag == "v":
            self.text = []
        elif tag == "is":
            self.filled = True

    def end(self, tag: str) -> None:
        if tag == "v":
            self.value = self.said()
        elif tag == "c" and (self.value or self.filled or self.formula):
            self.survey.reach(self.row, self.column)
            if self.kind == "e":
                self.survey.faults[self.row, self.column] = self.value or "#N/A"
            elif self.formula and not self.value and not self.filled and self.kind != "str":
                self.survey.faults[self.row, self.column] = ""


class _OdsWalk(_Walk):
    """`<table><table-row><table-cell/></table-row></table>`, rows and cells written once for several."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, Survey] = {}
        self.rows = self.cells = 1
        self.cell: dict[str, str] = {}

    def begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table":
            self.survey = self.sheets.setdefault(given.get("table:name", ""), Survey())
            self.row = self.column = 0
        elif tag == "table-row":
            self.row, self.column = self.row + 1, 0
            self.rows = int(given.get("table:number-rows-repeated", 1))
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell, self.cells = given, int(given.get("table:number-columns-repeated", 1))
            self.text = []

    def end(self, tag: str) -> None:
        if tag == "table-row":
            self.row += self.rows - 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._judge(self.said())
            self.column += self.cells

    def _judge(self, shown: str) -> None:
        kind = self.cell.get("office:value-type", "")
        if not (kind or shown or "table:formula" in self.cell):
            return
        self.survey.reach(self.row + self.rows - 1, self.column + self.cells)
        if self.cell.get("calcext:value-type") == "error":
            self.survey.faults[self.row, self.column + 1] = shown or "#N/A"
        elif "table:formula" in self.cell and not kind:
            self.survey.faults[self.row, self.column + 1] = ""

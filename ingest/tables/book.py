"""Workbooks of any make (XLSX, XLSB, ODS, old XLS) and CSV as sheets of plain cells, with the numbers Excel shows."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from geo.errors import BadInput
from ingest.tables.survey import Survey, sheet_parts, survey_ods, survey_xlsx
from ingest.tables.survey_binary import survey_xls, survey_xlsb

MOST_UNPACKED = 1_000_000_000
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_OLE = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, ExpatError, DefusedXmlException, CalamineError),
    *(KeyError, ValueError, TypeError, IndexError, OSError, RuntimeError),
)
Found = TypeVar("Found")
Cell = str | int | float | bool | None
"""Text, number, yes-or-no or nothing; days and times as ISO 8601."""


class Span(NamedTuple):
    """Cells merged into one, by row and column from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` begins anew each time: (number from 1, cells from column A).

    `faults` by (row, column) from 1: the error a cell holds, or empty for a formula that was never calculated.
    """

    name: str
    rows: Callable[[], Iterator[tuple[int, list[Cell]]]]
    merged: tuple[Span, ...] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Book:
    """A workbook opened; sheets are read when asked for. BadInput when it is none, or is locked."""

    def __init__(self, path: Path) -> None:
        self._path, self.kind = path, kind_of(path)
        self._sheets: dict[str, Sheet] = {}
        self._surveys = self._do(self._survey_all)
        for name, survey in self._surveys.items():
            survey.check(name)
        self._book: CalamineWorkbook = self._do(lambda: _open(path, self.kind))

    @property
    def format(self) -> str:
        """The kind of file as people call it."""
        return self.kind.removeprefix(".").upper()

    def names(self) -> list[str]:
        """The sheets that people see."""
        shown = [
            m.name
            for m in self._book.sheets_metadata
            if m.visible == SheetVisibleEnum.Visible and m.typ == SheetTypeEnum.WorkSheet
        ]
        return shown or [f"{self._path.name} (no visible sheet)"]

    def has(self, name: str) -> bool:
        """Whether there is a sheet of that name, seen or hidden."""
        return any(m.name == name for m in self._book.sheets_metadata)

    def sheet(self, name: str) -> Sheet:
        """A sheet by its name. BadInput when it cannot be read, or reaches further than any table does."""
        if name not in self._sheets:
            survey = self._do(lambda: self._survey(name))
            survey.check(name)
            self._sheets[name] = self._do(lambda: self._read(name, survey))
        return self._sheets[name]

    def _survey_all(self) -> dict[str, Survey]:
        """Of a kind whose sheets are all read when it is opened: every sheet, beforehand."""
        if self.kind != ".ods":
            return {}
        with zipfile.ZipFile(self._path) as archive:
            return survey_ods(archive)

    def _survey(self, name: str) -> Survey:
        if name in self._surveys:
            return self._surveys[name]
        if self.kind == ".xls":
            return survey_xls(self._path, name)
        with zipfile.ZipFile(self._path) as archive:
            return (
                survey_xlsb(archive, name) if self.kind == ".xlsb" else survey_xlsx(archive, sheet_parts(archive)[name])
            )

    def _read(self, name: str, survey: Survey) -> Sheet:
        read = self._book.get_sheet_by_name(name)
        left = read.start[1] if read.start else 0

        def rows() -> Iterator[tuple[int, list[Cell]]]:
            for number, cells in enumerate(read.iter_rows(), 1):
                yield number, [None] * left + [plain(cell) for cell in cells]

        spans = (read.merged_cell_ranges or ()) if self.kind in (".xlsx", ".xls") else ()
        merged = tuple(Span(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in spans)
        return Sheet(name, rows, merged, survey.faults)

    def _do(self, what: Callable[[], Found]) -> Found:
        """Ask the file something; BadInput for whatever goes wrong, even inside the reader."""
        try:
            return what()
        except PasswordError:
            raise _locked(self._path) from None
        except _BROKEN as error:
            if self.kind == ".xls":
                raise _no_old_workbook(self._path) from None
            raise _broken(self._path, error) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how the reader's own failures arrive
                raise
            raise _broken(self._path, ValueError("the reader stopped")) from None


def kind_of(path: Path) -> str:
    """What a workbook is by its bytes, whatever its name says. BadInput for none, or one that would fill the memory."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_OLE):
        if _LOCKED in path.read_bytes():
            raise _locked(path)
        return ".xls"
    if head.lstrip()[:1] == b"<":
        raise BadInput(f"file {path.name!r}: a web page under the name of a workbook; open it and save it as .xlsx")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(m.file_size for m in archive.infolist()) > MOST_UNPACKED:
                raise BadInput(f"file {path.name!r}: unpacks to more than {MOST_UNPACKED // 1_000_000} MB; split it")
            names = set(archive.namelist())
    except _BROKEN as error:
        raise _broken(path, error) from None
    parts = {"xl/workbook.xml": ".xlsx", "xl/workbook.bin": ".xlsb", "content.xml": ".ods"}
    found = next((kind for part, kind in parts.items() if part in names), None)
    if found is None:
        raise _broken(path, ValueError("no workbook inside"))
    return found


def plain(value: Any) -> Cell:
    """A cell as text, number, yes-or-no or nothing; whole numbers as such, days and times as ISO 8601."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if isinstance(value, int | None) else str(value)


def _open(path: Path, kind: str) -> CalamineWorkbook:
    if path.suffix.lower() == kind:
        return CalamineWorkbook.from_path(path)
    with path.open("rb") as file:
        return CalamineWorkbook.from_filelike(file)


def _locked(path: Path) -> BadInput:
    return BadInput(f"file {path.name!r}: locked with a password; save a copy of it without one")


def _no_old_workbook(path: Path) -> BadInput:
    said = "an old .xls, or locked with a password, that cannot be read; save it as .xlsx without one"
    return BadInput(f"file {path.name!r}: {said}")


def _broken(path: Path, error: Exception) -> BadInput:
    why = str(error) or type(error).__name__
    return BadInput(f"file {path.name!r}: broken, Excel could not open it either ({why[:120]}); save it again as .xlsx")

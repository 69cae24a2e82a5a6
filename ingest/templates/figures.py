"""From the rows of a form to figures: each cell one, stored, left blank, or refused with its place and the fix."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import orjson

from geo.text import fold
from ingest.outcome import Fault, Reject
from ingest.tables.book import Cell
from ingest.tables.columns import bare
from ingest.tables.numbers import Mark, decimal_mark, readings
from ingest.tables.values import FieldFault, parse_number
from ingest.tables.workbook import cell_fault, column_letters
from ingest.templates.match import Match, column_of
from ingest.templates.periods import Period, month_of, read_period
from ingest.templates.subjects import Subject, Subjects
from layers.indicators.store import Observed
from layers.sources.template_body import FormColumn, Status

PROVINCE = "51"
NO_VALUE = frozenset({"...", "…", "x", "-", "–", "—", "n/a", "na", "chua co", "chua co so lieu", "khong co so lieu"})
"""What a source writes where it has no number; stored as such, never as 0."""
FIGURES_AT_MOST = 2_000_000


class Entry(NamedTuple):
    """One cell that should be a figure: where it stands, whose it is, what it gives, for when."""

    row: int
    at: int
    label: str
    column: FormColumn
    period: Period
    cell: Cell


@dataclass
class Figures:
    """What the rows came to. `lines` counts figures met: stored ones, blanks (`ignored`) and refused ones.

    `totals` are rows that sum others up, by (column's title, period): (row, value). `units`: label, code, name.
    """

    observed: list[Observed] = field(default_factory=list)
    columns: dict[str, FormColumn] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    totals: dict[tuple[str, Period], tuple[int, Decimal]] = field(default_factory=dict)
    units: dict[str, Subject] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    lines: int = 0

    def refuse(self, entry: Entry, reason: str, fault: Fault, title: str) -> None:
        """Keep what was refused, with its bytes."""
        named = fault if fault.field else fault._replace(field=title)
        told = Reject(reason, f"row {entry.row}, {title}: {fault.en}", raw_of(entry), entry.row, faults=(named,))
        self.rejects.append(told)


def first_day(column: FormColumn, period: Period) -> date:
    """From when on a column's figures count: the period's first day, or that of its year."""
    return period.since.replace(month=1, day=1) if column.span == "year_to_date" else period.since


def raw_of(entry: Entry) -> bytes:
    """The cell as it came, with what it was taken for."""
    return orjson.dumps({"row": entry.row, "subject": entry.label, "column": entry.column.title, "cell": entry.cell})


def read_figures(match: Match, period: Period, subjects: Subjects, status: Status) -> Figures:
    """Every figure of a form, under the period and status that hold for the file."""
    found, reader = Figures(), _Reader(match, subjects, status)
    for row, cells in match.rows():
        for entry in reader.entries(found, row, cells, period):
            found.lines += 1
            reader.take(found, entry)
    _refuse_repeats(found)
    return found


class _Reader:
    """Reads the rows of one form."""

    def __init__(self, match: Match, subjects: Subjects, status: Status) -> None:
        self._match, self._body, self._subjects, self._status = match, match.body, subjects, status
        self._totals = {bare(title) for title in self._body.totals}
        self._skip = {bare(title) for title in self._body.skip}
        self._marks = _marks(match)

    def entries(self, found: Figures, row: int, cells: tuple[Cell, ...], period: Period) -> Iterator[Entry]:
        """The figures a row holds; a row that is a heading or a remark holds none and is counted."""
        label = self._label(cells)
        places = list(self._places(found, row, cells, (label, period)))
        if not any(_filled(self._match, entry) for entry in places):
            if label and bare(label) not in self._totals:
                found.ignored["heading"] += 1
                found.lines += 1
            return
        if bare(label) in self._skip:
            found.ignored["subtotal"] += len(places)
            found.lines += len(places)
            return
        yield from places

    def take(self, found: Figures, entry: Entry) -> None:
        """Understand one figure."""
        column = entry.column
        if (error := self._match.page.faults.get((entry.row, entry.at + 1))) is not None:
            where = f"{column_letters(entry.at + 1)}{entry.row}"
            found.refuse(entry, "bad_row", cell_fault(column.title, where, error), column.title)
            return
        if entry.cell is None:
            found.ignored["blank"] += 1
            return
        try:
            value = self._value(entry)
        except FieldFault as fault:
            found.refuse(entry, "bad_field", Fault(column.title, str(fault), fault.vi), column.title)
            return
        if bare(entry.label) in self._totals and self._body.subject.column is not None:
            self._take_total(found, entry, value)
        else:
            self._take_value(found, entry, value)

    def _take_total(self, found: Figures, entry: Entry, value: Decimal | None) -> None:
        """A total is kept as what the source says of the whole province, apart from what it sums up."""
        if value is not None:
            found.totals[entry.column.title, entry.period] = (entry.row, value)
        found.observed.append(self._observed(entry, value, ("province", PROVINCE)))

    def _take_value(self, found: Figures, entry: Entry, value: Decimal | None) -> None:
        subject = self._subject(found, entry)
        if isinstance(subject, Fault):
            reason = "unknown_unit" if self._body.subject.kind == "unit" else "unknown_subject"
            found.refuse(entry, reason, subject, self._body.subject.column or "")
            return
        found.observed.append(self._observed(entry, value, (self._body.subject.kind, subject.code)))
        found.columns[entry.column.indicator or ""] = entry.column

    def _subject(self, found: Figures, entry: Entry) -> Subject | Fault:
        wanted = self._body.subject
        if wanted.column is None:
            return Subject(wanted.code or PROVINCE, "")
        if not entry.label:
            return Fault(
                None, "figures and no name of whose they are; write it", "có số liệu mà không ghi tên; ghi tên"
            )
        if entry.label in found.units:
            return found.units[entry.label]
        subject = self._subjects.find(entry.label)
        if isinstance(subject, Subject):
            found.units[entry.label] = subject
        return subject

    def _observed(self, entry: Entry, value: Decimal | None, whose: tuple[str, str]) -> Observed:
        column, period = entry.column, entry.period
        since = first_day(column, period)
        status = column.status if column.status and self._status != "estimate" else self._status
        assert column.indicator is not None  # others give no entry
        return Observed(
            *(column.indicator, *whose, since, period.until, value, column.unit, status, entry.row, raw_of(entry))
        )

    def _label(self, cells: tuple[Cell, ...]) -> str:
        at = self._match.positions.get(self._body.subject.column or "")
        if at is None:
            return ""
        return "" if at >= len(cells) or cells[at] is None else " ".join(str(cells[at]).split())

    def _places(self, found: Figures, row: int, cells: tuple[Cell, ...], said: tuple[str, Period]) -> Iterator[Entry]:
        label, period = said
        if self._body.shape == "wide":
            for column in self._body.columns:
                at = self._match.positions.get(column.title)
                if at is not None and column.indicator is not None:
                    yield Entry(row, at, label, column, period, _cell(cells, at))
            return
        named = str(_cell(cells, self._match.positions[self._body.indicator_column or ""]) or "")
        meant = column_of(self._body.columns, named) if named else None
        if self._body.shape == "months":
            places = {at: month_of(period.since.year, month) for at, month in self._match.months.items()}
        else:
            places = {self._match.positions[self._body.value_column or ""]: self._own_period(cells, period)}
        for at, when in places.items():
            cell = _cell(cells, at)
            if meant is None and cell is not None and named:
                self._refuse_unknown(found, Entry(row, at, label, FormColumn(title=named), period, cell))
            elif meant is not None and meant.indicator is not None and when is not None:
                yield Entry(row, at, label, meant, when, cell)

    def _own_period(self, cells: tuple[Cell, ...], period: Period) -> Period:
        """The period a row tells of itself, in a form that has a column for it."""
        at = self._match.positions.get(self._body.period.column or "")
        told = None if at is None else read_period(str(_cell(cells, at) or ""), self._body.period.every)
        return told or period

    def _refuse_unknown(self, found: Figures, entry: Entry) -> None:
        if not readings(str(entry.cell)):
            return
        said = entry.column.title
        en = f"{said!r} is no indicator of this template; add it to the template, or take the row out"
        found.lines += 1
        found.refuse(entry, "unknown_indicator", Fault(None, en, f"mẫu biểu không có chỉ tiêu ‘{said}’"), said)

    def _value(self, entry: Entry) -> Decimal | None:
        """The number of a cell; None where the source says that it has none. FieldFault says what is wrong."""
        cell, column = entry.cell, entry.column
        if isinstance(cell, str):
            if "\0" in cell:
                raise FieldFault(f"{column.title}: holds a NUL character; write it again", "có ký tự NUL; gõ lại")
            if fold(cell) in NO_VALUE:
                return None
        mark = self._marks.get(entry.at)
        text = cell.strip().rstrip("%").strip() if isinstance(cell, str) else cell
        told = readings(text).get(mark) if mark is not None and isinstance(text, str) else None
        number = parse_number(column.title, told if told is not None else text, whole=column.whole)
        if column.whole and number != int(number):
            raise FieldFault(f"{column.title}: {cell!r} is not a whole number", f"‘{cell}’ không phải là số nguyên")
        for limit, below in ((column.low, True), (column.high, False)):
            if limit is not None and ((number < limit) if below else (number > limit)):
                vi = f"{number:g} {'nhỏ' if below else 'lớn'} hơn {limit:g}; xem lại số, cột và đơn vị tính"
                en = f"{column.title}: {number:g} is {'below' if below else 'above'} {limit:g}; check number and column"
                raise FieldFault(en, vi)
        return Decimal(format(number, ".15g"))


def _cell(cells: tuple[Cell, ...], at: int) -> Cell:
    return cells[at] if at < len(cells) else None


def _filled(match: Match, entry: Entry) -> bool:
    return entry.cell is not None or (entry.row, entry.at + 1) in match.page.faults


def _marks(match: Match) -> Mapping[int, Mark]:
    """The decimal mark that each column shows."""
    texts: dict[int, list[str]] = {}
    for _, cells in match.rows():
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and ("." in cell or "," in cell):
                texts.setdefault(at, []).append(cell)
    return {at: mark for at, column in texts.items() if (mark := decimal_mark(column)) is not None}


def _refuse_repeats(found: Figures) -> None:
    """A figure that stands twice is refused both times: nobody knows which is meant.

    In January the month and the year to date are one figure: said twice in a row, alike, it is said once.
    """
    _join_alike(found)
    places: dict[tuple[object, ...], list[int | None]] = {}
    for observed in found.observed:
        places.setdefault(observed.key, []).append(observed.row_no)
    twice = {key: rows for key, rows in places.items() if len(rows) > 1}
    if not twice:
        return
    for observed in found.observed:
        if (rows := twice.get(observed.key)) is not None:
            listed = ", ".join(str(row) for row in rows)
            fault = Fault(
                None,
                f"rows {listed} give the same figure of {observed.subject}; leave one",
                f"các dòng {listed} cùng ghi số của một đơn vị ({observed.subject}); giữ một dòng",
            )
            detail = f"row {observed.row_no}: {fault.en}"
            found.rejects.append(Reject("repeated_unit", detail, observed.raw, observed.row_no, faults=(fault,)))
    found.observed = [observed for observed in found.observed if observed.key not in twice]


def _join_alike(found: Figures) -> None:
    kept: dict[tuple[object, ...], Observed] = {}
    for observed in found.observed:
        kept.setdefault((observed.key, observed.row_no, observed.value), observed)
    found.ignored["said_twice"] += len(found.observed) - len(kept)
    found.ignored += Counter()
    found.observed = list(kept.values())


def refuse_future(found: Figures, today: date) -> None:
    """Figures of a period that has not begun are refused."""
    ahead = [observed for observed in found.observed if observed.period_from > today]
    found.observed = [observed for observed in found.observed if observed.period_from <= today]
    for observed in ahead:
        said = f"{observed.period_from:%m/%Y}"
        fault = Fault(None, f"month {said} has not begun; leave it blank", f"tháng {said} chưa tới; để trống ô này")
        detail = f"row {observed.row_no}: {fault.en}"
        found.rejects.append(Reject("future_period", detail, observed.raw, observed.row_no, faults=(fault,)))

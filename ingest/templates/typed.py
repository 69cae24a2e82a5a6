"""Figures typed in where there is no file: one indicator, one period, its subjects, made a workbook like any other.

From there on it goes the way of every form: read, shown, held against totals, kept with its bytes.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import openpyxl
import psycopg
from psycopg.rows import namedtuple_row

from geo.errors import BadInput, NotFound
from ingest.templates.periods import Period, read_asked
from ingest.templates.subjects import Subject, read_subjects
from layers.indicators.catalogue import PERIODS, SUMMED
from layers.sources.template_body import FormColumn, FormPeriod, FormSubject, Said, TemplateBody
from layers.sources.templates import Template

NAME = "nhap_tay"
WHOSE, TOTAL, WHOLE = "Đơn vị", "Tổng số", "Toàn tỉnh"
PROVINCE = "51"
LEVELS = ("commune", "former_district", "district")
_INDICATOR = """
SELECT code, name_vi, name_en, kind, unit, period, accumulation, subjects FROM indicator
WHERE code = %s AND superseded_at IS NULL
"""
_KNOWN = "SELECT DISTINCT subject FROM figure WHERE indicator = %s AND subject_kind = %s ORDER BY 1"
_NOW = """
SELECT subject, value, status, pending FROM figure
WHERE indicator = %s AND subject_kind = %s AND period_from = %s AND period_to = %s
"""


class Sheet(NamedTuple):
    """What may be typed: the form, its period, whose figures, and what is shown of each now (value, status, mark)."""

    form: Template
    period: Period
    subjects: list[Subject]
    now: dict[str, tuple[Any, str, bool]]


def whose_of(connection: psycopg.Connection, indicator: str) -> list[str]:
    """For whom an indicator may be typed in: `unit:commune`, `province`, `agency` …, as its catalogue says."""
    return list(_indicator(connection, indicator).subjects)


def open_sheet(connection: psycopg.Connection, source: str, asked: tuple[str, str, str], now: datetime) -> Sheet:
    """The sheet of (indicator, whose, period as in 2026-10). BadInput for what cannot be typed in."""
    indicator, whose, period = asked
    row = _indicator(connection, indicator)
    every = PERIODS[row.period]
    told = read_asked(period, every) if every else None
    if told is None:
        raise BadInput(f"period={period!r}: this indicator is told by {row.period}; write 2026-10, 2026-Q3 or 2026",
                       field="period")  # fmt: skip
    if whose not in row.subjects:
        raise BadInput(f"whose={whose!r}: use one of {', '.join(row.subjects)}", field="whose")
    subject, subjects = _subjects(connection, indicator, whose, told.since)
    form = Template(0, 1, now, "opsmap", _body(source, row, subject))
    return Sheet(form, told, subjects, _shown(connection, form.body, told))


def write_sheet(sheet: Sheet, rows: Sequence[tuple[str, float | str | None]], total: float | None) -> bytes:
    """The workbook of what was typed: (subject's code or name, value); blank rows say nothing."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    page: Any = book.active
    page.append([f"SỐ LIỆU NHẬP TAY {sheet.period.title().upper()}"])
    page.append([WHOSE, sheet.form.body.columns[0].title])
    names = {subject.code: subject.name for subject in sheet.subjects}
    for subject, value in rows:
        if value not in (None, ""):
            page.append([_label(sheet, subject, names), value])
    if total is not None:
        page.append([TOTAL, total])
    book.save(out)
    return out.getvalue()


def _label(sheet: Sheet, subject: str, names: dict[str, str]) -> str:
    """Units by code, which no other unit of the day has; others as their form names them."""
    return subject if sheet.form.body.subject.kind == "unit" else names.get(subject, subject)


def _indicator(connection: psycopg.Connection, code: str) -> Any:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        row = cursor.execute(_INDICATOR, (code,)).fetchone()
    if row is None:
        raise NotFound(f"indicator={code[:60]!r}: not in the catalogue; see /api/indicators", field="indicator")
    return row


def _subjects(
    connection: psycopg.Connection, indicator: str, whose: str, on: date
) -> tuple[FormSubject, list[Subject]]:
    kind, _, level = whose.partition(":")
    if kind == "unit":
        if level not in LEVELS:
            raise BadInput(f"whose={whose!r}: units of {', '.join(LEVELS)} can be typed in", field="whose")
        wanted = FormSubject(kind="unit", level=level, column=WHOSE)  # type: ignore[arg-type]
        return wanted, read_subjects(connection, wanted, on).all()
    if kind == "province":
        found = [Subject(PROVINCE, WHOLE)]
    else:
        found = [Subject(code, code) for (code,) in connection.execute(_KNOWN, (indicator, kind))]
    names = {subject.name: subject.code for subject in found}
    if not names:
        raise BadInput(f"whose={whose!r}: nobody of these is known yet; bring a file first", field="whose")
    return FormSubject(kind=kind, column=WHOSE, names=names), found  # type: ignore[arg-type]


def _body(source: str, row: Any, subject: FormSubject) -> TemplateBody:
    title = f"{row.name_vi} ({row.unit})" if row.unit else row.name_vi
    span: Any = "year_to_date" if row.accumulation == "year_to_date" else "period"
    column = FormColumn(title=title, indicator=row.code, unit=row.unit, span=span, sums=row.kind in SUMMED)
    every: Any = PERIODS[row.period]
    return TemplateBody(
        name=NAME,
        source=source,
        title=Said(vi=f"Nhập tay: {row.name_vi}", en=f"Typed in: {row.name_en}"),
        valid_from=date(2000, 1, 1),
        subject=subject,
        period=FormPeriod(every=every, told_by=("ask",)),
        status="preliminary",
        columns=(column,),
        totals=() if subject.kind == "province" else (TOTAL,),
    )


def _shown(connection: psycopg.Connection, body: TemplateBody, period: Period) -> dict[str, tuple[Any, str, bool]]:
    column = body.columns[0]
    since = period.since.replace(month=1, day=1) if column.span == "year_to_date" else period.since
    rows = connection.execute(_NOW, (column.indicator, body.subject.kind, since, period.until))
    return {subject: (value, status, pending) for subject, value, status, pending in rows}

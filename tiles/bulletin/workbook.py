"""A report as XLSX: a sheet a section, numbers as numbers, times as times of Việt Nam; the same bytes every time."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from geo.clock import LOCAL
from tiles.bulletin.lines import Content, preface, sources, title
from tiles.bulletin.say import BEFORE, DIGITS, NO_DATA, SAME, Lang, column_title, pick, word

FORMATS = {0: "#,##0", 1: "#,##0.0", 2: "#,##0.00"}
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
"""What no sheet may be called by."""
CHANGE = {"vi": "chênh lệch", "en": "difference"}


def report_xlsx(content: Content, lang: Lang, seal: str) -> bytes:
    """The workbook. The first sheet says what it is, of when, from which sources, and by which hash."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made = datetime.fromisoformat(content["made_at"]).replace(tzinfo=None)
    book.set_properties({"title": title(content, lang), "created": made})
    _first(book, content, lang, seal)
    for number, section in enumerate(content["sections"], 1):
        _sheet(
            book, content, section, f"{number}. {pick(section['title'], lang)}".translate(FORBIDDEN)[:31].strip(), lang
        )
    book.close()
    return out.getvalue()


def _first(book: Any, content: Content, lang: Lang, seal: str) -> None:
    sheet = book.add_worksheet({"vi": "Báo cáo", "en": "Report"}[lang])
    sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True}))
    sheet.write_string(0, 0, title(content, lang), book.add_format({"bold": True, "font_size": 14, "text_wrap": True}))
    for row, line in enumerate([*preface(content, lang), sources(content, lang), seal], 1):
        sheet.write_string(row, 0, line)


def _sheet(book: Any, content: Content, section: Mapping[str, Any], name: str, lang: Lang) -> None:
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 30, 16)
    sheet.freeze_panes(1, 1)
    columns = _columns(content, section, lang)
    for place, (heading, _, _) in enumerate(columns):
        sheet.write_string(0, place, heading, bold)
    rows = [*section["rows"], *([section["total"]] if section["total"] else [])]
    for line, row in enumerate(rows, 1):
        for place, (_, form, read) in enumerate(columns):
            _write(book, sheet, (line, place), read(row), form, lang)
    if section["note"]:
        sheet.write_string(len(rows) + 2, 0, pick(section["note"], lang))


def _columns(content: Content, section: Mapping[str, Any], lang: Lang) -> list[tuple[str, str, Any]]:
    """Each column: its heading, its form, and how it is read from a row."""
    if section["sort"] == "records":
        return [(column_title(c, lang), c["form"], _reader("values", c["name"])) for c in section["columns"]]
    found = [(pick(section["row_title"], lang), "text", lambda row: pick(row["title"], lang))]
    kind = content["period"]["kind"]
    for column in section["columns"]:
        title_, name, form = column_title(column, lang), column["name"], column["form"]
        found.append((title_, form, _reader("values", name)))
        for names, other in ((BEFORE, "before"), (SAME, "same")):
            found.append((f"{title_}, {word(names[kind], lang)}", form, _reader(other, name)))
            found.append((f"{title_}, {CHANGE[lang]}", form, _changer(other, name)))
    return found


def _reader(which: str, name: str) -> Any:
    return lambda row: None if row[which] is None else row[which][name]


def _changer(other: str, name: str) -> Any:
    return lambda row: None if row[other] is None else row["values"][name] - row[other][name]


def _write(book: Any, sheet: Any, place: tuple[int, int], value: Any, form: str, lang: Lang) -> None:
    if value is None:
        if form in DIGITS:
            sheet.write_string(*place, word(NO_DATA, lang))
    elif form in DIGITS and not isinstance(value, Mapping):
        sheet.write_number(*place, value, _format(book, FORMATS[DIGITS[form]]))
    elif form == "time":
        local = datetime.fromisoformat(value).astimezone(LOCAL).replace(tzinfo=None, second=0, microsecond=0)
        sheet.write_datetime(*place, local, _format(book, "dd/mm/yyyy hh:mm"))
    else:
        sheet.write_string(*place, pick(value, lang) if isinstance(value, Mapping) else str(value))


def _format(book: Any, words: str) -> Any:
    """One format object a wording: a workbook may have only so many."""
    known: dict[str, Any] = book.__dict__.setdefault("opsmap_formats", {})
    if words not in known:
        known[words] = book.add_format({"num_format": words})
    return known[words]

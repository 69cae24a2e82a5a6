"""A report as HTML for `tiles.paper.pdf.make_pdf`."""

from collections.abc import Mapping
from typing import Any

from tiles.bulletin.lines import Content, preface, sources, title
from tiles.bulletin.say import BEFORE, SAME, Lang, column_title, pick, say, say_difference, word
from tiles.paper.blocks import Safe, heading, join, paragraph, table, text

NOTHING = {"vi": "Không có.", "en": "None."}
SHORT = 24
ZERO = {"vi": "Bằng 0 trong kỳ này và các kỳ so sánh", "en": "0 in this period and those it is compared with"}


def report_html(content: Content, lang: Lang, seal: str) -> Safe:
    """The body: title, what it covers, a table a section, sources."""
    head = [heading(title(content, lang), 1), *(paragraph(line, "quiet") for line in preface(content, lang))]
    parts = [part for section in content["sections"] for part in _section(content, section, lang)]
    return join([*head, *parts, paragraph(sources(content, lang), "quiet"), paragraph(seal, "quiet")])


def _section(content: Content, section: Mapping[str, Any], lang: Lang) -> list[Safe]:
    records = section["sort"] == "records"
    counted = f" ({section['count']})" if records and section.get("numbered", True) else ""
    parts = [heading(pick(section["title"], lang) + counted)]
    parts += _records(section, lang) if records else _figures(content, section, lang)
    return [*parts, paragraph(pick(section["note"], lang), "quiet")] if section["note"] else parts


def _records(section: Mapping[str, Any], lang: Lang) -> list[Safe]:
    columns = section["columns"]
    rows = [[_said(row["values"][c["name"]], c["form"], lang) for c in columns] for row in section["rows"]]
    head = [column_title(c, lang) for c in columns]
    if section.get("numbered", True):
        head = [{"vi": "TT", "en": "No."}[lang], *head]
        rows = [[text(str(n)), *row] for n, row in enumerate(rows, 1)]
    else:
        rows = [[_on_one_line(row[0]), *row[1:-1], _on_one_line(row[-1])] for row in rows]
    return [table(head, rows, "tight") if rows else paragraph(NOTHING[lang])]


def _said(value: Any, form: str, lang: Lang) -> Safe:
    """A value; an address breaks anywhere, small."""
    said = text(say(value, form, lang))
    return Safe(f'<span class="hash">{said}</span>') if form == "link" else said


def _on_one_line(said: Safe) -> Safe:
    return Safe(f'<span class="nw">{said}</span>') if len(said) < SHORT else said


def _figures(content: Content, section: Mapping[str, Any], lang: Lang) -> list[Safe]:
    """The table; rows in which everything is and was nothing are named under it."""
    told = [row for row in section["rows"] if not is_nothing(row)]
    quiet = [pick(row["title"], lang) for row in section["rows"] if is_nothing(row)]
    rows = [*told, *([section["total"]] if section["total"] and told else [])]
    head = [pick(section["row_title"], lang), *(column_title(c, lang) for c in section["columns"])]
    kind = content["period"]["kind"]
    cells = [[pick(row["title"], lang), *(_cell(row, c, kind, lang) for c in section["columns"])] for row in rows]
    parts = [table(head, cells, "tight")] if cells else []
    return [*parts, paragraph(f"{ZERO[lang]}: {'; '.join(quiet)}.", "quiet")] if quiet else parts


def is_nothing(row: Mapping[str, Any]) -> bool:
    """Whether a row is 0 throughout, and was in the periods it is compared with."""
    return not any(value for values in (row["values"], row["before"], row["same"]) for value in (values or {}).values())


def _cell(row: Mapping[str, Any], column: Mapping[str, Any], kind: str, lang: Lang) -> Safe:
    """A figure, and small under it what it was in the periods before."""
    name, form = column["name"], column["form"]
    lines = [text(say(row["values"][name], form, lang))]
    for names, other in ((BEFORE, "before"), (SAME, "same")):
        if row[other] is not None:
            gone = say_difference(row["values"][name], row[other][name], form, lang)
            was = f"{word(names[kind], lang)} {say(row[other][name], form, lang)} ({gone})"
            lines.append(Safe(f'<div style="font-size: 6.6pt; color: #52606d">{text(was)}</div>'))
    return join(lines)

"""A report as HTML for `tiles.paper.pdf.make_pdf`."""

from collections.abc import Mapping
from typing import Any

from tiles.bulletin.lines import Content, preface, sources, title
from tiles.bulletin.say import BEFORE, SAME, Lang, column_title, pick, say, say_difference, word
from tiles.paper.blocks import Safe, heading, join, paragraph, table

NOTHING = {"vi": "Không có.", "en": "None."}


def report_html(content: Content, lang: Lang, seal: str) -> Safe:
    """The body: title, what it covers, a table a section, sources."""
    head = [heading(title(content, lang), 1), *(paragraph(line, "quiet") for line in preface(content, lang))]
    parts = [part for section in content["sections"] for part in _section(content, section, lang)]
    return join([*head, *parts, paragraph(sources(content, lang), "quiet"), paragraph(seal, "quiet")])


def _section(content: Content, section: Mapping[str, Any], lang: Lang) -> list[Safe]:
    records = section["sort"] == "records"
    counted = f" ({section['count']})" if records else ""
    parts = [heading(pick(section["title"], lang) + counted)]
    if records and not section["rows"]:
        parts.append(paragraph(NOTHING[lang]))
    else:
        parts.append(table(*(_records(section, lang) if records else _figures(content, section, lang)), "tight"))
    return [*parts, paragraph(pick(section["note"], lang), "quiet")] if section["note"] else parts


def _records(section: Mapping[str, Any], lang: Lang) -> tuple[list[str], list[list[str]]]:
    columns = section["columns"]
    rows = [[say(row["values"][c["name"]], c["form"], lang) for c in columns] for row in section["rows"]]
    number = {"vi": "TT", "en": "No."}[lang]
    return [number, *(column_title(c, lang) for c in columns)], [[str(n), *row] for n, row in enumerate(rows, 1)]


def _figures(content: Content, section: Mapping[str, Any], lang: Lang) -> tuple[list[str], list[list[str]]]:
    rows = [*section["rows"], *([section["total"]] if section["total"] else [])]
    head = [pick(section["row_title"], lang), *(column_title(c, lang) for c in section["columns"])]
    kind = content["period"]["kind"]
    return head, [[pick(row["title"], lang), *(_cell(row, c, kind, lang) for c in section["columns"])] for row in rows]


def _cell(row: Mapping[str, Any], column: Mapping[str, Any], kind: str, lang: Lang) -> str:
    """A figure, and under it what it was in the periods before."""
    name, form = column["name"], column["form"]
    lines = [say(row["values"][name], form, lang)]
    for names, other in ((BEFORE, "before"), (SAME, "same")):
        if row[other] is not None:
            gone = say_difference(row["values"][name], row[other][name], form, lang)
            lines.append(f"{word(names[kind], lang)} {say(row[other][name], form, lang)} ({gone})")
    return "\n".join(lines)

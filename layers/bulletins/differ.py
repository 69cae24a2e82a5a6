"""What of a report is otherwise by now: late batches, late entries, corrections. Cell by cell, nothing summed up."""

from typing import Any

from layers.bulletins.make import Content


def find_differences(then: Content, now: Content) -> list[Content]:
    """Every value that differs between two makings of one report: section, row, column, `was` and `now`.

    A row that is new or gone has no column. Sections that only one of them has are not compared.
    """
    later = {section["name"]: section for section in now["sections"]}
    return [one for s in then["sections"] if s["name"] in later for one in _in_section(s, later[s["name"]])]


def _in_section(then: Content, now: Content) -> list[Content]:
    old, new = ({row["key"]: row for row in section["rows"]} for section in (then, now))
    found = [_row(then, new[key], None, "new") for key in new if key not in old]
    found += [_row(then, old[key], "gone", None) for key in old if key not in new]
    for key in (key for key in new if key in old):
        found += _in_row(then, old[key], new[key])
    return found


def _in_row(section: Content, old: Content, new: Content) -> list[Content]:
    told = []
    for column in section["columns"]:
        was, now = old["values"][column["name"]], new["values"][column["name"]]
        if was != now:
            told.append(_row(section, new, was, now) | {"column": column["name"], "column_title": column["title"]})
    return told


def _row(section: Content, row: Content, was: Any, now: Any) -> Content:
    title = row["title"] if section["sort"] == "figures" else {"vi": _name(row, "vi"), "en": _name(row, "en")}
    told = {"section": section["name"], "section_title": section["title"], "row": row["key"], "row_title": title}
    return told | {"column": None, "column_title": None, "was": was, "now": now}


def _name(row: Content, lang: str) -> str:
    """What a record is called: its first value in words."""
    first = next(iter(row["values"].values()), row["key"])
    return str(first[lang] if isinstance(first, dict) else first)

"""A report made for a period: plain values that can be kept, hashed and shown the same everywhere."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from geo.errors import NotFound
from layers.bulletins.fisheries.sources import LAST
from layers.bulletins.spec import FIGURES, NUMBERS, Asked, Column, Report, Rows, Section
from layers.sources.freshness import mark
from layers.spec import Text

Content = dict[str, Any]
_FIRST = "SELECT least(min(t_from), min(started_at)) FROM delivery"


def make(connection: Connection, report: Report, asked: Asked, *, boats: bool) -> Content:
    """The whole report. With `boats` false the sections that name boats are not even read.

    `before` and `same` of a figure are None where our data does not reach back that far.
    """
    first = data_since(connection)
    if not report.even_empty and (first is None or first >= asked.period.until):
        raise NotFound(f"date={asked.period.first}: nothing had been delivered by then; there is nothing to report",
                       field="date", title="Chưa có số liệu của kỳ này")  # fmt: skip
    sections = [_section(connection, s, asked, first) for s in report.sections if boats or not s.names_boats]
    told: Content = {"report": report.name, "title": _words(report.title), "period": _period(asked)}
    told |= {"known_at": _iso(asked.known_at), "made_at": _iso(asked.now), "data_since": _iso(first)}
    told["compared"] = [_period(one) if _covered(one, first) else None for one in compared(asked)]
    sources = _sources(connection, asked)
    told |= {"origin": mark({source["origin"] for source in sources}), "sources": sources}
    return told | {"coverage": _coverage(connection, report, asked), "sections": sections}


def data_since(connection: Connection) -> datetime | None:
    """How far back our data reaches: the first delivery, or the first position of any."""
    first: datetime | None = connection.execute(text(_FIRST)).scalar()
    return first


def compared(asked: Asked) -> tuple[Asked, Asked]:
    """The period before and the same days before, as asked of in the same state of knowledge."""
    return tuple(Asked(p, asked.known_at, asked.now) for p in (asked.period.before(), asked.period.same_days()))  # type: ignore[return-value]


def read_rows(connection: Connection, section: Section, asked: Asked) -> dict[str, dict[str, Any]]:
    """A section's rows by their key, as plain values; of figures every row there is."""
    given: Rows = [dict(row._mapping) for row in connection.execute(section.statement(asked))]
    told = given if section.reckon is None else section.reckon(given, asked)
    found = {row["key"]: _values(section, row) for row in told}
    if section.rows is None:
        return found
    none = dict.fromkeys((column.name for column in section.columns), 0)
    return {key: found.get(key, none) for key in section.rows} | {
        k: v for k, v in found.items() if k not in section.rows
    }


def _section(connection: Connection, section: Section, asked: Asked, first: datetime | None) -> Content:
    rows, names = read_rows(connection, section, asked), section.rows or {}
    made = [{"key": key, "title": _words(names[key] if key in names else Text(key, key)), "values": values}
            for key, values in rows.items()]  # fmt: skip
    told: Content = {"name": section.name, "title": _words(section.title), "sort": section.sort, "rows": made}
    told |= {"note": _words(section.note), "row_title": _words(section.row_title), "count": len(made)}
    told |= {
        "names_boats": section.names_boats,
        "numbered": section.numbered,
        "columns": [_column(column) for column in section.columns],
    }
    told["total"] = {"title": _words(section.total), "values": _sum(section, rows)} if section.total else None
    if section.sort == FIGURES:
        for name, one in zip(("before", "same"), compared(asked), strict=True):
            _compare(told, name, section, read_rows(connection, section, one) if _covered(one, first) else None)
    return told


def _compare(told: Content, name: str, section: Section, rows: Mapping[str, Any] | None) -> None:
    """Puts the values of another period beside each row, and the total's beside the total."""
    none = dict.fromkeys((column.name for column in section.columns), 0)
    for row in told["rows"]:
        row[name] = None if rows is None else rows.get(row["key"], none)
    if told["total"] is not None:
        told["total"][name] = None if rows is None else _sum(section, rows)


def _sum(section: Section, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    numbers = [column.name for column in section.columns if column.form in NUMBERS]
    return {name: sum(values[name] for values in rows.values()) for name in numbers}


def _values(section: Section, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {column.name: _plain(column, row) for column in section.columns}


def _plain(column: Column, row: Mapping[Any, Any]) -> Any:
    """One value as JSON has it: counts whole, hours to a millionth, moments in UTC, words in both languages."""
    if f"{column.name}_vi" in row:
        return {"vi": row[f"{column.name}_vi"], "en": row[f"{column.name}_en"]}
    value = row[column.name]
    if column.choices is not None and value is not None:
        return _words(column.choices.get(value, Text(value, value)))
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, Decimal | float):
        return int(value) if column.form in ("count", "money") else round(float(value), 6)
    return value


def _covered(asked: Asked, first: datetime | None) -> bool:
    """Whether our data reaches back to where a period begins."""
    return first is not None and first <= asked.period.since


def _period(asked: Asked) -> Content:
    period = asked.period
    told = {"kind": period.kind, "first": period.first.isoformat(), "last": period.last.isoformat()}
    return told | {"since": _iso(period.since), "until": _iso(period.until), "partial": period.partial}


def _coverage(connection: Connection, report: Report, asked: Asked) -> Content | None:
    if report.coverage is None:
        return None
    row = connection.execute(report.coverage(asked)).one()
    return {"heard": row.heard, "boats": row.boats}


def _sources(connection: Connection, asked: Asked) -> list[Content]:
    """Every source that has delivered by now: what came after the period may be about it, and marks it no less."""
    rows = connection.execute(text(LAST), {"until": asked.now})
    return [{"code": r.code, "title": {"vi": r.title_vi, "en": r.title_en}, "origin": r.origin,
             "last_at": _iso(r.last_at)} for r in rows if r.last_at is not None]  # fmt: skip


def _column(column: Column) -> Content:
    told = {"name": column.name, "title": _words(column.title), "form": column.form, "adds": column.adds}
    return told | {"unit": _words(column.unit)}


def _words(words: Text | None) -> Content | None:
    return None if words is None else {"vi": words.vi, "en": words.en}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()

"""The very rows a part of the scoreboard counts: periods, files, figures, refusals, or the source itself."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from layers.scores.facts import File, SourceFacts

MOST = 500
_CHANGED = """
SELECT o.id, o.indicator, o.subject, o.period_from, o.period_to, o.value, o.stored_at,
       coalesce(o.retracted_at, o.superseded_at) AS at, o.retracted_at IS NOT NULL AS retracted, o.delivery_id
FROM observation AS o WHERE o.delivery_id = ANY(%(ids)s) AND (o.superseded_at IS NOT NULL OR o.retracted_at IS NOT NULL)
ORDER BY o.id LIMIT %(most)s
"""
_CONTESTED = """
SELECT f.id, f.indicator, f.subject, f.period_from, f.period_to, f.value, f.stored_at AS at FROM figure AS f
WHERE f.contested AND f.period_to = ANY(%(ends)s) AND EXISTS (
    SELECT FROM observation AS o JOIN source AS s ON s.id = o.source_id
    WHERE s.code = %(source)s AND o.superseded_at IS NULL AND o.retracted_at IS NULL
      AND (o.indicator, o.period_to, o.period_from, o.subject_kind, o.subject)
        = (f.indicator, f.period_to, f.period_from, f.subject_kind, f.subject))
ORDER BY f.indicator, f.subject LIMIT %(most)s
"""
_OPEN = """
SELECT id, reason, detail, line_no, last_seen AS at, delivery_id FROM reject
WHERE state = 'open' AND delivery_id = ANY(%(ids)s) ORDER BY id LIMIT %(most)s
"""


class Row(NamedTuple):
    """One thing counted: of `of`, `good` are as they should be. `lineage` is the figure's own address."""

    what: str
    period_from: date | None
    period_to: date | None
    due: date | None
    state: str | None
    workdays: int
    at: datetime | None
    good: int
    of: int
    file: str | None
    delivery: int | None
    reject: int | None
    lineage: str | None
    note: str | None


EMPTY = Row("", None, None, None, None, 0, None, 0, 0, None, None, None, None, None)


def read_rows(connection: psycopg.Connection, facts: SourceFacts, key: tuple[str, str]) -> list[Row]:
    """What makes up a part of a source, what is wrong first; MOST at most. Nothing for a part without rows."""
    if key in (("du", "deliveries"), ("song", "on_time"), ("du", "subjects")):
        rows = _periods(facts, key)
    elif key == ("dung", "files"):
        rows = [
            EMPTY._replace(what=c.name, at=c.received_at, good=int(c.taken), of=1, note=c.detail) for c in facts.came
        ]
    elif key == ("dung", "uncorrected"):
        rows = _figures(connection, _CHANGED, {"ids": _deliveries(facts)})
    elif key == ("sach", "conflicts"):
        ends = sorted({period.state.until for period in facts.periods})
        rows = _figures(connection, _CONTESTED, {"ends": ends, "source": facts.source})
    elif key == ("sach", "rejects"):
        rows = _rejects(connection, _deliveries(facts))
    else:
        rows = [_file(file, key) for file in _files(facts)]
    return sorted((row for row in rows), key=lambda row: row.good >= row.of)[:MOST]


def _periods(facts: SourceFacts, key: tuple[str, str]) -> list[Row]:
    found = []
    for period in facts.periods:
        state = period.state
        good = state.state == "on_time" or (key == ("du", "deliveries") and state.state == "late")
        counted = (period.subjects, period.expected or 0) if key == ("du", "subjects") else (int(good), 1)
        file, delivery = next(((f.name, f.delivery_id) for f in reversed(period.files)), (None, None))
        row = Row(
            state.rule.template, state.since, state.until, state.due, state.state, state.workdays, state.received_at,
            *counted, file, delivery, None, None, state.paper,
        )  # fmt: skip
        found.append(row)
    return found


def _file(file: File, key: tuple[str, str]) -> Row:
    good, of = {
        ("dung", "accepted"): (file.accepted, file.read),
        ("dung", "sums"): (file.fitting, file.sums),
        ("sach", "duplicates"): (file.accepted - file.known, file.accepted),
    }.get(key, (0, 0))
    return EMPTY._replace(
        what=file.name, at=file.received_at, good=good, of=of, file=file.name, delivery=file.delivery_id
    )


def _figures(connection: psycopg.Connection, statement: str, asked: dict[str, Any]) -> list[Row]:
    rows = connection.cursor(row_factory=dict_row).execute(statement, asked | {"most": MOST})
    return [
        EMPTY._replace(
            what=f"{row['indicator']} · {row['subject']}",
            period_from=row["period_from"],
            period_to=row["period_to"],
            at=row["at"],
            of=1,
            delivery=row.get("delivery_id"),
            lineage=f"/api/lineage/observation/{row['id']}",
            note=None if row["value"] is None else f"{row['value'].normalize():f}",
        )
        for row in rows
    ]


def _rejects(connection: psycopg.Connection, ids: Sequence[int]) -> list[Row]:
    rows = connection.cursor(row_factory=dict_row).execute(_OPEN, {"ids": ids, "most": MOST})
    return [
        EMPTY._replace(
            what=row["reason"], at=row["at"], of=1, delivery=row["delivery_id"], reject=row["id"], note=row["detail"]
        )
        for row in rows
    ]


def _files(facts: SourceFacts) -> Iterable[File]:
    return (file for period in facts.periods for file in period.files)


def _deliveries(facts: SourceFacts) -> list[int]:
    return [file.delivery_id for file in _files(facts)]

"""Keeps the counts of epidemics as they came: new ones stored, known ones left, changed ones corrected by a new row."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import psycopg

from layers.indicators.store import Given

_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS stage_epidemic (disease text, measure text, unit text, day date, value int, row_no int)
ON COMMIT DELETE ROWS
"""
_SAME = "c.disease = s.disease AND c.measure = s.measure AND c.unit = s.unit AND c.day = s.day"
_CURRENT = "c.superseded_at IS NULL AND c.retracted_at IS NULL"
_FORGET_KNOWN = (
    f"DELETE FROM stage_epidemic AS s USING epidemic_count AS c WHERE {_SAME} AND {_CURRENT} AND c.value = s.value"  # noqa: S608
)
_SUPERSEDE = (
    f"UPDATE epidemic_count AS c SET superseded_at = %(now)s FROM stage_epidemic AS s WHERE {_SAME} AND {_CURRENT}"  # noqa: S608
)
_INSERT = """
INSERT INTO epidemic_count (disease, measure, unit, day, value, source_id, delivery_id, paper_id, row_no, heard_at,
                            stored_at)
SELECT disease, measure, unit, day, value, %(source)s, %(delivery)s, %(paper)s, row_no, %(heard)s, %(now)s
FROM stage_epidemic
"""
# What a count taken back had corrected stands again, if the paper it came with is still good.
_RESTORE = """
INSERT INTO epidemic_count (disease, measure, unit, day, value, source_id, delivery_id, paper_id, row_no, heard_at,
                            stored_at)
SELECT DISTINCT ON (c.disease, c.measure, c.unit, c.day) c.disease, c.measure, c.unit, c.day, c.value, c.source_id,
       c.delivery_id, c.paper_id, c.row_no, c.heard_at, %(now)s
FROM epidemic_count AS gone JOIN epidemic_count AS c
  ON (c.disease, c.measure, c.unit, c.day) = (gone.disease, gone.measure, gone.unit, gone.day) AND c.id < gone.id
LEFT JOIN paper AS p ON p.id = c.paper_id
WHERE gone.paper_id = %(paper)s AND gone.retracted_at = %(now)s AND c.retracted_at IS NULL
  AND (p.id IS NULL OR p.state = 'valid')
ORDER BY c.disease, c.measure, c.unit, c.day, c.id DESC
"""


class Count(NamedTuple):
    """`value` new cases or deaths (`measure`) of a disease in a commune (its code) on a day of Việt Nam."""

    disease: str
    measure: str
    unit: str
    day: date
    value: int
    row_no: int


Touched = set[tuple[str, str, date]]
"""Disease, measure and day of what has changed."""


def store_counts(connection: psycopg.Connection, counts: Sequence[Count], given: Given) -> tuple[int, Touched]:
    """Store what is new or changed, in the caller's transaction; (rows stored, what changed). No count twice."""
    connection.execute(_STAGE)
    with connection.cursor() as cursor, cursor.copy("COPY stage_epidemic FROM STDIN") as copy:
        for count in counts:
            copy.write_row(count)
    connection.execute(_FORGET_KNOWN)
    connection.execute(_SUPERSEDE, given.place)
    stored = connection.execute(_INSERT, given.place).rowcount
    touched = {*connection.execute("SELECT DISTINCT disease, measure, day FROM stage_epidemic")}
    connection.execute("TRUNCATE stage_epidemic")
    return stored, touched


def retract_counts(connection: psycopg.Connection, paper_id: int, now: datetime) -> tuple[int, Touched]:
    """Take back what a paper told; what it had corrected stands again. (How many, what changed.)"""
    gone = connection.execute(
        "UPDATE epidemic_count SET retracted_at = %s WHERE paper_id = %s AND superseded_at IS NULL"
        " AND retracted_at IS NULL RETURNING disease, measure, day",
        (now, paper_id),
    ).fetchall()
    connection.execute(_RESTORE, {"paper": paper_id, "now": now})
    return len(gone), set(gone)

"""Figures on which sources differ: each with every word, whose is shown and why; and people's decisions on them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Row, text

from geo.errors import BadInput, NotFound
from layers.database import ReadConnection
from layers.indicators.current import refresh_touched, touch

MOST = 500
AnyRow = Row[*tuple[Any, ...]]
_WANTED = """
FROM figure AS f LEFT JOIN figure_choice AS c ON c.superseded_at IS NULL AND c.indicator = f.indicator
  AND c.subject_kind = f.subject_kind AND c.subject = f.subject AND c.period_from = f.period_from
  AND c.period_to = f.period_to
WHERE f.contested AND f.subject_kind = 'facility' AND (:indicator = '' OR f.indicator = :indicator)
  AND (:state = ''
       OR :state = CASE WHEN c.id IS NULL THEN 'open' WHEN c.source_id IS NULL THEN 'left' ELSE 'chosen' END)
  AND (:subject = '' OR f.subject = :subject)
"""
_LIST = f"""
SELECT f.indicator, f.subject_kind, f.subject, f.period_from, f.period_to, f.value, f.source_id, f.stored_at,
       c.id AS choice, c.source_id AS chosen, c.stored_by AS chosen_by, c.reason, c.stored_at AS chosen_at
{_WANTED} ORDER BY c.id IS NOT NULL, f.period_to DESC, f.subject, f.indicator LIMIT :limit OFFSET :offset
"""
_COUNT = f"SELECT count(*) {_WANTED}"
_WORDS = """
SELECT indicator, subject, period_from, period_to, id, source_id, value, status, paper_id, delivery_id, stored_at
FROM observation WHERE superseded_at IS NULL AND retracted_at IS NULL AND subject_kind = 'facility'
  AND indicator = ANY(:indicators) AND subject = ANY(:subjects) ORDER BY source_id, id
"""
_NAMES = "SELECT DISTINCT ON (code) code, name FROM school WHERE superseded_at IS NULL AND code = ANY(:codes)"
_FIGURE = """
SELECT array_agg(DISTINCT source_id) FROM observation WHERE superseded_at IS NULL AND retracted_at IS NULL
  AND indicator = %(indicator)s AND subject_kind = %(subject_kind)s AND subject = %(subject)s
  AND period_from = %(period_from)s AND period_to = %(period_to)s
"""
_SUPERSEDE = (
    "UPDATE figure_choice SET superseded_at = %(now)s, superseded_by = %(by)s, superseded_reason = %(reason)s"
    " WHERE code = %(code)s AND superseded_at IS NULL"
)
_INSERT = """
INSERT INTO figure_choice (code, indicator, subject_kind, subject, period_from, period_to, source_id, stored_at,
                           stored_by, reason)
VALUES (%(code)s, %(indicator)s, %(subject_kind)s, %(subject)s, %(period_from)s, %(period_to)s, %(source_id)s, %(now)s,
        %(by)s, %(reason)s)
"""
_TOUCH = "SELECT %(indicator)s, %(period_to)s::date, %(period_from)s::date, %(subject_kind)s, %(subject)s"
STATES = ("open", "chosen", "left")


class Which(NamedTuple):
    """A figure by its key."""

    indicator: str
    subject_kind: str
    subject: str
    period_from: date
    period_to: date

    @property
    def code(self) -> str:
        """How decisions on it are called."""
        return ":".join(str(part) for part in self)


class Conflicts(NamedTuple):
    """Contested figures, every word on them, and what the subjects are called."""

    total: int
    rows: Sequence[AnyRow]
    words: Mapping[Which, Sequence[AnyRow]]
    names: Mapping[str, Any]


async def read_conflicts(connection: ReadConnection, asked: Mapping[str, str], page: tuple[int, int]) -> Conflicts:
    """Contested figures of facilities by `indicator`, `subject` and `state`; those without a decision first."""
    wanted = {name: asked.get(name, "") for name in ("indicator", "subject", "state")}
    if wanted["state"] and wanted["state"] not in STATES:
        raise BadInput(f"state={wanted['state']!r}: use one of {', '.join(STATES)}", field="state")
    total = (await connection.execute(text(_COUNT), wanted)).scalar_one()
    rows = (await connection.execute(text(_LIST), wanted | {"limit": page[0], "offset": page[1]})).all()
    subjects = sorted({r.subject for r in rows})
    told = {"indicators": sorted({r.indicator for r in rows}), "subjects": subjects}
    words: dict[Which, list[AnyRow]] = {}
    for word in (await connection.execute(text(_WORDS), told)).all():
        key = Which(word.indicator, "facility", word.subject, word.period_from, word.period_to)
        words.setdefault(key, []).append(word)
    names = {r.code: r for r in (await connection.execute(text(_NAMES), {"codes": subjects})).all()}
    return Conflicts(total, rows, words, names)


def decide(
    connection: psycopg.Connection, which: Which, source_id: int | None, by: tuple[str, str], now: datetime
) -> None:
    """Show that source's word from now on, or leave it as the policy says (None): a new row; the former stays.

    `by` is who and why. NotFound for a figure nobody told; BadInput for a source that has no word on it.
    """
    place = which._asdict() | {"code": which.code, "source_id": source_id, "now": now, "by": by[0], "reason": by[1]}
    row = connection.execute(_FIGURE, place).fetchone()
    if row is None or row[0] is None:
        raise NotFound("no source speaks of that figure", field="subject")
    if source_id is not None and source_id not in row[0]:
        raise BadInput("source: it has no word on that figure", field="source")
    connection.execute(_SUPERSEDE, place)
    connection.execute(_INSERT, place)
    touch(connection, _TOUCH, place)
    refresh_touched(connection)

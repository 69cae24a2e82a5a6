"""Keeps observations: new ones stored, known ones left, changed ones corrected by a new row.

What somebody must approve first (`approval_policy`) is stored beside the value in force and corrects only its like.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from geo.clock import local_date
from layers.indicators.current import KEY, PENDING, refresh_touched, touch

_FIGURES = ", ".join(KEY)
_OF_STAGE = f"SELECT DISTINCT {_FIGURES} FROM stage_observation"  # noqa: S608 - our own names
_OF_PAPER = f"SELECT DISTINCT {_FIGURES} FROM observation WHERE paper_id = %(paper)s AND retracted_at = %(now)s"  # noqa: S608
_COLUMNS = "indicator, subject_kind, subject, period_from, period_to, value, unit, status, row_no, raw, withheld"
_KEY = ("indicator", "subject_kind", "subject", "period_from", "period_to", "status")

_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS stage_observation (
    indicator text, subject_kind text, subject text, period_from date, period_to date, value numeric, unit text,
    status text, row_no int8, raw bytea, withheld int2, awaits text
) ON COMMIT DELETE ROWS
"""
_COPY = f"COPY stage_observation ({_COLUMNS}) FROM STDIN (FORMAT binary)".encode()
_TYPES = ("text", "text", "text", "date", "date", "numeric", "text", "text", "int8", "bytea", "int2")
_SAME = " AND ".join(f"o.{name} = s.{name}" for name in _KEY)
_KEY_OF_O = ", ".join(f"o.{name}" for name in _KEY)
_CURRENT = "o.superseded_at IS NULL AND o.retracted_at IS NULL"

_LIKE = f"{PENDING} = (s.awaits IS NOT NULL)"
# By the policy that says most: of the indicator and source, of the indicator, of the source, of everything.
_AWAIT = """
UPDATE stage_observation AS s SET awaits = p.mode FROM (
    SELECT DISTINCT ON (i.indicator) i.indicator, a.mode
    FROM (SELECT DISTINCT indicator FROM stage_observation) AS i JOIN approval_policy AS a
      ON a.indicator = i.indicator OR a.indicator IS NULL
    WHERE (a.of_source IS NULL OR a.of_source = (SELECT code FROM source WHERE id = %(source)s)) AND a.side = %(side)s
      AND a.superseded_at IS NULL AND a.valid_from <= %(today)s AND (a.valid_to IS NULL OR %(today)s < a.valid_to)
    ORDER BY i.indicator, a.indicator IS NULL, a.of_source IS NULL, a.valid_from DESC, a.id DESC
) AS p WHERE p.indicator = s.indicator AND p.mode <> 'auto'
"""
_SUBMIT = """
INSERT INTO submission (source_id, delivery_id, made_by, made_at)
SELECT %(source)s, %(delivery)s, %(by)s, %(now)s WHERE EXISTS (SELECT FROM stage_observation WHERE awaits IS NOT NULL)
ON CONFLICT DO NOTHING
"""
# What says the same as before is known, whatever paper repeats it; what waits is held against what waits, if any does.
_FORGET_KNOWN = f"""
DELETE FROM stage_observation AS s USING observation AS o
WHERE o.source_id = %(source)s AND {_SAME} AND {_CURRENT}
  AND o.value IS NOT DISTINCT FROM s.value AND o.unit = s.unit AND o.withheld IS NOT DISTINCT FROM s.withheld
  AND ({_LIKE} OR s.awaits IS NOT NULL AND NOT EXISTS (
      SELECT FROM observation AS w WHERE w.source_id = %(source)s AND {_SAME.replace("o.", "w.")}
        AND {_CURRENT.replace("o.", "w.")} AND {PENDING.replace("o.", "w.")}))
"""  # noqa: S608 - our own names
# … but a value of another paper then has two that it may stand on.
_REPEATED = f"""
INSERT INTO row_repeat (kind, row_id, paper_id, delivery_id, row_no, raw, heard_at, stored_at)
SELECT 'observation', o.id, coalesce(%(paper)s::int8, 0), %(delivery)s, s.row_no, s.raw, %(heard)s, %(now)s
FROM stage_observation AS s JOIN observation AS o ON o.source_id = %(source)s AND {_SAME} AND {_CURRENT}
WHERE o.value IS NOT DISTINCT FROM s.value AND o.unit = s.unit AND o.paper_id IS NOT NULL
  AND o.paper_id IS DISTINCT FROM %(paper)s::int8
ON CONFLICT DO NOTHING
"""  # noqa: S608
_SUPERSEDE = f"""
UPDATE observation AS o SET superseded_at = %(now)s FROM stage_observation AS s
WHERE o.source_id = %(source)s AND {_SAME} AND {_CURRENT} AND {_LIKE}
"""  # noqa: S608
_INSERT = f"""
INSERT INTO observation ({_COLUMNS}, awaits, source_id, paper_id, delivery_id, heard_at, stored_at)
SELECT {_COLUMNS}, awaits, %(source)s, %(paper)s, %(delivery)s, %(heard)s, %(now)s FROM stage_observation
"""  # noqa: S608
# What a value had corrected, or what another paper repeated, stands again once that value is taken back, if a paper
# that says so is still good: the last that said anything. The row leads to the paper it stands on now. What was never
# approved took nobody's place.
_RESTORE = f"""
WITH said AS (
    SELECT o.id, o.paper_id, o.delivery_id, o.row_no, o.raw, o.heard_at
    FROM observation AS s JOIN observation AS o ON o.source_id = s.source_id AND {_SAME} AND o.id < s.id
    WHERE s.paper_id = %(paper)s AND s.retracted_at = %(now)s AND o.superseded_at IS NOT NULL AND o.retracted_at IS NULL
      AND NOT {PENDING} AND NOT {PENDING.replace("o.", "s.")}
    UNION ALL
    SELECT o.id, nullif(r.paper_id, 0), r.delivery_id, r.row_no, r.raw, r.heard_at
    FROM observation AS s JOIN observation AS o ON o.source_id = s.source_id AND {_SAME} AND o.id <= s.id
    JOIN row_repeat AS r ON r.kind = 'observation' AND r.row_id = o.id AND r.superseded_at IS NULL
    WHERE s.paper_id = %(paper)s AND s.retracted_at = %(now)s AND NOT {PENDING.replace("o.", "s.")}
)
INSERT INTO observation ({_COLUMNS}, source_id, paper_id, delivery_id, heard_at, stored_at)
SELECT DISTINCT ON (o.source_id, {_KEY_OF_O}) {_KEY_OF_O.replace(", o.status", "")}, o.value, o.unit, o.status,
       said.row_no, said.raw, o.withheld, o.source_id, said.paper_id, said.delivery_id, said.heard_at, %(now)s
FROM said JOIN observation AS o ON o.id = said.id LEFT JOIN paper AS p ON p.id = said.paper_id
WHERE p.id IS NULL OR p.state = 'valid'
ORDER BY o.source_id, {_KEY_OF_O}, said.delivery_id DESC, o.id DESC
"""  # noqa: S608


class Observed(NamedTuple):
    """One value as a file or a message gives it; the days are [period_from, period_to) in Việt Nam."""

    indicator: str
    subject_kind: str
    subject: str
    period_from: date
    period_to: date
    value: Decimal | None
    unit: str
    status: str
    row_no: int | None
    raw: bytes
    withheld: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What may be said once only in one delivery."""
        return (*self[:5], self.status)


class Given(NamedTuple):
    """Whose, in which paper (if any), when it was told to us and when we store it (UTC).

    `by` is the account that brought it; None for a machine.
    """

    source_id: int
    delivery_id: int
    paper_id: int | None
    heard_at: datetime
    now: datetime
    by: str | None = None

    @property
    def place(self) -> dict[str, Any]:
        """The same as parameters of the statements that store."""
        return {
            "source": self.source_id,
            "delivery": self.delivery_id,
            "paper": self.paper_id,
            "heard": self.heard_at,
            "now": self.now,
        }


class Kept(NamedTuple):
    """`corrected` of the `stored` took the place of a former value."""

    stored: int
    known: int
    corrected: int


def store_observations(connection: psycopg.Connection, found: Sequence[Observed], given: Given) -> Kept:
    """Store what is new or changed, in the caller's transaction. No two of `found` may have one `key`."""
    place = given.place | {
        "by": given.by,
        "side": "machine" if given.by is None else "person",
        "today": local_date(given.now),
    }
    connection.execute(_STAGE)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for observed in found:
            copy.write_row(observed)
    connection.execute(_AWAIT, place)
    connection.execute(_REPEATED, place)
    known = connection.execute(_FORGET_KNOWN, place).rowcount
    corrected = connection.execute(_SUPERSEDE, place).rowcount
    connection.execute(_SUBMIT, place)
    stored = connection.execute(_INSERT, place).rowcount
    if stored:
        touch(connection, _OF_STAGE, {})
        refresh_touched(connection)
    connection.execute("TRUNCATE stage_observation")
    return Kept(stored, known, corrected)


def retract_observations(connection: psycopg.Connection, paper_id: int, by: int, now: datetime) -> int:
    """Take back what a paper published (`by` is the paper that revokes it); the rows stay. How many."""
    gone = connection.execute(
        "UPDATE observation SET retracted_at = %s, retracted_by = %s"
        " WHERE paper_id = %s AND superseded_at IS NULL AND retracted_at IS NULL",
        (now, by, paper_id),
    ).rowcount
    _refresh(connection, paper_id, now)
    return gone


def restore_observations(connection: psycopg.Connection, paper_id: int, now: datetime) -> int:
    """Let what a paper had corrected, or others repeated, stand again as new rows; how many.

    After `retract_observations` at `now`.
    """
    back = connection.execute(_RESTORE, {"paper": paper_id, "now": now}).rowcount
    _refresh(connection, paper_id, now)
    return back


def _refresh(connection: psycopg.Connection, paper_id: int, now: datetime) -> None:
    """Let the figures follow what a paper's revocation changed."""
    touch(connection, _OF_PAPER, {"paper": paper_id, "now": now})
    refresh_touched(connection)

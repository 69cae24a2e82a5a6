"""The figures in force: of every subject and period the best word, kept beside the observations by whoever writes them.

Best is a number before "no number", then whom people or the policy chose (`belief`), official before preliminary
before estimate, and what was stored last. A reader then takes a few rows by key; `best_sql`
gives the same from the observations themselves, for any moment.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import psycopg
from sqlalchemy import BigInteger, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.indicators.belief import BELIEVED, NOW, ORDER, THEN
from layers.versions import bump, notify

LAYER = "indicator"
"""What the live stream calls a change of figures."""


class Figure(Base):
    """The best current word on one subject and period; `id` is that observation's.

    `said`: how many words stand on it. `contested`: another source says otherwise with the same status. `pending`:
    nobody has approved it yet. `withheld` as in `observation`.
    """

    __tablename__ = "figure"
    __table_args__ = (
        Index("ix_figure_subject", "subject_kind", "subject", "period_to", "indicator"),
        Index("ix_figure_contested", "period_to", postgresql_where=text("contested")),
    )

    indicator: Mapped[str] = mapped_column(primary_key=True)
    period_to: Mapped[date] = mapped_column(primary_key=True)
    period_from: Mapped[date] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger)
    value: Mapped[Decimal | None]
    unit: Mapped[str]
    status: Mapped[str]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    said: Mapped[int] = mapped_column(SmallInteger)
    contested: Mapped[bool]
    pending: Mapped[bool] = mapped_column(server_default=text("false"))
    withheld: Mapped[int | None] = mapped_column(SmallInteger)


KEY = ("indicator", "period_to", "period_from", "subject_kind", "subject")
COLUMNS = (*KEY, "id", "value", "unit", "status", "source_id", "paper_id", "heard_at", "stored_at", "withheld")
_KEYS, _ALL = ", ".join(KEY), ", ".join(COLUMNS)
_OF_KEYS = ", ".join(f"o.{name}" for name in KEY)
_OF_O = ", ".join(f"o.{name}" for name in COLUMNS)
_SAME = " AND ".join(f"{{0}}.{name} = {{1}}.{name}" for name in KEY)
PENDING = "(o.awaits IS NOT NULL AND o.approved_at IS NULL)"
PENDING_THEN = "(o.awaits IS NOT NULL AND (o.approved_at IS NULL OR o.approved_at > :known))"
"""Words that nobody has approved, and those that nobody had at a moment `:known`."""
IN_FORCE = f"o.superseded_at IS NULL AND o.retracted_at IS NULL AND NOT ({PENDING} AND o.awaits = 'hide')"
AS_KNOWN = (
    "o.stored_at <= :known AND (o.superseded_at IS NULL OR o.superseded_at > :known)"
    f" AND (o.retracted_at IS NULL OR o.retracted_at > :known) AND NOT ({PENDING_THEN} AND o.awaits = 'hide')"
)
"""The words that are shown now, and those that were at a moment `:known`."""


def best_sql(condition: str, *, then: bool = False) -> str:
    """One row per subject and period, with the columns of `figure`, from the observations `o` under a condition.

    `then` where the condition speaks of a past moment `:known`: what awaited approval and led its like at that time.
    """
    pending, believed = (PENDING_THEN, BELIEVED.format(**THEN)) if then else (PENDING, BELIEVED.format(**NOW))
    return f"""
SELECT {_ALL}, said, contested, pending FROM (
    SELECT {_ALL}, said, pending, place, bool_or(
        status = best_status AND value IS DISTINCT FROM best_value AND source_id <> best_source
    ) OVER (PARTITION BY {_KEYS}) AS contested
    FROM (
        SELECT {_OF_O}, {pending} AS pending, row_number() OVER best AS place, (count(*) OVER every)::smallint AS said,
               first_value(o.status) OVER best AS best_status, first_value(o.value) OVER best AS best_value,
               first_value(o.source_id) OVER best AS best_source
        FROM observation AS o {believed} WHERE {condition}
        WINDOW every AS (PARTITION BY {_OF_KEYS}), best AS (PARTITION BY {_OF_KEYS} ORDER BY (o.value IS NULL), {ORDER},
            array_position(ARRAY['official', 'preliminary', 'estimate'], o.status), o.stored_at DESC, o.id DESC)
    ) AS ranked
) AS judged WHERE place = 1
"""  # noqa: S608 - our own names


_TOUCHED = """
CREATE TEMP TABLE IF NOT EXISTS touched_figure (
    indicator text, period_to date, period_from date, subject_kind text, subject text,
    PRIMARY KEY (indicator, period_to, period_from, subject_kind, subject)
) ON COMMIT DELETE ROWS
"""
_FORGET = f"DELETE FROM figure AS o USING touched_figure AS k WHERE {_SAME.format('k', 'o')}".encode()  # noqa: S608
_HERE = f"EXISTS (SELECT FROM touched_figure AS k WHERE {_SAME.format('k', 'o')})"


def touch(connection: psycopg.Connection, keys_sql: str, place: Mapping[str, object]) -> None:
    """Note which figures a change is about: `keys_sql` selects their KEY columns. Before `refresh_touched`."""
    connection.execute(_TOUCHED)
    connection.execute(f"INSERT INTO touched_figure ({_KEYS}) {keys_sql} ON CONFLICT DO NOTHING".encode(), place)


def refresh_touched(connection: psycopg.Connection) -> None:
    """Make the noted figures what the observations say now, in the transaction that changed those."""
    version = bump(connection, LAYER)  # and its lock: two sources may speak of one figure
    connection.execute("ANALYZE touched_figure")
    connection.execute(_FORGET)
    insert = f"INSERT INTO figure ({_ALL}, said, contested, pending) {best_sql(f'{IN_FORCE} AND {_HERE}')}"
    connection.execute(insert.encode())
    connection.execute("TRUNCATE touched_figure")
    notify(connection, {"layer": LAYER, "version": version})


def rebuild_figures(connection: psycopg.Connection) -> None:
    """Make every figure what the observations say: after a restore, or where they were written by other hands."""
    connection.execute("DELETE FROM figure")
    connection.execute(f"INSERT INTO figure ({_ALL}, said, contested, pending) {best_sql(IN_FORCE)}".encode())

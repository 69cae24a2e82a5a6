"""Which number is which boat: registers join by the number, and a boat that gets a new one stays the boat it was.

A number is compared without case, spaces, hyphens and dấu (`reg_key`), never by the boat's name. One number is one
boat for ever; a boat may bear several, one after the other, each from a day to a day.
"""

from collections.abc import Sequence
from datetime import datetime

import psycopg
from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.versions import bump
from layers.vessels.live import settle
from layers.vessels.registry import Vessel


class VesselNumber(Base):
    """One number of a boat, `[valid_from, valid_to)`; NULL where nobody said. `shown` is the number as written."""

    __tablename__ = "vessel_number"

    reg_key: Mapped[str] = mapped_column(primary_key=True)
    vessel_id: Mapped[int] = mapped_column(index=True)
    shown: Mapped[str]
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)


class RegisterRank(Base):
    """Which register is believed first; those without a rank follow in the order in which they first came."""

    __tablename__ = "register_rank"

    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    rank: Mapped[int] = mapped_column(SmallInteger)


_NOTE = """
INSERT INTO vessel_number (reg_key, vessel_id, shown, source_id, delivery_id)
SELECT DISTINCT ON (reg_key) reg_key, id, code, source_id, delivery_id FROM vessel
WHERE id = ANY(%(boats)s) AND superseded_at IS NULL ORDER BY reg_key, row_id
ON CONFLICT (reg_key) DO NOTHING
"""
# The number a boat bears today before one it bore, then the register believed first.
_BEST = """
SELECT DISTINCT ON (v.id) v.row_id FROM vessel AS v
LEFT JOIN vessel_number AS n ON n.reg_key = v.reg_key AND n.valid_to IS NULL
LEFT JOIN register_rank AS r ON r.source_id = v.source_id
WHERE v.id = ANY(%(boats)s) AND v.superseded_at IS NULL
ORDER BY v.id, n.reg_key IS NULL, r.rank NULLS LAST, v.source_id, v.row_id
"""
_FORMER = f"UPDATE vessel SET leads = false WHERE id = ANY(%(boats)s) AND leads AND row_id NOT IN ({_BEST})"  # noqa: S608
_LEADS = f"UPDATE vessel SET leads = true WHERE row_id IN ({_BEST}) AND NOT leads"  # noqa: S608


def settle_boats(connection: psycopg.Connection, boats: Sequence[int]) -> None:
    """Note the numbers of these boats and which register's row stands for each; whenever their rows change."""
    named = {"boats": list(boats)}
    for statement in (_NOTE, _FORMER, _LEADS):
        connection.execute(statement, named)


_CHANGES = """
SELECT c.old_key, c.new_key, c.old_no, c.new_no, c.t, c.source_id, c.delivery_id, o.vessel_id, n.vessel_id
FROM renumbering AS c LEFT JOIN vessel_number AS o ON o.reg_key = c.old_key
LEFT JOIN vessel_number AS n ON n.reg_key = c.new_key
WHERE c.superseded_at IS NULL AND c.old_key <> c.new_key AND coalesce(o.vessel_id, n.vessel_id) IS NOT NULL
  AND (o.vessel_id IS DISTINCT FROM n.vessel_id OR o.valid_to IS DISTINCT FROM c.t OR n.valid_from IS DISTINCT FROM c.t)
ORDER BY c.t, c.row_id
"""
_DATE = """
INSERT INTO vessel_number AS n (reg_key, vessel_id, shown, valid_from, valid_to, source_id, delivery_id)
VALUES (%(key)s, %(boat)s, %(shown)s, %(since)s, %(until)s, %(source)s, %(delivery)s)
ON CONFLICT (reg_key) DO UPDATE SET vessel_id = excluded.vessel_id,
    valid_from = coalesce(excluded.valid_from, n.valid_from), valid_to = coalesce(excluded.valid_to, n.valid_to)
"""


def follow_numbers(connection: psycopg.Connection, now: datetime) -> int:
    """Give boats the numbers that the renumberings on record say they got; how many were followed.

    A boat that stood under its new number as a boat of its own before the paper came becomes the one it always was.
    """
    done = 0
    for old, new, old_no, new_no, at, source, delivery, first, second in connection.execute(_CHANGES).fetchall():
        boat = first if first is not None else second
        if first is not None and second is not None and first != second:
            _join(connection, first, second, now)
        place = {"boat": boat, "source": source, "delivery": delivery}
        connection.execute(_DATE, place | {"key": old, "shown": old_no, "since": None, "until": at})
        connection.execute(_DATE, place | {"key": new, "shown": new_no, "since": at, "until": None})
        settle_boats(connection, [boat])
        done += 1
    return done


_COPY = """
INSERT INTO vessel ({columns}, id, stored_at, leads)
SELECT {columns}, %(keep)s, %(now)s, false FROM vessel WHERE id = %(gone)s AND superseded_at = %(now)s
"""
_LINKS = """
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, valid_to, source_id)
SELECT transmitter_id, %(keep)s, valid_from, valid_to, source_id FROM transmitter_on_vessel WHERE vessel_id = %(gone)s
ON CONFLICT DO NOTHING
"""
_TOUCH = """
UPDATE live SET version = %(version)s, vessel_id = CASE WHEN vessel_id = %(gone)s THEN %(keep)s ELSE vessel_id END
WHERE vessel_id IN (%(keep)s, %(gone)s)
"""
_SLIP = """
INSERT INTO track_touch (transmitters, first_hours, hours, counts)
SELECT array_agg(transmitter_id), array_agg(0), '{0}', '{0}'
FROM transmitter_on_vessel WHERE vessel_id = %(keep)s HAVING count(*) > 0
"""
_OWN = ("row_id", "id", "stored_at", "superseded_at", "leads", "search", "digits", "reg_key")


def _join(connection: psycopg.Connection, keep: int, gone: int, now: datetime) -> None:
    """Make two boats one: rows of the register anew under the boat kept, devices and numbers with them."""
    named = {"keep": keep, "gone": gone, "now": now, "boats": [keep]}
    columns = ", ".join(c.name for c in Vessel.__table__.columns if c.name not in _OWN)
    connection.execute(
        "UPDATE vessel SET superseded_at = %(now)s, leads = false WHERE id = %(gone)s AND superseded_at IS NULL", named
    )
    connection.execute(_COPY.format(columns=columns).encode(), named)
    connection.execute("UPDATE vessel_number SET vessel_id = %(keep)s WHERE vessel_id = %(gone)s", named)
    connection.execute(_LINKS, named)
    connection.execute("DELETE FROM transmitter_on_vessel WHERE vessel_id = %(gone)s", named)
    version = bump(connection, "vessel")
    connection.execute(_TOUCH, named | {"version": version})
    settle(connection, version)
    connection.execute(_SLIP, named)

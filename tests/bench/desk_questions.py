"""The desk's questions over 5,000 boats: an area, a number, a zone's passages, against reading all and looking here."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import shapely
from day_at_sea import BOATS, SPARSE_S, put_to_sea, yesterday
from goals import Goal, say, spent_by
from ground import Ground, now
from sqlalchemy import Connection

from geo.text import digits
from layers.access.roles import Role
from layers.books.lists import BY_NAME, Narrow, asked, rows_statement
from layers.database import connect, make_engine
from layers.desk.area import boats_statement, inside
from layers.desk.passage_keeper import read_passages
from layers.desk.passages import find_passages
from layers.vessels.history import HEARD, unpack
from layers.vessels.history import asked as about
from layers.vessels.registry import VesselNow

ZONE = shapely.box(109.2, 12.3, 110.1, 13.4)
TIMES = 7
LEAST = 1.5
"""A desk's question must not cost what reading everything costs."""


def settle(connection: psycopg.Connection) -> None:
    """Every boat's number and its device's newest fix count; statistics are fresh."""
    connection.execute("UPDATE live SET counted = true")
    connection.execute("ANALYZE")


def compare(name: str, ours: Callable[[], Any], naive: Callable[[], Any]) -> Goal:
    """The naive way's time over ours, medians of turns; both must say the same."""
    mine, theirs = ours(), naive()
    assert mine == theirs, f"{name}: {len(mine)} against {len(theirs)}"
    assert mine, f"{name}: nothing found"
    turns = [(spent_by(naive).wall, spent_by(ours).wall) for _ in range(TIMES)]
    ratio = sorted(slow / fast for slow, fast in turns)[TIMES // 2]
    say(f"desk {name}: {len(mine)} found, naive over ours {ratio:.1f}")
    return Goal(f"desk {name}, {BOATS} boats: all read and looked through over asked", ratio, LEAST,
                detail={"found": len(mine)})  # fmt: skip


def area(connection: Connection) -> Goal:
    """Who is in an area now."""
    moment = {"now": now()}

    def ours() -> set[str]:
        rows = connection.execute(boats_statement(VesselNow, inside(VesselNow, ZONE.wkt)), moment)
        return {row.id for row in rows}

    def naive() -> set[str]:
        rows = connection.execute(boats_statement(VesselNow), moment).all()
        here = [row for row in rows if row.lon_e7 is not None]
        return {row.id for row in here if ZONE.intersects(shapely.Point(row.lon_e7 / 1e7, row.lat_e7 / 1e7))}

    return compare("area", ours, naive)


def number(connection: Connection) -> Goal:
    """A boat by its digits in the list of all."""
    wanted = rows_statement(BY_NAME["all"], Role.OFFICER)

    def ask(q: str, limit: int) -> list[Any]:
        given = asked(Narrow(q), Role.OFFICER) | {"now": now(), "limit": limit, "offset": 0}
        return list(connection.execute(wanted, given).all())

    def naive() -> set[str]:
        return {row.label for row in ask("", 100_000) if "4711" in digits(row.label)}

    return compare("number", lambda: {row.label for row in ask("4711", 200)}, naive)


def passages(connection: Connection) -> Goal:
    """Who came into a zone and left it in half a day."""
    since = yesterday() + timedelta(hours=6)
    until = since + timedelta(hours=12)

    def naive() -> set[tuple[str, str, Any]]:
        raw = connection.exec_driver_sql(HEARD, about(since, until)).scalar()
        return told(find_passages(unpack(raw, since, until), ZONE, since, until))

    return compare("passages", lambda: told(read_passages(connection, ZONE, since, until)), naive)


def told(found: list[Any]) -> set[tuple[str, str, Any]]:
    """Passages as what two ways must agree on."""
    return {(each.vessel, each.way, each.t) for each in found}


def run(ground: Ground) -> list[Goal]:
    """All three questions on one day at sea."""
    with ground.fresh() as name:
        with connect(ground.cluster.url(name)) as connection:
            put_to_sea(connection, SPARSE_S)
            settle(connection)
        engine = make_engine(ground.cluster.url(name))
        with engine.connect() as connection:
            goals = [ask(connection) for ask in (area, number, passages)]
        engine.dispose()
        return goals

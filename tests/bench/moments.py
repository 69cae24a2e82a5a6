"""The list of boats as they stood at noon yesterday, beside the list of now: the same boats and the same counts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from day_at_sea import BOATS, DENSE_S, put_to_sea, yesterday
from goals import Goal, Spent, say, spent_by, take_turns
from ground import Ground, now
from sqlalchemy import Connection

from layers.database import connect, make_engine
from layers.vessels import read as boats
from layers.vessels.registry import VesselNow
from layers.vessels.then import VesselThen

GOAL = 10.0
ROUNDS = 9


def ask(connection: Connection, boat: Any, moment: Callable[[], datetime]) -> int:
    """What /api/vessels asks: fifty boats and the counts of all; how many that is."""
    told = {"now": moment()}
    connection.execute(boats.vessels_statement("", boats.found("", "", "", boat), 50, boat), told).all()
    counts = connection.execute(boats.counts_statement(boats.found("", "", "", boat), boat), told).all()
    return sum(row.boats for row in counts)


def run(ground: Ground) -> Goal:
    """How many times the list of now the list of then takes."""
    with ground.fresh() as name:
        url = ground.cluster.url(name)
        with connect(url) as connection:
            stored = put_to_sea(connection, DENSE_S)
        say(f"moments: {stored} positions of {BOATS} boats")
        engine = make_engine(url)
        with engine.connect() as open_connection:
            live = partial(ask, open_connection, VesselNow, now)
            then = partial(ask, open_connection, VesselThen, lambda: yesterday() + timedelta(hours=12))
            assert live() == then() == BOATS
            rivals: list[Callable[[], Spent]] = [partial(spent_by, live), partial(spent_by, then)]
            of_now, of_then = take_turns(rivals, ROUNDS)
        engine.dispose()
    detail = {"boats": BOATS, "positions": stored, "rounds": ROUNDS}
    return Goal("boats at a moment / boats now", of_then.wall / of_now.wall, GOAL, most=True, detail=detail)

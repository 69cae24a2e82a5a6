"""A unit's card and a map of one indicator out of five years of figures: kept figures against the plain question.

5 years × 150 indicators × 120 units with revisions, the same rows asked of `figure` and of `observation` itself; both
answers must be equal before either is timed.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import psycopg
from goals import Goal, say, spent_by, take_turns
from ground import Ground

from layers.database import connect
from layers.indicators.current import IN_FORCE, best_sql, rebuild_figures

INDICATORS, UNITS, MONTHS = 150, 120, 60
GOAL = 10
ROUNDS = 15
_FILL = """
INSERT INTO observation (source_id, indicator, subject_kind, subject, period_from, period_to, value, unit, status,
                         delivery_id, raw, heard_at, stored_at, superseded_at)
SELECT 1, 'x' || i, 'unit', 'u' || u, m.d, m.d + interval '1 month', (i * 7 + u * 3 + r * 11) %% 997, '', s.status,
       1, '', m.d + interval '40 days', m.d + interval '40 days' + r * interval '1 day',
       CASE WHEN r = 0 THEN m.d + interval '41 days' END
FROM generate_series(1, %(indicators)s) AS i, generate_series(1, %(units)s) AS u,
     (SELECT (date '2021-11-01' + n * interval '1 month')::date AS d FROM generate_series(0, %(months)s - 1) AS n) AS m,
     (VALUES ('official', 1), ('preliminary', 1), ('official', 0)) AS s(status, r)
WHERE s.status = 'official' AND r = 1 OR (s.status = 'preliminary' AND (i + u) %% 5 = 0) OR (r = 0 AND (i + u) %% 7 = 0)
"""
_CARD = "subject_kind = 'unit' AND subject = 'u60'"
_MAP = "indicator = 'x75'"
_LAST = """
SELECT DISTINCT ON (indicator, subject) {columns} FROM ({every}) AS every ORDER BY indicator, subject, period_to DESC
"""
_KEPT = """
SELECT {columns} FROM unnest(%(codes)s::text[]) AS asked(code)
CROSS JOIN LATERAL (
    SELECT period_to AS until FROM figure WHERE indicator = asked.code ORDER BY period_to DESC LIMIT 1
) AS last
JOIN figure ON figure.indicator = asked.code AND figure.period_to = last.until WHERE {condition} ORDER BY 1, 2
"""
_COLUMNS = "indicator, subject, period_from, period_to, id, value, status, said, contested"
Rows = Sequence[tuple[Any, ...]]


def fill(connection: psycopg.Connection) -> int:
    """Put the observations in and keep their figures; how many observations."""
    asked = {"indicators": INDICATORS, "units": UNITS, "months": MONTHS}
    count = connection.execute(_FILL, asked).rowcount
    rebuild_figures(connection)
    connection.execute("ANALYZE observation")
    connection.execute("ANALYZE figure")
    return count


def plain(connection: psycopg.Connection, condition: str) -> Rows:
    """The last best word on each indicator and unit, from the observations, the condition pushed down."""
    inner = condition.replace("subject", "o.subject").replace("indicator", "o.indicator")
    every = best_sql(f"{IN_FORCE} AND {inner}")
    return connection.execute(_LAST.format(columns=_COLUMNS, every=every).encode()).fetchall()


def kept(connection: psycopg.Connection, condition: str) -> Rows:
    """The same by key, from the figures, as the product asks."""
    codes = ["x75"] if condition == _MAP else [f"x{i}" for i in range(1, INDICATORS + 1)]
    sql = _KEPT.format(columns=_COLUMNS, condition=condition)
    return connection.execute(sql.encode(), {"codes": codes}).fetchall()


def run(ground: Ground) -> list[Goal]:
    """How many times the kept figures' time the plain question takes, for the card and for the map."""
    goals = []
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        stored = fill(connection)
        say(f"indicators: {stored} observations")
        for what, condition in (("card", _CARD), ("map", _MAP)):
            found = kept(connection, condition)
            if not (found and found == plain(connection, condition)):
                raise AssertionError(f"{what}: the kept figures are not those of the observations")
            rivals = [partial(spent_by, partial(ask, connection, condition)) for ask in (kept, plain)]
            ours, theirs = take_turns(rivals, ROUNDS)
            detail = {"observations": stored, "rows": len(found), "rounds": ROUNDS}
            goals.append(
                Goal(f"indicators of a {what}: observations / figures", theirs.wall / ours.wall, GOAL, detail=detail)
            )
    return goals

"""The queue and the panel of cases from what is kept, against asking ledger and positions anew; same cases, same order.

Kept are the case as its ledger leaves it, the clock that runs out first, and the newest fix of each boat. Without them
every look folds all ledgers and seeks the last position of every boat in a month of them.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import psycopg
from goals import Goal, Spent, say, spent_by, take_turns
from ground import Ground, now
from sqlalchemy import Connection, text

from geo.clock import unix_ms
from ingest.partitions import day_of, make_partitions
from layers.access.roles import Role
from layers.database import connect, make_engine
from web.case_card import read_card
from web.cases import Asked, read_queue

GOAL = 10.0
THEN = 30.0
ROUNDS = 5
BOATS, CASES, DAYS, EVERY_S = 6_500, 5_000, 30, 7_200
LISTED = 200

_FILL = (
    "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('sea', 'biển', 'sea', 'simulated')",
    "INSERT INTO transmitter (key, kind) SELECT 'vms:A:' || n, 'vms' FROM generate_series(1, %(boats)s) AS n",
    """INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m, gear, home_port,
                           leads) SELECT d.id, 'QNg-MP ' || lpad(d.id::text, 5, '0'), d.id, s.id, 1, now(), now(),
              'Bình Minh ' || d.id, 17, 'câu', 'Sa Kỳ', true FROM transmitter AS d, source AS s WHERE s.code = 'sea'""",
    """INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id)
       SELECT id, id, %(since)s - interval '1 year', 1 FROM transmitter""",
    # Each falls silent at a moment of its own, 7 to 607 hours before now.
    """INSERT INTO position (transmitter_id, t, source_id, payload_hash, heard_at, lon_e7, lat_e7, delivery_id, raw)
       SELECT d.id, at, s.id, d.id, at, ((107 + d.id * 0.0013 %% 8 + g * 0.001) * 1e7)::int4,
              ((11 + d.id * 0.0017 %% 7 + g * 0.0005) * 1e7)::int4, 1, '\\x00'
       FROM transmitter AS d CROSS JOIN generate_series(0, %(fixes)s) AS g
       CROSS JOIN LATERAL (SELECT %(since)s + (g * %(every)s + d.id %% %(every)s) * interval '1 s' AS at) AS t
       CROSS JOIN (SELECT id FROM source WHERE code = 'sea') AS s
       WHERE at < %(now)s - (7 + d.id * 37 %% 600) * interval '1 hour' ORDER BY at""",
    """INSERT INTO live (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, vessel_id, version, geom)
       SELECT DISTINCT ON (transmitter_id) transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7,
              transmitter_id, 1, ST_SetSRID(ST_MakePoint(lon_e7 / 1e7, lat_e7 / 1e7), 4326)
       FROM position ORDER BY transmitter_id, t DESC""",
    """INSERT INTO watch_case (number, kind, priority, vessel_id, began_at, opened_at, state, state_since, due_at,
                               due_what, length_m, origin, lon_e7, lat_e7, changed_at, version)
       SELECT 'VV-2026-' || lpad(n::text, 6, '0'), CASE WHEN n %% 100 = 0 THEN 'distress' ELSE 'silence' END,
              CASE WHEN n %% 100 = 0 THEN 0 ELSE 2 END, l.vessel_id, l.t, l.t + interval '6 hours', 'contacting',
              %(now)s, l.t + interval '6 hours', 'contact', 17, 'simulated', l.lon_e7, l.lat_e7, %(now)s, 10
       FROM (SELECT *, row_number() OVER (ORDER BY transmitter_id) AS n FROM live) AS l WHERE n <= %(cases)s""",
    """INSERT INTO case_entry (case_id, kind, at, body) SELECT id, 'opened', opened_at,
              jsonb_build_object('set', to_jsonb(c) - 'id' - 'version') FROM watch_case AS c ORDER BY id""",
    """INSERT INTO case_entry (case_id, kind, at, body)
       SELECT id, CASE WHEN g %% 3 = 0 THEN 'call' ELSE 'note' END, %(now)s,
              jsonb_build_object('result', 'no_answer', 'text', repeat('ghi chú ', 20),
                                 'set', jsonb_build_object('changed_at', c.changed_at))
       FROM watch_case AS c CROSS JOIN generate_series(1, 9) AS g ORDER BY id, g""",
)
_LAST = """
last AS (
    SELECT DISTINCT ON (x.vessel_id) x.vessel_id, p.t, p.lon_e7, p.lat_e7
    FROM position AS p JOIN transmitter_on_vessel AS x ON x.transmitter_id = p.transmitter_id
    WHERE p.t >= :now - interval '31 days' ORDER BY x.vessel_id, p.t DESC
), folded AS (
    SELECT r.* FROM (
        SELECT e.case_id, jsonb_object_agg(s.key, s.value ORDER BY e.id) AS told
        FROM case_entry AS e CROSS JOIN LATERAL jsonb_each(e.body -> 'set') AS s GROUP BY e.case_id
    ) AS f CROSS JOIN LATERAL jsonb_populate_record(
        NULL::watch_case, f.told || jsonb_build_object('id', f.case_id)) AS r
)
"""
_QUEUE = f"""
WITH {_LAST} SELECT c.number FROM folded AS c JOIN last ON last.vessel_id = c.vessel_id WHERE c.state <> 'closed'
ORDER BY c.priority, last.t + interval '6 hours' > :now, last.t + interval '6 hours', c.opened_at, c.id LIMIT :limit
"""
_PANEL = f"""
WITH {_LAST} SELECT v.code FROM folded AS c
JOIN last ON last.vessel_id <> c.vessel_id JOIN vessel AS v ON v.id = last.vessel_id AND v.leads
WHERE c.number = :number ORDER BY ST_Distance(
    ST_SetSRID(ST_MakePoint(last.lon_e7 / 1e7, last.lat_e7 / 1e7), 4326)::geography,
    ST_SetSRID(ST_MakePoint(c.lon_e7 / 1e7, c.lat_e7 / 1e7), 4326)::geography) LIMIT 3
"""
NUMBER = "VV-2026-003000"


def fill(connection: psycopg.Connection) -> int:
    """Boats, a month of positions, cases with ten entries each; how many positions that is."""
    since = now() - timedelta(days=DAYS)
    place = {"boats": BOATS, "cases": CASES, "since": since, "now": now(), "every": EVERY_S}
    place["fixes"] = DAYS * 86_400 // EVERY_S
    with connection.transaction():
        make_partitions(connection, [day_of(unix_ms(since + timedelta(days=day))) for day in range(DAYS + 1)])
        for statement in _FILL:
            connection.execute(statement, place)
    connection.execute("VACUUM ANALYZE")
    row = connection.execute("SELECT count(*) FROM position").fetchone()
    assert row is not None
    return int(row[0])


def queue(connection: Connection) -> list[str]:
    """The queue as the page gets it."""
    found = read_queue(connection, Asked("open", "", None, None, "", LISTED), Role.OFFICER, now())
    return [line.number for line in found.cases]


def queue_anew(connection: Connection) -> list[str]:
    """The same out of ledgers and positions."""
    return list(connection.scalars(text(_QUEUE), {"now": now(), "limit": LISTED}))


def queue_then(connection: Connection) -> list[str]:
    """The queue as it stood before every case was touched, out of all ledgers."""
    found = read_queue(
        connection, Asked("open", "", None, None, "", LISTED, now() - timedelta(minutes=30)), Role.OFFICER, now()
    )
    return [line.number for line in found.cases]


def panel(connection: Connection) -> list[str]:
    """A case of people in danger whole; the boats nearest to it."""
    return [boat.label for boat in read_card(connection, NUMBER, Role.OFFICER, now(), {}).nearest]


def panel_anew(connection: Connection) -> list[str]:
    """The boats nearest to it out of ledgers and positions."""
    return list(connection.scalars(text(_PANEL), {"now": now(), "number": NUMBER}))


def run(ground: Ground) -> list[Goal]:
    """How many times asking anew takes as long as reading what is kept."""
    with ground.fresh() as name:
        url = ground.cluster.url(name)
        with connect(url) as connection:
            stored = fill(connection)
        say(f"cases: {stored} positions of {BOATS} boats, {CASES} cases")
        engine = make_engine(url)
        with engine.connect() as opened:
            goals = [
                goal("queue of cases", (queue_anew, queue), opened, stored),
                goal("panel of a case", (panel_anew, panel), opened, stored),
                then(opened),
            ]
        engine.dispose()
    return goals


def goal(name: str, ways: tuple[Callable[[Connection], list[str]], ...], opened: Connection, stored: int) -> Goal:
    """Both ways told equal, then timed by turns."""
    anew, kept = (way(opened) for way in ways)
    assert anew == kept, f"{name}: {anew[:5]} against {kept[:5]}"
    rivals: list[Callable[[], Spent]] = [partial(spent_by, partial(way, opened)) for way in ways]
    first, second = take_turns(rivals, ROUNDS)
    detail = {"positions": stored, "cases": CASES, "listed": len(kept), "rounds": ROUNDS}
    return Goal(f"{name}: asked anew / kept", first.wall / second.wall, GOAL, detail=detail)


def then(opened: Connection) -> Goal:
    """How many times the queue of now the queue of a moment takes."""
    assert queue_then(opened) == queue(opened)
    rivals: list[Callable[[], Spent]] = [partial(spent_by, partial(way, opened)) for way in (queue_then, queue)]
    first, second = take_turns(rivals, ROUNDS)
    return Goal("queue of cases at a moment / now", first.wall / second.wall, THEN, most=True, detail={"cases": CASES})

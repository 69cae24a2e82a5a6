"""Storing prepared fixes: the writer's COPY path against SQLAlchemy's ORM, into the same table with the same key.

Both only add rows. A whole `write_batch`, which also settles who transmits, moves the live table on and tells the
listeners, stands in the detail.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg
from goals import Goal, Spent, say, spent_by, take_turns
from ground import Ground, now
from recording import Recording
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.ais.load import SENDER
from ingest.ais.pipeline import AisPipeline
from ingest.deliveries import Delivery
from ingest.outcome import Fix
from ingest.source import FileSource
from ingest.straight import Place, copy_new
from ingest.write import Batch
from layers.database import connect, make_engine, transaction
from layers.vessels.models import Position

GOAL = 40
ROUNDS = 5
BATCH = 8_000
"""Of `ingest.load`."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_WRITTEN = """
SELECT count(*), md5(string_agg(p::text, E'\\n' ORDER BY transmitter_id, t, payload_hash)) FROM (
    SELECT transmitter_id, t, source_id, payload_hash, heard_at, lon_e7, lat_e7, sog_dkn, cog_ddeg, heading_deg,
           nav_status, msg_type, utc_second, flags, raw FROM position) AS p
"""


class Scene(NamedTuple):
    """A database that already knows the transmitters and the day, and the fixes that come next."""

    connection: psycopg.Connection
    engine: Engine
    delivery: Delivery
    next: list[Fix]

    def ids(self) -> dict[str, int]:
        """The number of every transmitter."""
        return dict(self.connection.execute("SELECT key, id FROM transmitter").fetchall())


def read_fixes(log: Recording) -> tuple[list[Fix], list[Fix]]:
    """A batch to warm up with, and the rest to time, two batches or so."""
    outcomes = AisPipeline(now).push(FileSource(log.path))
    unique = {(fix.key, fix.t_ms, fix.payload_hash): fix for fix in outcomes if isinstance(fix, Fix)}
    fixes = list(unique.values())
    assert len(fixes) >= 2 * BATCH, f"{log.name}: {len(fixes)} fixes are too few"
    return fixes[:BATCH], fixes[BATCH:]


def as_row(fix: Fix, scene: Scene, ids: dict[str, int]) -> Position:
    """A fix as the ORM wants it."""
    return Position(
        transmitter_id=ids[fix.key],
        t=EPOCH + timedelta(milliseconds=fix.t_ms),
        source_id=scene.delivery.source_id,
        payload_hash=fix.payload_hash,
        heard_at=EPOCH + timedelta(milliseconds=fix.heard_ms),
        lon_e7=fix.lon_e7,
        lat_e7=fix.lat_e7,
        sog_dkn=fix.sog_dkn,
        cog_ddeg=fix.cog_ddeg,
        heading_deg=fix.heading_deg,
        nav_status=fix.nav_status,
        msg_type=fix.msg_type,
        utc_second=fix.utc_second,
        flags=fix.flags,
        delivery_id=scene.delivery.id,
        raw=fix.raw,
    )


def by_orm(scene: Scene) -> None:
    """`add_all` and one commit."""
    ids = scene.ids()
    with Session(scene.engine) as session, session.begin():
        session.add_all([as_row(fix, scene, ids) for fix in scene.next])


def by_copy(scene: Scene) -> None:
    """The writer's straight way: what happens to rows nobody has stored yet."""
    ids, place = scene.ids(), Place(scene.delivery.source_id, scene.delivery.id)
    with transaction(scene.connection):
        assert copy_new(scene.connection, scene.next, ids, place) == len(scene.next)


def by_writer(scene: Scene) -> None:
    """Whole batches of production's size: transmitters, rows, live state, the word to the listeners."""
    for at in range(0, len(scene.next), BATCH):
        scene.delivery.write(Batch(scene.next[at : at + BATCH]))


class Contest:
    """Both ways over the same fixes, each time in a database of its own; what they wrote must be the same."""

    def __init__(self, ground: Ground, log: Recording) -> None:
        self.ground = ground
        self.before, self.next = read_fixes(log)
        self.written: set[tuple[int, str]] = set()

    def time(self, way: Callable[[Scene], None]) -> Spent:
        """What one way takes for the batch after the first."""
        with self.ground.fresh() as name, connect(self.ground.cluster.url(name)) as connection:
            engine = make_engine(self.ground.cluster.url(name))
            self.ground.rest()
            delivery = Delivery(connection, SENDER, "bench", now)
            delivery.write(Batch(self.before))
            delivery.write(Batch(self.introductions()))
            scene = Scene(connection, engine, delivery, self.next)
            spent = spent_by(lambda: way(scene))
            self.written.add(connection.execute(_WRITTEN).fetchone())
            engine.dispose()
        return spent

    def introductions(self) -> list[Fix]:
        """One earlier fix of every transmitter of the next batch, so that both ways find them known."""
        newcomers = {fix.key: fix for fix in self.next}.keys() - {fix.key for fix in self.before}
        shown = {fix.key: fix for fix in self.next if fix.key in newcomers}
        return [fix._replace(t_ms=fix.t_ms - 60_000, payload_hash=fix.payload_hash ^ 1) for fix in shown.values()]


def run(ground: Ground, log: Recording) -> Goal:
    """The rows per second of the COPY path over those of the ORM."""
    contest = Contest(ground, log)
    say(f"COPY and ORM: {len(contest.next)} fixes each")
    ways = (by_orm, by_copy, by_writer)
    orm, copy, writer = take_turns([lambda way=way: contest.time(way) for way in ways], ROUNDS)
    assert len(contest.written) == 1, f"the rows differ: {contest.written}"
    detail: dict[str, object] = {"log": log.name, "rows": len(contest.next), "rounds": ROUNDS}
    detail["whole_write_batch"] = round(orm.wall / writer.wall, 1)  # with transmitters, live state and the listeners
    return Goal("COPY path / ORM add_all", orm.wall / copy.wall, GOAL, detail=detail)

"""What the ways into the history take, against a bare binary COPY of the same rows into a table without any index.

Bulk is the writer's straight way; live is whole batches of a second's worth, committed each, with everything a batch
does; replay is the same rows once more, all of them known.
"""

from collections.abc import Callable

from copy_and_orm import Contest, Scene, by_copy
from goals import Goal, Spent, say, spent_by, take_turns
from ground import Ground
from recording import Recording

from ingest.straight import _BEGIN, _END, Place, _pack
from ingest.write import Batch
from layers.database import transaction

ROUNDS = 5
LIVE_BATCH, REPLAY_BATCH = 2_000, 8_000
GOALS = {"bulk COPY into the history": 0.35, "live micro-batches": 0.05, "replay of known rows": 0.12}

_BARE = "CREATE TABLE bare (LIKE position INCLUDING DEFAULTS)"
_COPY = """
COPY bare (transmitter_id, t, payload_hash, source_id, delivery_id, heard_at, flags, lon_e7, lat_e7, sog_dkn,
           cog_ddeg, heading_deg, nav_status, msg_type, utc_second, raw) FROM STDIN (FORMAT binary)
"""


class Ratios(Contest):
    """The contest of `copy_and_orm` with other ways; `prepare` is not timed."""

    def time_prepared(self, prepare: Callable[[Scene], Callable[[], object]]) -> Spent:
        """What a way takes once `prepare` has put everything in its place."""
        found: list[Spent] = []

        def way(scene: Scene) -> None:
            work = prepare(scene)
            found.append(spent_by(work))

        self.time(way)
        return found[0]


def bare(scene: Scene) -> Callable[[], object]:
    """Rows that are already bytes, into a heap."""
    ids, place = scene.ids(), Place(scene.delivery.source_id, scene.delivery.id)
    data = b"".join([_BEGIN, *(_pack(fix, ids[fix.key], place) for fix in scene.next), _END])
    scene.connection.execute(_BARE)

    def work() -> None:
        with transaction(scene.connection) as connection, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.write(data)
        row = scene.connection.execute("SELECT count(*) FROM bare").fetchone()
        assert row == (len(scene.next),), row

    return work


def bulk(scene: Scene) -> Callable[[], object]:
    """The writer's straight way."""
    return lambda: by_copy(scene)


def live(scene: Scene) -> Callable[[], object]:
    """A commit for every second's worth."""
    return lambda: write_all(scene, LIVE_BATCH)


def replay(scene: Scene) -> Callable[[], object]:
    """All of it once more."""
    write_all(scene, REPLAY_BATCH)
    return lambda: write_all(scene, REPLAY_BATCH)


def write_all(scene: Scene, size: int) -> None:
    """Whole batches, as a loader writes them."""
    for at in range(0, len(scene.next), size):
        scene.delivery.write(Batch(scene.next[at : at + size]))


def run(ground: Ground, log: Recording) -> list[Goal]:
    """Rows per second of each way over those of the bare COPY."""
    contest = Ratios(ground, log)
    say(f"ways into the history: {len(contest.next)} fixes each")
    ways = (bare, bulk, live, replay)
    least, *others = take_turns([lambda way=way: contest.time_prepared(way) for way in ways], ROUNDS)
    counts = sorted(
        count for count, _ in contest.written
    )  # of the bare COPY, whose rows stand elsewhere; of all others
    assert len(counts) == 2, f"the rows differ: {contest.written}"
    assert counts[1] - counts[0] == len(contest.next), counts
    detail = {"log": log.name, "rows": len(contest.next), "rounds": ROUNDS}
    return [
        Goal(f"{name} / bare COPY", least.wall / spent.wall, goal, detail=detail | {"by_own_cpu": own(least, spent)})
        for (name, goal), spent in zip(GOALS.items(), others, strict=True)
    ]


def own(least: Spent, spent: Spent) -> float:
    """The ratio in our own processor time."""
    return round(least.own / spent.own, 3)

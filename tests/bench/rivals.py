"""Ours and tipg over one database, asked for the same tiles in turns."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from askers import CLIENTS, ask_by_http, has_wrk
from goals import Goal, Spent, Unmeasured, say, take_turns
from ground import Ground, cluster_seconds, process_seconds
from serving import Served, served
from tile_addresses import path_of, write_paths
from tipg import VERSION, Relation, tipg

from geo.tilegrid import Tile
from layers.cluster import Cluster

ROUNDS = 4
SECONDS = 3

Compare = Callable[[Served, Served, Sequence[Tile]], dict[str, object]]
"""Shows that both tell the same of some tiles; what to say of it."""


@dataclass(frozen=True)
class Contest:
    """What is asked of both, and how it is called."""

    name: str
    goal: float
    layer: str
    relation: Relation
    tiles: Sequence[Tile]
    compare: Compare

    def unmeasured(self, why: Unmeasured) -> Goal:
        """The line that says so."""
        say(f"{self.name}: not measured, {why}")
        return Goal(self.name, None, self.goal, detail={"not_measured": str(why)})


@contextmanager
def both(ground: Ground, database: str, relation: Relation) -> Iterator[tuple[Served, Served]]:
    """Ours without a cache, and tipg."""
    folder = ground.folder
    with served(ground.cluster.url(database), folder, tile_cache_mb=0) as ours:
        with tipg(ground.cluster, database, folder, [relation]) as theirs:
            yield ours, theirs


def meet(contest: Contest, ours: Served, theirs: Served, ground: Ground) -> Goal:
    """The tiles per second of ours over those of tipg, after both are shown to tell the same."""
    folder, cluster = ground.folder, ground.cluster
    same = contest.compare(ours, theirs, contest.tiles)
    say(f"{contest.name}: {same}")
    our_paths = write_paths(folder / "ours.txt", [path_of(contest.layer, tile) for tile in contest.tiles])
    their_paths = write_paths(folder / "theirs.txt", [contest.relation.path(tile) for tile in contest.tiles])
    ways = [lambda: rate(cluster, theirs, their_paths), lambda: rate(cluster, ours, our_paths)]
    for warm in ways:
        warm()
    tipg_spent, our_spent = take_turns(ways, ROUNDS)
    detail = {"tipg": VERSION, "clients": CLIENTS, "rounds": ROUNDS, **tipg_spent.over(our_spent), **same}
    detail["client"] = "wrk" if has_wrk() else "own asyncio client (wrk is not installed)"
    return Goal(contest.name, tipg_spent.wall / our_spent.wall, contest.goal, detail=detail)


def rate(cluster: Cluster, server: Served, paths: Path) -> Spent:
    """Seconds a tile, eight clients at once: by the clock, in the web process, in the database."""
    own, database = process_seconds(server.pid), cluster_seconds(cluster)
    tiles = ask_by_http(server, paths, SECONDS)
    asked = tiles * SECONDS
    own, database = process_seconds(server.pid) - own, cluster_seconds(cluster) - database
    return Spent(1 / tiles, own / asked, database / asked)

"""Tiles of points, nothing cached: from near every point, from afar drawn together, against tipg on the same table."""

from collections.abc import Sequence

from goals import Goal, Unmeasured
from ground import Ground
from rivals import Contest, both, meet
from serving import Served
from tile_addresses import addresses, ask, features, is_inside, path_of, sample
from tipg import Relation, install
from unit_facts import fill

from geo.tilegrid import Tile
from layers.database import connect
from layers.registry import load_layers
from layers.sources.register import ensure_source

POINTS = 20_000
SAMPLE = 60
BOX = (107.2, 13.9, 109.3, 15.5)
MIDDLE = (108.7, 15.0)
LAYER = load_layers()["health_facility"]
RELATION = Relation("health_facility", [field.name for field in LAYER.fields])
NEAR, AFAR = range(10, 15), range(6, 10)


def compare_each(ours: Served, theirs: Served, tiles: Sequence[Tile]) -> dict[str, object]:
    """Every point that either puts inside a tile is in both; ours has those of the margin besides."""
    seen = size = 0
    for tile in sample(tiles, SAMPLE):
        body, other = ask(ours, path_of(LAYER.name, tile)), ask(theirs, RELATION.path(tile))
        mine = {f["properties"]["code"]: f for f in features(body).get(LAYER.name, [])}
        peers = {f["properties"]["code"]: f for f in features(other).get("default", [])}
        assert peers.keys() <= mine.keys(), f"{tile}: ours lacks points"
        for code in mine:
            assert code in peers or not is_inside(mine[code]), f"{tile}: tipg lacks {code}"
        seen, size = seen + len(peers), size + len(body)
    assert seen, "the sample holds no point"
    return {"sample": SAMPLE, "points_in_sample": seen, "mean_bytes": size // SAMPLE}


def compare_counts(ours: Served, theirs: Served, tiles: Sequence[Tile]) -> dict[str, object]:
    """The counts of a tile add up to the points that tipg has in it."""
    seen = size = 0
    for tile in sample(tiles, SAMPLE):
        body, other = ask(ours, path_of(LAYER.name, tile)), ask(theirs, RELATION.path(tile))
        counted = sum(f["properties"]["count"] for f in features(body).get(LAYER.name, []))
        points = len(features(other).get("default", []))
        assert counted == points, f"{tile}: ours counts {counted}, tipg holds {points}"
        seen, size = seen + points, size + len(body)
    assert seen, "the sample holds no point"
    return {"sample": SAMPLE, "points_in_sample": seen, "mean_bytes": size // SAMPLE}


def contests() -> list[Contest]:
    """From near and from afar."""
    near, afar = addresses(NEAR, BOX, MIDDLE), addresses(AFAR, BOX, MIDDLE)
    return [
        Contest("cold tiles of points z10-14 / tipg", 4, LAYER.name, RELATION, near, compare_each),
        Contest("cold tiles of points z6-9, thinned / tipg", 5, LAYER.name, RELATION, afar, compare_counts),
    ]


def run(ground: Ground) -> list[Goal]:
    """Ours over tipg, for each."""
    try:
        install()
    except Unmeasured as why:
        return [contest.unmeasured(why) for contest in contests()]
    with ground.fresh() as name:
        with connect(ground.cluster.url(name)) as connection:
            with connection.transaction():
                fill(connection, LAYER, ensure_source(connection, "bench", "simulated", "Bench"), POINTS)
            connection.execute("VACUUM ANALYZE")
        with both(ground, name, RELATION) as (ours, theirs):
            return [meet(contest, ours, theirs, ground) for contest in contests()]

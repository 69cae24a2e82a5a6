"""However positions are batched and however late they come: in the end the same events stand."""

import random

import pytest

UNTIL = 30


def history(sea, seed):
    """(hour it is stored, fix): four devices of three boats that wander, rest, cross the line and fall silent."""
    dice = random.Random(seed)
    told = []
    for key in ("vms:A:1", "vms:A:2", "mmsi:999000002", "vms:B:3"):
        lon, quiet = dice.uniform(109.5, 113.2), sorted(dice.uniform(0, UNTIL) for _ in range(2))
        hour = dice.random()
        while hour < UNTIL - 0.5:
            lon += dice.choice((-0.1, 0.0, 0.02, 0.1))
            if not quiet[0] < hour < quiet[1]:
                place = (108.9, 15.1, 0.0) if dice.random() < 0.1 else (lon, 15.0, 4.0)
                told.append((key, round(hour, 3), *place, dice.choice((0.1, 0.1, 0.1, 3.0, 20.0))))
            hour += dice.choice((0.5, 1.0, 2.0))
    return told


def tell(sea, told):
    sea.store([sea.fix(key, hour, lon, lat, sog) for key, hour, lon, lat, sog, _ in told])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_batches_and_lateness_come_to_the_same(sea, seed):
    sea.draw()
    for number in (1, 2, 3):
        sea.boat(number)
    for boat, key in ((1, "vms:A:1"), (2, "vms:A:2"), (2, "mmsi:999000002"), (3, "vms:B:3")):
        sea.link(boat, key, sea.at(-9999))
    told = history(sea, seed)
    for begin in range(0, UNTIL, 6):
        sea.now = sea.at(begin + 6)
        now = [row for row in told if begin <= row[1] + row[5] < begin + 6]
        if now:
            tell(sea, now)
        sea.settle()
    left = [row for row in told if row[1] + row[5] >= UNTIL]
    if left:
        tell(sea, left)
    sea.settle(UNTIL + 1)
    by_batches = sea.snapshot()
    sea.connection.execute("ALTER TABLE event DISABLE TRIGGER USER")
    sea.connection.execute("TRUNCATE event, case_event")
    sea.connection.execute("TRUNCATE watch_state")
    sea.restart()
    sea.watch.start(sea.at(-24))
    sea.settle()
    assert [row[1:] for row in sea.snapshot()] == [row[1:] for row in by_batches]
    assert by_batches, "something must have been found"

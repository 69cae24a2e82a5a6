"""One number in two places, judged from what is stored: the same whatever the order, and never without cause."""

import gzip
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from fixtures import nmea
from geo.clock import unix_ms
from geo.interleaved import Spot, distance_nm, find_two_ways
from ingest.ais.load import SENDER, load_ais
from ingest.deliveries import Sender
from ingest.load import LoadOptions
from ingest.outcome import Fix
from ingest.source import IterableSource

MMSI = 999_000_001
T0 = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DANISH = "dk_2013-11-12_1200z_5min.nmea.gz"


def _line(second, lon, lat, mmsi=MMSI, *, heard_s=0.0, timed=True):
    """A class B report of `second` after T0, heard so much later."""
    motion = nmea.motion_fields(lon, lat, 8.0, 0.0, int(second) % 60)
    [line] = nmea.sentences(nmea.position_b(mmsi, motion), b"B", 1)
    return nmea.tag(line, unix_ms(T0) + round((second + heard_s) * 1000)) if timed else line


def _way(lon, lat, begin=0, count=20, every=30, **more):
    return [_line(begin + n * every, lon, lat + n * every * 8 / 3600 / 60, **more) for n in range(count)]


@pytest.fixture
def load(connection, now):
    def run(lines, sender=SENDER, clock=None):
        load_ais(IterableSource(lines, "lines", clock), LoadOptions(sender, connection, clock=clock or (lambda: now)))

    return run


def _shared(connection):
    return connection.execute(
        "SELECT x.key, s.turns, s.one_fixes, s.other_fixes, round(s.apart_nm), s.t_from, s.t_to"
        " FROM transmitter_shared AS s JOIN transmitter AS x ON x.id = s.transmitter_id ORDER BY 1, s.hour"
    ).fetchall()


NORTH, SOUTH = _way(109.0, 15.5), _way(109.9, 14.2, 11)


def test_two_boats_with_one_number_whatever_the_order(connection, load):
    both = [line for pair in zip(NORTH, SOUTH, strict=True) for line in pair]
    load(both)
    first = _shared(connection)
    assert [row[:4] for row in first] == [(f"mmsi:{MMSI}", 39, 20, 20)]
    connection.execute("SET opsmap.retention = 'on'; TRUNCATE position, transmitter_shared, live, echo")
    dice = random.Random(2)
    dice.shuffle(both)
    for at in range(0, len(both), 9):
        load(both[at : at + 9])
    assert _shared(connection) == first
    load(both)
    assert _shared(connection) == first


def test_each_heard_by_a_station_of_its_own(connection, load):
    """Neither feed sees anything odd; together they show it. The simulated is never held against the real."""
    load(NORTH, Sender("north", "real", "Bắc"))
    load(SOUTH, Sender("demo", "simulated", "Mô phỏng"))
    assert _shared(connection) == []
    load(SOUTH, Sender("south", "real", "Nam"))
    assert len(_shared(connection)) == 1


def test_what_is_no_second_boat(connection, load):
    """A bad fix, late data, a station with a wrong clock, a burst of what was held back, a boat found far away."""
    way = _way(109.0, 15.5, mmsi=999_000_002)
    load([*way[:9], _line(265, 0.0, 0.0, mmsi=999_000_002), *way[9:]])
    late = _way(109.0, 15.5, mmsi=999_000_003, every=60, count=40)
    load(late[::2])
    load(late[1::2][::-1])
    fast = [_line(n * 20, 109.0, 15.0 + n * 20 * 30 / 3600 / 60, mmsi=999_000_004) for n in range(90)]
    slow_clock = [_line(n * 20, 109.0, 15.0 + n * 20 * 30 / 3600 / 60, 999_000_004, heard_s=-400) for n in range(90)]
    load(fast)
    load(slow_clock, Sender("slow", "real", "Đồng hồ chậm"))
    load([*_way(109.0, 15.5, mmsi=999_000_005), *_way(113.0, 10.0, 1200, mmsi=999_000_005)])
    assert _shared(connection) == []


def test_a_burst_of_what_a_station_held_back_is_no_second_boat(connection, load):
    """Nobody timed the lines: they arrive half an hour late among the fresh ones, and their own second tells."""
    at = iter(range(10_000))

    def arriving():
        return T0 + timedelta(hours=1, seconds=3.5 * next(at))

    def mixed(mmsi, off_s):
        for n in range(40):
            place = 15.0 + n * 7 * 30 / 3600 / 60
            yield _line(7 * n, 109.0, place + 0.5, mmsi, timed=False)  # fresh: heard in its own second
            yield _line(7 * n + 3 + off_s, 109.0, place, mmsi, timed=False)

    load(mixed(MMSI, 30), clock=arriving)
    assert connection.execute("SELECT count(*) FROM position WHERE flags & 2 = 2").fetchone() == (80,)
    assert _shared(connection) == []
    at = iter(range(10_000))
    load(mixed(MMSI + 1, 0), clock=arriving)
    assert [row[0] for row in _shared(connection)] == [f"mmsi:{MMSI + 1}"]


@pytest.fixture(scope="module")
def danish(shared_data, run):
    """The real tracks of five minutes, by number."""
    lines = gzip.decompress((shared_data / "ais" / DANISH).read_bytes()).split(b"\n")
    found = defaultdict(list)
    for fact in run(lines).facts:
        if isinstance(fact, Fix) and fact.lon_e7 is not None and fact.lat_e7 is not None:
            assert not fact.flags & 8
            found[fact.key].append(Spot(fact.t_ms, fact.lon_e7 / 1e7, fact.lat_e7 / 1e7))
    return [sorted(spots) for spots in found.values()]


def test_real_ships_are_each_in_one_place(danish):
    assert len(danish) > 1_400
    assert not [spots for spots in danish if find_two_ways(spots)]


def test_real_ships_under_one_number_are_seen(danish):
    moving = [spots for spots in danish if len(spots) >= 15 and spots[-1].t_ms - spots[0].t_ms > 200_000]
    pairs = [(a, b) for a, b in zip(moving[::2], moving[1::2], strict=False) if distance_nm(a[0], b[0]) > 20]
    assert len(pairs) > 100
    assert not [pair for pair in pairs if find_two_ways(sorted(pair[0] + pair[1])) is None]

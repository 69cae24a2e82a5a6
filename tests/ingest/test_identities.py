"""What transmitters say they are, kept with its history: in whatever order it comes, and bounded."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from fixtures import nmea
from ingest.ais.load import SENDER, load_ais
from ingest.identities import APART, _When, join
from ingest.load import LoadOptions
from ingest.source import IterableSource

MMSI = 999_000_001
T0 = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = nmea.six_bit_text


def five(name, callsign="MPCS", ship_type=30, imo=0, version=0, mmsi=MMSI):
    head = [(5, 6), (0, 2), (mmsi, 30), (version, 2), (imo, 30), TEXT(callsign, 7), TEXT(name, 20), (ship_type, 8)]
    return [*head, (10, 9), (5, 9), (2, 6), (3, 6), (1, 4), (0, 20), (25, 8), TEXT("", 20), (0, 2)]


def part_a(name, mmsi=MMSI):
    return [(24, 6), (0, 2), (mmsi, 30), (0, 2), TEXT(name, 20)]


def part_b(callsign, ship_type, mmsi=MMSI):
    return [(24, 6), (0, 2), (mmsi, 30), (1, 2), (ship_type, 8), (0, 42), TEXT(callsign, 7), (0, 30), (0, 6)]


def nineteen(name, ship_type, mmsi=MMSI):
    motion = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
    head = [(19, 6), (0, 2), (mmsi, 30), (0, 8), *motion, (0, 4)]
    return [*head, TEXT(name, 20), (ship_type, 8), (0, 30), (0, 4), (0, 1), (0, 1), (0, 1), (0, 4)]


def lines(fields, hours, sequence=1):
    moment = round((T0 + timedelta(hours=hours)).timestamp() * 1000)
    return [nmea.tag(line, moment) for line in nmea.sentences(fields, b"A", sequence)]


@pytest.fixture
def load(connection, now):
    return lambda told: load_ais(
        IterableSource([line for part in told for line in part]), LoadOptions(SENDER, connection, clock=lambda: now)
    )


def spells(connection, field="name"):
    rows = connection.execute(
        "SELECT value, t_from, t_to FROM transmitter_said WHERE field = %s ORDER BY t_from, value", (field,)
    )
    return [(value, (low - T0) / timedelta(hours=1), (high - T0) / timedelta(hours=1)) for value, low, high in rows]


RENAMED = [
    *[lines(five("TAU MOT"), hours) for hours in range(0, 12, 2)],
    *[lines(five("TAU HAI", "MPCT"), hours, 2) for hours in range(12, 30, 2)],
    *[lines(five("TAU MOT"), hours, 3) for hours in range(40, 50, 2)],
]


def test_a_name_changed_and_changed_back(connection, load):
    load(RENAMED)
    names = [("TAU MOT", 0, 10), ("TAU HAI", 12, 28), ("TAU MOT", 40, 48)]
    assert spells(connection) == names
    assert spells(connection, "callsign") == [("MPCS", 0, 10), ("MPCT", 12, 28), ("MPCS", 40, 48)]
    assert spells(connection, "ship_type") == [("30", 0, 48)]
    assert spells(connection, "imo") == []
    dice = random.Random(5)
    for _ in range(2):  # once more, in pieces, in any order: nothing changes
        told = RENAMED[:]
        dice.shuffle(told)
        for at in range(0, len(told), 7):
            load(told[at : at + 7])
        assert spells(connection) == names


def test_whatever_the_order_the_rows_are_the_same(connection, load):
    told = RENAMED[:]
    random.Random(7).shuffle(told)
    for each in told:
        load([each])
    assert spells(connection) == [("TAU MOT", 0, 10), ("TAU HAI", 12, 28), ("TAU MOT", 40, 48)]
    assert spells(connection, "ship_type") == [("30", 0, 48)]


def test_parts_of_24_in_any_order_and_19(connection, load):
    load([lines(part_b("MPB", 36), 0), lines(part_a("TAU BE"), 1), lines(nineteen("TAU BE", 37), 2)])
    assert spells(connection) == [("TAU BE", 1, 2)]
    assert spells(connection, "ship_type") == [("36", 0, 0), ("37", 2, 2)]
    known = connection.execute("SELECT name, callsign, ship_type FROM transmitter").fetchone()
    assert known == ("TAU BE", "MPB", 37)
    load([lines(part_a("TAU LON"), 4, 2), lines(part_b("MPL", 60), 3)])
    known = connection.execute("SELECT name, callsign, ship_type FROM transmitter").fetchone()
    assert known == ("TAU LON", "MPL", 60)


@pytest.mark.parametrize("version", range(4))
def test_every_version_of_type_5_is_read(run, version):
    [report] = run(nmea.sentences(five("TAU", version=version, ship_type=38), b"A", 1)).facts
    assert (report.identity.name, report.identity.ship_type, report.body["ais_version"]) == ("TAU", 38, version)


def test_spells_are_the_same_in_any_order():
    dice = random.Random(1)
    moments = [T0 + timedelta(hours=dice.uniform(0, 400)) for _ in range(60)]
    whole = list(join(_When(m, m) for m in moments))
    assert all(b.low - a.high > APART for a, b in pairwise(whole))
    pieces = []
    for moment in dice.sample(moments, len(moments)):
        pieces = list(join([*pieces, _When(moment, moment)]))
    assert pieces == whole

"""What kind of station a number is: beacons flagged, net markers no boats, coarse places marked."""

import pytest

from fixtures import nmea
from ingest.ais.load import SENDER, load_ais
from ingest.load import LoadOptions
from ingest.outcome import Flag
from ingest.source import IterableSource

MOTION = nmea.motion_fields(109.1, 15.2, 0.5, 181.5, 30)
T0 = 1_764_000_000_000
# Numbers of impossible form where a kind has one: no country is 000 or 999.
KINDS = {
    970_999_001: "beacon",
    972_999_001: "beacon",
    974_999_001: "beacon",
    111_999_001: "aircraft",
    9_990_001: "coast",
    99_900_001: "group",
    100_000_001: "unassigned",
    971_999_001: "unassigned",
    999_000_001: "ship",
}


def _a(mmsi, status=0, second=0):
    return nmea.tag(nmea.sentences(nmea.position_a(mmsi, status, MOTION), b"A", 1)[0], T0 + second * 1000)


def _b(mmsi, second=0):
    return nmea.tag(nmea.sentences(nmea.position_b(mmsi, MOTION), b"B", 1)[0], T0 + second * 1000)


def _named(mmsi, name, second=0):
    fields = [(24, 6), (0, 2), (mmsi, 30), (0, 2), nmea.six_bit_text(name, 20)]
    return nmea.tag(nmea.sentences(fields, b"B", 1)[0], T0 + second * 1000)


@pytest.fixture
def load(connection, now):
    return lambda lines: load_ais(IterableSource(lines), LoadOptions(SENDER, connection, clock=lambda: now))


def test_kinds_of_numbers(connection, load):
    load([_a(mmsi) for mmsi in KINDS])
    found = dict(connection.execute("SELECT key, station FROM transmitter").fetchall())
    assert found == {f"mmsi:{mmsi:09d}": kind for mmsi, kind in KINDS.items()}
    shown = {row[0] for row in connection.execute("SELECT label FROM vessel_now WHERE t IS NOT NULL")}
    assert shown == {f"MMSI {mmsi:09d}" for mmsi, kind in KINDS.items() if kind not in ("coast", "group")}


def test_a_net_marker_is_no_boat_until_it_says_otherwise(connection, load):
    def counted():
        return connection.execute("SELECT count(*) FROM vessel_now WHERE t IS NOT NULL").fetchone()[0]

    for number, name in enumerate(("NET MARK 12", "18258-95%", "BUOY 3", "3-11V8", "FISHING NET")):
        load([_b(999_000_100 + number), _named(999_000_100 + number, name), _b(999_000_100 + number, 30)])
    for number, name in enumerate(("NETANYA", "BUOY TENDER ONE", "PHAO DAI 5", "MARKETA", "SEA 7")):
        load([_named(999_000_200 + number, name), _b(999_000_200 + number)])
    kinds = connection.execute("SELECT station, count(*) FROM transmitter GROUP BY 1").fetchall()
    assert dict(kinds) == {"buoy": 5, "ship": 5}
    assert counted() == 5
    load([_named(999_000_100, "TAU CA", 60), _b(999_000_100, 61)])
    assert counted() == 6


def test_a_distress_beacon_is_flagged_and_one_on_test_is_not(run):
    found = run([_a(970_999_001, 14), _a(972_999_001, 0), _a(974_999_001, 15), _a(999_000_001, 14), _a(999_000_001)])
    assert [bool(fact.flags & Flag.DISTRESS) for fact in found.facts] == [True, True, False, True, False]


def test_a_long_range_place_is_marked_coarse(run):
    fields = [
        (27, 6),
        (0, 2),
        (999_000_001, 30),
        (0, 2),
        (0, 4),
        (109 * 600, 18),
        (15 * 600, 17),
        (5, 6),
        (90, 9),
        (0, 2),
    ]
    [fact] = run(nmea.sentences(fields, b"A", 1)).facts
    assert fact.flags & Flag.COARSE
    assert (fact.lon_e7, fact.lat_e7, fact.sog_dkn, fact.cog_ddeg) == (1_090_000_000, 150_000_000, 50, 900)

"""A clock that ran ahead and was put right: what came meanwhile stays, and boats do not stand still until then."""

from datetime import timedelta

from fixtures import nmea
from ingest.ais.load import SENDER, load_ais
from ingest.load import LoadOptions
from ingest.source import IterableSource


def test_a_fix_of_tomorrow_gives_way_to_one_of_today(connection, now):
    def arrive(lon, clock):
        motion = nmea.motion_fields(lon, 15.0, 8.0, 0.0, 5)
        line = nmea.sentences(nmea.position_b(999_000_001, motion), b"B", 1)[0]
        load_ais(IterableSource([line], "lines", clock), LoadOptions(SENDER, connection, clock=clock))

    def shown():
        return connection.execute("SELECT lon_e7, t FROM live").fetchone()

    arrive(109.0, lambda: now + timedelta(days=1))
    assert shown() == (1_090_000_000, now + timedelta(days=1))
    arrive(109.1, lambda: now)
    assert shown() == (1_091_000_000, now)
    arrive(109.2, lambda: now - timedelta(minutes=2))  # late, and no reason to go back
    assert shown() == (1_091_000_000, now)
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (3,)

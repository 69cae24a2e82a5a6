"""What the tests of VMS share: bytes through a reader, with every line accounted for, and what a fix comes to."""

from datetime import UTC, datetime

import pytest

from geo.clock import unix_ms
from ingest.source import IterableSource
from ingest.vms.load import LINES
from ingest.vms.whole import READERS

STILL = datetime.fromtimestamp(1_796_000_000, UTC)


def read(form, data):
    """The outcomes of some bytes in a format."""
    if form in LINES:
        pipeline = LINES[form](lambda: STILL)
        found = [*pipeline.push(IterableSource(data.split(b"\n"))), *pipeline.finish()]
        assert pipeline.lines + pipeline.extra == sum(o.lines for o in found) + pipeline.ignored.total()
        return found
    reading = READERS[form](data, unix_ms(STILL), "quoc-gia")
    assert reading.lines == sum(o.lines for o in reading.outcomes) + reading.ignored.total()
    return reading.outcomes


def essence(fix):
    return (fix.key, fix.t_ms, fix.lon_e7, fix.lat_e7, fix.sog_dkn, fix.cog_ddeg)


def wanted(said, provider=None):
    speed = None if said.sog_kn is None else round(said.sog_kn * 10)
    course = None if said.cog_deg is None else round(said.cog_deg * 10)
    key = f"vms:{provider or said.provider}:{said.device}"
    return (key, unix_ms(said.t), round(said.lon * 1e7), round(said.lat * 1e7), speed, course)


def near(found, asked, e7=10):
    """Equal, but for what a format rounds of a place."""
    (lon, lat), (lon2, lat2) = found[2:4], asked[2:4]
    return found[:2] == asked[:2] and found[4:] == asked[4:] and abs(lon - lon2) <= e7 and abs(lat - lat2) <= e7


@pytest.fixture(name="read", scope="session")
def _read():
    return read


@pytest.fixture(name="essence", scope="session")
def _essence():
    return essence


@pytest.fixture(name="wanted", scope="session")
def _wanted():
    return wanted


@pytest.fixture(name="near", scope="session")
def _near():
    return near

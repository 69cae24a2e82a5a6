"""One transmission heard by several receivers is linked and counted once; two transmissions never are."""

import random

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from fixtures import nmea
from ingest.ais.load import ais_options, load_ais
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix, Flag
from ingest.source import IterableSource
from ingest.write import Batch
from layers.vessels.echoes import FIRST_HEARD, also_heard_by
from layers.vessels.models import Position

T0 = 1_764_000_000_000
KEY = "mmsi:999000001"
LINKS = "SELECT (extract(epoch FROM t) * 1000)::int8 - {0}, (extract(epoch FROM first_t) * 1000)::int8 - {0} FROM echo"


def _fix(t_ms=0, name=1, key=KEY, flags=0):
    t = T0 + t_ms
    return Fix(key, t, name, t, 1_091_000_000, 152_000_000, 0, 0, None, 5, 1, 30, flags, b"raw")


@pytest.fixture
def receiver(connection, still):
    """A writer of one receiver's own source."""

    def make(code, origin="real"):
        return Delivery(connection, Sender(code, origin), "test", still).writer

    return make


def _links(connection):
    return sorted(connection.execute(LINKS.format(T0)).fetchall())


def _compiled(statement):
    return str(statement.compile(dialect=postgresql.dialect()))


def _counted(connection):
    return connection.execute(_compiled(select(func.count(Position.t)).where(FIRST_HEARD))).fetchone()[0]


@pytest.mark.parametrize("apart_ms", [0, 100, -100, 1_000, -2_000, 4_999])
def test_two_sources_with_clocks_apart(connection, receiver, apart_ms):
    receiver("north").write_batch(Batch([_fix()]))
    receiver("south").write_batch(Batch([_fix(apart_ms)]))
    assert _links(connection) == [(apart_ms, 0)]
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (2,)
    assert _counted(connection) == 1


def test_a_moored_vessel_that_repeats_itself_is_not_an_echo(connection, receiver):
    north, south = receiver("north"), receiver("south")
    for minute in range(0, 12, 3):
        north.write_batch(Batch([_fix(minute * 60_000)]))
        south.write_batch(Batch([_fix(minute * 60_000 + 700)]))
    assert _links(connection) == [(m * 60_000 + 700, m * 60_000) for m in range(0, 12, 3)]
    assert _counted(connection) == 4


def test_other_words_and_other_transmitters_are_not_echoes(connection, receiver):
    receiver("north").write_batch(Batch([_fix(), _fix(name=2, key="mmsi:999000002")]))
    receiver("south").write_batch(Batch([_fix(200, name=3), _fix(200, name=1, key="mmsi:999000002")]))
    assert _links(connection) == []


def test_stations_of_one_source_in_one_batch_or_in_two(connection, receiver):
    feed = receiver("coast")
    feed.write_batch(Batch([_fix(1_500), _fix(), _fix(60_000)]))
    feed.write_batch(Batch([_fix(61_200)]))
    assert _links(connection) == [(1_500, 0), (61_200, 60_000)]
    assert _counted(connection) == 2


def test_two_logs_of_one_source(connection, receiver):
    receiver("coast").write_batch(Batch([_fix()]))
    receiver("coast").write_batch(Batch([_fix(900)]))
    assert _links(connection) == [(900, 0)]


def test_a_second_reading_changes_no_link(connection, receiver):
    pairs = [("north", _fix()), ("south", _fix(300)), ("east", _fix(-300))]
    for code, fix in pairs:
        receiver(code).write_batch(Batch([fix]))
    links = _links(connection)
    assert links == [(-300, 0), (300, 0)]
    for code, fix in reversed(pairs):
        receiver(code).write_batch(Batch([fix, _fix(500_000, name=7)]))
    assert _links(connection) == [*links, (500_000, 500_000), (500_000, 500_000)]


def test_a_real_position_never_gives_way_to_a_replayed_one(connection, receiver):
    receiver("replay", "replayed").write_batch(Batch([_fix()]))
    receiver("coast").write_batch(Batch([_fix(10)]))
    assert _links(connection) == []
    receiver("replay-2", "replayed").write_batch(Batch([_fix(20)]))
    assert len(_links(connection)) == 1
    assert _counted(connection) == 2


def test_an_untimed_position_is_no_echo(connection, receiver):
    receiver("north").write_batch(Batch([_fix()]))
    receiver("south").write_batch(Batch([_fix(100, flags=int(Flag.UNTIMED))]))
    receiver("east").write_batch(Batch([_fix(200)]))
    assert _links(connection) == [(200, 0)]


def test_every_receiver_is_named(connection, receiver):
    for number, code in enumerate(("north", "south", "east")):
        receiver(code).write_batch(Batch([_fix(number * 100)]))
    statement = select(also_heard_by()).select_from(Position).where(FIRST_HEARD)
    assert connection.execute(_compiled(statement)).fetchall() == [(["east", "south"],)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_order_of_batches_each_transmission_counts_once(connection, receiver, seed):
    dice = random.Random(seed)
    sent = [(number, 10_000 * number + dice.randrange(3_000)) for number in range(60)]
    batches = []
    for code in ("north", "south", "east"):
        late = dice.randrange(0, 1_900)
        heard = [_fix(t + late, name) for name, t in sent if dice.random() < 0.8]
        batches += [(code, heard[at : at + 7]) for at in range(0, len(heard), 7)]
    writers = {code: receiver(code) for code in ("north", "south", "east")}
    dice.shuffle(batches)
    for code, part in batches:
        writers[code].write_batch(Batch(part))
    heard_at_all = {fix.payload_hash for _, part in batches for fix in part}
    assert _counted(connection) == len(heard_at_all)
    chained = "SELECT count(*) FROM echo AS e JOIN echo AS f ON f.transmitter_id = e.transmitter_id"
    same = "f.t = e.first_t AND f.source_id = e.first_source_id AND f.payload_hash = e.payload_hash"
    assert connection.execute(f"{chained} AND {same}").fetchone() == (0,)


def test_two_overlapping_recordings_of_a_fleet(connection):
    motion = [nmea.motion_fields(109 + n / 1000, 15.2, 7.5, 181.5, n % 60) for n in range(300)]
    said = [nmea.sentences(nmea.position_a(999_000_000 + n % 40, 7, m), b"A", 1)[0] for n, m in enumerate(motion)]
    north = [nmea.tag(line, T0 + n * 1000, b"NORTH") for n, line in enumerate(said[:200])]
    south = [nmea.tag(line, T0 + n * 1000 + 1_300, b"SOUTH") for n, line in enumerate(said)][100:]
    for code, lines in (("north", north), ("south", south)):
        load_ais(IterableSource(lines), ais_options(connection, Sender(code)))
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (400,)
    assert connection.execute("SELECT count(*) FROM echo").fetchone() == (100,)
    assert _counted(connection) == 300

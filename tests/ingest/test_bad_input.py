"""Bad input in bulk: memory stays bounded, the words are clear, and what is good beside it is all stored."""

import gzip
import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures import nmea
from geo.clock import system_clock, unix_ms
from geo.errors import BadInput
from ingest.ais.load import SENDER, load_ais
from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.record import Record
from ingest.bus.run import LoaderLife
from ingest.bus.spool import Spool
from ingest.deliveries import Sender
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.load import LoadOptions
from ingest.source import FileSource, IterableSource
from ingest.tables.load import load_table
from layers.database import connect
from layers.registry import get_layer, load_layers

ROOT = Path(__file__).resolve().parents[2]
FLOOD = 60_000
T0_MS = 1_764_000_000_000
DAY_MS = 86_400_000


def good(number, t_ms):
    motion = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
    return nmea.tag(nmea.sentences(nmea.position_a(999_000_000 + number, 7, motion), b"A", 1)[0], t_ms)


def count(connection, table="position"):
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("kind", ["garbage", "halves"])
def test_a_flood_of_nonsense_takes_bounded_memory_and_hides_nothing_good(connection, database_url, kind):
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "ingest" / "flood.py"), database_url, str(FLOOD), kind],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["grown_mb"] < 50, told
    assert told["unaccounted"] == 0
    assert told["rejected"] > FLOOD * 0.9
    assert told["messages"] == count(connection) == FLOOD // 500


def test_the_same_flood_through_the_spool_stores_what_is_good(connection, database_url, tmp_path):
    lines = [line for n in range(200) for line in (good(n, T0_MS + n), b"\0 x \0", b"y" * 100_000, b"%d rubbish" % n)]
    said = b"\r\n".join(lines) + b"\r\n"
    spool = Spool(tmp_path, "w")
    for at in range(0, len(said), 65_536):
        record = Record("nmea", "coast", "simulated", "mast", unix_ms(system_clock()), said[at : at + 65_536])
        spool.publish([record]).result(10)
    spool.close()
    with (
        closing(LastingConnection(lambda: connect(database_url))) as lasting,
        closing(SpoolConsumer(tmp_path, timedelta(hours=1))) as consumer,
    ):
        assert LoaderLife(Loader(consumer, lasting, Pace()), consumer, lasting, Pace()).drain()
    assert count(connection) == 200
    reasons = dict(connection.execute("SELECT reason, sum(seen) FROM reject GROUP BY 1").fetchall())
    assert reasons == {"line_too_long": 200, "not_a_sentence": 400}


def test_a_clock_a_day_off_is_refused_ahead_and_kept_behind(connection, still):
    now_ms = unix_ms(still())
    lines = [good(1, now_ms - DAY_MS), good(2, now_ms + DAY_MS), good(3, now_ms + 200_000), good(4, now_ms)]
    summary = load_ais(IterableSource(lines), LoadOptions(SENDER, connection, clock=still))
    assert (summary.stored, dict(summary.rejected)) == (3, {"future_time": 1})
    times = connection.execute("SELECT (extract(epoch FROM t) * 1000)::int8 - %s FROM position", (now_ms,)).fetchall()
    assert sorted(row[0] for row in times) == [-DAY_MS, 0, 200_000]


def test_the_same_file_under_two_names_is_stored_once(connection, tmp_path, still):
    lines = [good(n, T0_MS + n) for n in range(50)] + [b"rubbish", *nmea.sentences([(5, 6), (0, 418)], b"A", 1)[:1]]
    (tmp_path / "a.nmea").write_bytes(b"\n".join(lines))
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(b"\n".join(lines)))
    options = LoadOptions(SENDER, connection, clock=still)
    first, second = (load_ais(FileSource(tmp_path / name), options) for name in ("a.nmea", "b.log.gz"))
    assert (first.stored, second.stored, second.duplicates) == (50, 0, 50)
    assert count(connection) == 50
    assert connection.execute("SELECT seen FROM reject ORDER BY 1").fetchall() == [(2,), (2,)]
    told = "SELECT count(*), count(DISTINCT sha256) FROM delivery WHERE label = ANY(%s)"
    labels = [str(tmp_path / "a.nmea"), str(tmp_path / "b.log.gz")]
    assert connection.execute(told, (labels,)).fetchone() == (2, 1)


FEATURE = (
    '{"type": "Feature", "properties": {"code": "%s", "name": "Trạm", "kind": "commune_station", "beds": %s},'
    ' "geometry": {"type": "Point", "coordinates": [108.8, 15.1]}}'
)


def collection(*features):
    return ('{"type": "FeatureCollection", "features": [' + ", ".join(features) + "]}").encode()


@pytest.mark.parametrize(
    ("name", "content", "stored", "said"),
    [
        (
            "deep.geojson",
            collection(FEATURE % ("A", "[" * 500 + "]" * 500), FEATURE % ("B", 3)),
            1,
            "nested too deeply",
        ),
        (
            "inf.csv",
            b"code,name,kind,beds,lon,lat\nA,x,commune_station,1e999,108.8,15.1\nB,x,commune_station,3,108.8,15.1\n",
            1,
            "is not a number",
        ),
    ],
)
def test_one_monstrous_row_is_refused_and_its_neighbour_stored(connection, tmp_path, now, name, content, stored, said):
    loaded = load(connection, tmp_path, now, name, content)
    assert loaded.summary.stored == stored
    assert [said in reject.detail for reject in loaded.rejects] == [True]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bottomless.geojson", b"[" * 1_000_000, "depth limit"),
        ("wide.csv", b"c," * 1_000_000 + b"\n1\n", "columns, at most"),
        ("long.csv", b"code,name\nA," + b"x" * 20_000_000 + b"\n", "field larger"),
        ("huge.csv", b"code,name\n" + b"A,x\n" * 25_100_000, "larger than 100 MB"),
    ],
)
def test_a_monstrous_file_is_refused_in_words_and_nothing_of_it_is_stored(
    connection, tmp_path, now, name, content, said
):
    with pytest.raises(BadInput, match=said):
        load(connection, tmp_path, now, name, content)
    assert count(connection, "health_facility") == 0


def load(connection, folder, now, name, content):
    path = folder / name
    path.write_bytes(content)
    layer = get_layer(load_layers(), "health_facility")
    return load_table(connection, layer, path, Sender("health_test", "simulated"), lambda: now)

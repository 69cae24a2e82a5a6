"""Everything taken again from the raw store gives the same facts; and a fact that was touched is found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from fixtures import nmea
from fixtures.axis import SECRET, SYSTEM, Axis, running
from fixtures.letters import DEPARTMENTS, Letter, Sent, letter_of, write_letter
from geo.clock import unix_ms
from ingest.again.compare import compare
from ingest.again.rebuild import rebuild
from ingest.ais.load import load_ais
from ingest.deliveries import Sender
from ingest.exchange.axis import AxisClient, Post
from ingest.exchange.take import Incoming, take_message
from ingest.load import LoadOptions
from ingest.source import IterableSource
from ingest.tables.load import load_table
from ingest.tables.table import ReadOptions
from ingest.vms.load import load_vms
from layers.database import connect
from layers.registry import get_layer, load_layers
from web.demo import DESK

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
REGISTRY = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)


@pytest.fixture
def scratch(cluster, template, worker) -> Iterator[psycopg.Connection]:
    """A connection to a second database made from the template."""
    name = f"scratch_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    with connect(cluster.url(name)) as opened:
        yield opened
    cluster.drop_database(name)


def _schools(*pupils: int) -> bytes:
    rows = ",".join(
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [108.8, 15.12]}, "properties": {"code":'
        f' "T{n}", "name": "Trường thử {n}", "stage": "primary", "pupils": {count}, "as_of": "2026-11-01"}}}}'
        for n, count in enumerate(pupils)
    )
    return f'{{"type": "FeatureCollection", "features": [{rows}]}}'.encode()


def _letters() -> list[Letter]:
    """A book, one that replaces it, a further one, and a revocation of that: as departments send them."""
    department = DEPARTMENTS["schools.geojson"]
    first = letter_of("schools.geojson", _schools(100, 200), NOW)
    name = first.data.split(b"<edXML:DocumentId>")[1].split(b"<")[0].decode()
    told = {
        "R-2": (Sent(f"{department.code},2026,R-2", NOW, "replacement", name), _schools(110, 200, 300)),
        "R-3": (Sent(f"{department.code},2026,R-3", NOW), _schools(120)),
    }
    further = [
        Letter(f"id-{key}", department.code, NOW, key,
               write_letter(department, sent, [("schools.geojson", "layer:school", data)]), sent.kind)
        for key, (sent, data) in told.items()
    ]  # fmt: skip
    revoked = Sent(f"{department.code},2026,R-4", NOW, "revocation", f"{department.code},2026,R-3")
    last = Letter("id-R-4", department.code, NOW, "R-4", write_letter(department, revoked, []), "revocation")
    return [first, *further, last]


@pytest.fixture
def filled(connection: psycopg.Connection, tmp_path):
    """Letters with a replacement and a revocation, a register by hand and its correction, AIS and VMS lines."""
    with running(Axis(_letters())) as url, AxisClient(url, SYSTEM, SECRET) as client:
        Post(connection, client, DESK, lambda: NOW).poll()
    layer, path = get_layer(load_layers(), "vessel"), tmp_path / "registry.csv"
    for hours, name in ((1, "Cũ"), (2, "Mới")):
        path.write_text(f"{REGISTRY}QNg-MP 0901,{name},15.5,câu,Sa Kỳ,,999000001,A,d1,\nQNg-MP 0902,hỏng\n")
        moment = NOW + timedelta(hours=hours)
        said = ReadOptions(encoding="utf-8")
        load_table(connection, layer, path, Sender("registry_t", "simulated"), lambda at=moment: at, said)
    sentences = [nmea.sentences(nmea.position_a(999_000_000 + n, 7, MOTION), b"A", 1)[0] for n in (1, 2)]
    lines = [nmea.tag(sentences[0], unix_ms(NOW)), nmea.tag(sentences[1], unix_ms(NOW)), b"rubbish", sentences[0]]
    lines += [
        nmea.tag(part, unix_ms(NOW)) for part in nmea.sentences([(5, 6), (0, 2), (999_000_009, 30), (0, 386)], b"A", 1)
    ]
    load_ais(IterableSource(lines), LoadOptions(Sender("ais_t", "simulated"), connection, clock=lambda: NOW))
    vms = ["provider,device_id,t,received_at,lat,lon,sog_kn,cog_deg", f"A,d1,{NOW.isoformat()},,15.2,109.1,5,90"]
    rows = IterableSource([row.encode() for row in vms])
    load_vms(rows, LoadOptions(Sender("vms_t", "simulated"), connection, clock=lambda: NOW))
    return connection


def test_the_raw_store_gives_the_same_facts(filled: psycopg.Connection, scratch: psycopg.Connection) -> None:
    done = rebuild(filled, scratch)
    found = compare(filled, scratch)
    assert found.differences == []
    assert (done.messages, done.files, done.missed) == (4, 2, None)
    counted = {
        name: filled.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for name, table in (("school", "school"), ("vessel", "vessel"), ("paper", "paper"), ("position", "position"),
                            ("report", "ais_report"), ("link", "transmitter_on_vessel"))
    }  # fmt: skip
    assert {name: found.equal[name] for name in counted} == counted
    assert min(counted.values()) >= 1
    states = dict(scratch.execute("SELECT state, count(*) FROM paper GROUP BY 1").fetchall())
    assert states == {"replaced": 1, "valid": 2, "revoked": 1}


@pytest.mark.parametrize(
    ("kind", "touch"),
    [
        ("school", "UPDATE school SET pupils = 5 WHERE row_id = (SELECT min(row_id) FROM school)"),
        ("vessel", "DELETE FROM vessel WHERE superseded_at IS NOT NULL"),
        ("position", "SET session_replication_role = replica; UPDATE position SET lon_e7 = lon_e7 + 1"),
        ("paper", "UPDATE paper SET state = 'valid' WHERE state = 'revoked'"),
    ],
)
def test_a_fact_that_was_touched_is_named(
    filled: psycopg.Connection, scratch: psycopg.Connection, kind: str, touch: str
) -> None:
    filled.execute(touch)
    rebuild(filled, scratch)
    assert {each.kind for each in compare(filled, scratch).differences} == {kind}


def test_one_source_alone(filled: psycopg.Connection, scratch: psycopg.Connection) -> None:
    done = rebuild(filled, scratch, "schools_demo")
    found = compare(filled, scratch, "schools_demo")
    assert (done.files, done.lines, found.differences) == (0, 0, [])
    assert found.equal["school"] > 0


def test_what_a_second_letter_repeats_is_rebuilt_too(
    connection: psycopg.Connection, scratch: psycopg.Connection
) -> None:
    """Said by two letters, the first revoked: in force by the second, here and in what is made anew."""
    department = DEPARTMENTS["schools.geojson"]
    book = [("schools.geojson", "layer:school", _schools(100, 200))]
    names = [f"{department.code},2026,R-{number}" for number in (1, 2, 3)]
    sent = [(Sent(names[0], NOW), book), (Sent(names[1], NOW), book), (Sent(names[2], NOW, "revocation", names[0]), [])]
    for name, (told, files) in zip(names, sent, strict=True):
        take_message(connection, Incoming(write_letter(department, told, files), name, name), DESK, lambda: NOW)
    stands = (
        "SELECT t.code, p.uid FROM school AS t JOIN delivery AS d ON d.id = t.delivery_id"
        " JOIN paper AS p ON p.id = d.paper_id WHERE t.superseded_at IS NULL ORDER BY 1"
    )
    assert connection.execute(stands).fetchall() == [("T0", names[1]), ("T1", names[1])]
    rebuild(connection, scratch)
    assert compare(connection, scratch).differences == []
    assert scratch.execute(stands).fetchall() == connection.execute(stands).fetchall()

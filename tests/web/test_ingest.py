"""What is posted with a key: on the disk before the answer, in the table soon after, once however often it is sent."""

from contextlib import closing
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from fixtures import nmea
from geo.clock import system_clock
from geo.errors import BadInput
from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.run import LoaderLife
from ingest.forms import position_forms
from ingest.lasting import LastingConnection
from ingest.live import Pace
from layers.access.keys import Sends, add_key, change_forms, end_key
from layers.access.roles import Role
from layers.database import connect
from web.commands import keys

MAST = Sends("mast", ["nmea", "layer:school"])


@pytest.fixture(autouse=True)
def spool_root(tmp_path, monkeypatch):
    monkeypatch.setenv("OPSMAP_SPOOL_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def key(connection):
    return {"authorization": "Bearer " + add_key(connection, Role.VIEWER, MAST, "mast key", system_clock)}


def _lines(count):
    motion = [nmea.motion_fields(109.1 + n / 100, 15.2, 7.5, 181.5, 30) for n in range(count)]
    sentences = [nmea.sentences(nmea.position_a(999_000_000 + n, 7, motion[n]), b"A", 1)[0] for n in range(count)]
    return b"\n".join(nmea.tag(line, 1_764_000_000_000 + n) for n, line in enumerate(sentences))


def _load(root, url):
    with (
        closing(LastingConnection(lambda: connect(url))) as lasting,
        closing(SpoolConsumer(root, timedelta(hours=1))) as consumer,
    ):
        loader = Loader(consumer, lasting, Pace())
        assert LoaderLife(loader, consumer, lasting, Pace()).drain()


def test_a_batch_of_lines_is_stored_once(client, key, connection, database_url, spool_root):
    for _ in range(2):
        answer = client.post("/api/ingest/mast?form=nmea", content=_lines(20) + b"\nrubbish", headers=key)
        assert answer.status_code == 202, answer.text
    assert len(answer.json()["receipt"]) == 64
    _load(spool_root, database_url)
    _load(spool_root, database_url)
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (20,)
    [(summary,)] = connection.execute("SELECT summary FROM delivery WHERE label = 'spool'").fetchall()
    assert (summary["lines"], summary["stored"], summary["duplicates"]) == (42, 20, 20)
    assert connection.execute("SELECT seen FROM reject").fetchall() == [(2,)]


def test_a_file_is_stored_or_refused_with_its_reason(client, key, connection, database_url, spool_root):
    answer = client.post("/api/ingest/mast?form=layer:school&name=x.csv", content=b"\x00nonsense", headers=key)
    assert answer.status_code == 202
    _load(spool_root, database_url)
    assert connection.execute("SELECT reason FROM reject").fetchall() == [("bad_file",)]


def test_only_the_sources_own_key_may_send(client, key, connection):
    assert client.post("/api/ingest/other?form=nmea", content=b"x", headers=key).status_code == 403
    assert client.post("/api/ingest/mast?form=nmea", content=b"x").status_code == 401
    assert client.post("/api/ingest/mast?form=nope", content=b"x", headers=key).status_code == 400
    assert client.post("/api/ingest/mast?form=nmea", content=b"", headers=key).status_code == 400
    assert client.get("/api/me", headers=key).json()["role"] == "viewer"
    assert client.get("/api/me", headers={"authorization": "Bearer none"}).status_code == 401
    end_key(connection, "mast key", system_clock())
    client.app.state.opsmap.sessions.clear()
    assert client.get("/api/me", headers=key).status_code == 401


def test_posting_goes_on_while_the_database_is_away(client, key, connection, cluster, database_url, spool_root):
    name = connection.info.dbname
    assert client.post("/api/ingest/mast?form=nmea", content=_lines(1), headers=key).status_code == 202
    client.app.state.opsmap.sessions.clear()
    with connect(cluster.url("postgres")) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            answer = client.post("/api/ingest/mast?form=nmea", content=_lines(20), headers=key)
            assert answer.status_code == 202, answer.text
            unknown = {"authorization": "Bearer unknown"}
            assert client.post("/api/ingest/mast?form=nmea", content=_lines(20), headers=unknown).status_code == 503
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    _load(spool_root, database_url)
    with connect(database_url) as opened:
        assert opened.execute("SELECT count(*) FROM position").fetchone() == (20,)


def test_a_hundred_megabytes_are_refused_before_they_are_read(client, key, spool_root):
    pieces = (bytes(1 << 20) for _ in range(100))  # sent without saying how many
    answer = client.post("/api/ingest/mast?form=nmea", content=pieces, headers=key)
    assert (answer.status_code, answer.json()["title"]) == (413, "Dữ liệu gửi lên quá lớn")
    announced = {**key, "content-length": str(100 << 20)}
    answer = client.post("/api/ingest/mast?form=nmea", content=b"x", headers=announced)
    assert answer.status_code == 413
    assert not list(spool_root.iterdir())


def test_a_key_posts_its_own_forms_only(client, connection):
    coast = add_key(connection, Role.VIEWER, Sends("coast", position_forms()), "coast key", system_clock)
    headers = {"authorization": f"Bearer {coast}"}
    where = "/api/ingest/coast?form=layer:health_facility&name=x.csv"
    answer = client.post(where, content=b"x", headers=headers)
    assert answer.status_code == 403
    told = answer.json()["detail"]
    assert "may post nmea, vms_" in told
    assert "opsmap key forms 'coast key' --form nmea" in told
    assert told.endswith("--form layer:health_facility")
    assert client.post("/api/ingest/coast?form=nmea", content=_lines(1), headers=headers).status_code == 202
    change_forms(connection, "coast key", ["nmea", "layer:health_facility"])
    client.app.state.opsmap.sessions.clear()
    assert client.post(where, content=b"x", headers=headers).status_code == 202
    assert client.post("/api/ingest/coast?form=book:penalty", content=b"x", headers=headers).status_code == 403


def test_a_key_of_before_forms_were_named_posts_what_it_could(client, key, connection):
    connection.execute("UPDATE api_key SET forms = NULL")
    assert client.post("/api/ingest/mast?form=book:penalty", content=b"x", headers=key).status_code == 202
    change_forms(connection, "mast key", ["nmea"])
    client.app.state.opsmap.sessions.clear()
    assert client.post("/api/ingest/mast?form=book:penalty", content=b"x", headers=key).status_code == 403


def test_the_command_line_gives_a_receivers_key_positions_only(connection, database_url, monkeypatch):
    monkeypatch.setenv("OPSMAP_DATABASE_URL", database_url)
    run = CliRunner()
    for arguments in (
        ["--source", "coast", "--name", "a"],
        ["--source", "so", "--name", "b", "--form", "layer:school"],
    ):
        assert run.invoke(keys.app, ["add", "--role", "viewer", *arguments]).exit_code == 0
    assert run.invoke(keys.app, ["forms", "b", "--form", "book:landing"]).exit_code == 0
    rows = dict(connection.execute("SELECT name, forms FROM api_key").fetchall())
    assert rows == {"a": sorted(position_forms()), "b": ["book:landing"]}
    assert all(form == "nmea" or form.startswith("vms_") for form in rows["a"])
    assert "b\tviewer\tso\tliving\tbook:landing" in run.invoke(keys.app, ["list"]).output
    for wrong in (
        ["add", "--role", "viewer", "--form", "nmea"],
        ["add", "--role", "viewer", "--source", "x", "--form", "y"],
    ):
        assert isinstance(run.invoke(keys.app, wrong).exception, BadInput)

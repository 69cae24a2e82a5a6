"""opsmap rejects replay and opsmap rebuild --check, as people call them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from fixtures import nmea
from geo.clock import unix_ms
from ingest.deliveries import Delivery, Opened, Sender
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from layers.database import transaction
from web.cli import app

REGISTRY = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"


def test_replay_then_rebuild_then_a_touched_fact(
    connection: psycopg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPSMAP_DATABASE_URL", database_url)
    now, run = datetime.now(UTC), CliRunner().invoke
    motion = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
    good = nmea.sentences(nmea.position_a(999_000_001, 7, motion), b"A", 1)[0]
    delivery = Delivery(connection, Sender("coast", "simulated"), "spool", lambda: now, Opened(form="nmea"))
    with transaction(connection):
        rejects = [Reject("bad_checksum", "x", good, None, unix_ms(now)), Reject("not_a_sentence", "x", b"rubbish")]
        store_rejects(connection, delivery.source_id, delivery.id, rejects, now, now)
    told = run(app, ["rejects", "replay", "--source", "coast", "--since", "2020-01-01"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1]) == {"looked": 2, "understood": 1, "stored": 1, "left": 1}
    path = tmp_path / "registry.csv"
    path.write_text(REGISTRY + "QNg-MP 0901,Thử,15.5,câu,Sa Kỳ,,999000001,,,\n")
    loaded = run(app, ["load", "vessel", str(path), "--origin", "simulated", "--source", "registry_t"])
    assert loaded.exit_code == 0, loaded.output
    same = run(app, ["rebuild", "--check"])
    assert same.exit_code == 0, same.output
    assert "position: 1 equal" in same.stdout
    assert "vessel: 1 equal" in same.stdout
    connection.execute("UPDATE vessel SET name = 'khác'")
    other = run(app, ["rebuild", "--check", "--source", "registry_t"])
    assert (other.exit_code, "vessel differs" in other.stdout) == (1, True)
    left = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'opsmap_scratch%'").fetchone()
    assert left == (0,)

"""Nothing but the retention rule takes a position away, and it only whole days that are older than every duty."""

from datetime import timedelta

import psycopg
import pytest
from typer.testing import CliRunner

from geo.errors import BadInput
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.database import transaction
from layers.vessels.retention import drop_days, judge_days, read_duties, read_limit, set_limit
from web.cli import app

AGES = (0, 400, 1_000, 1_200, 2_000)
"""Days; three years are 1,096."""
PAPER = "QĐ 1/QĐ-MP"


def fix(at, number):
    t_ms = int(at.timestamp() * 1000)
    return Fix(
        f"vms:A:{number:05d}", t_ms, number, t_ms, 1_091_000_000, 152_000_000, 80, 900, None, None, None, None, 0, b"x"
    )


@pytest.fixture
def filled(connection, now):
    delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: now)
    delivery.write(Batch([fix(now - timedelta(days=age), age) for age in AGES]))
    return connection


def everything(connection):
    return connection.execute("SELECT p::text FROM position AS p ORDER BY t").fetchall()


def partition(now, age):
    return f"position_{now - timedelta(days=age):%Y%m%d}"


ATTEMPTS = (
    "UPDATE position SET lon_e7 = 0",
    "DELETE FROM position",
    "TRUNCATE position",
    "DROP TABLE position CASCADE",
    "UPDATE {part} SET lon_e7 = 0",
    "DELETE FROM {part}",
    "TRUNCATE {part}",
    "DROP TABLE {part}",
    "ALTER TABLE position DETACH PARTITION {part}; DROP TABLE {part}",
    "SET LOCAL opsmap.retention = 'on'; DELETE FROM position",
    "SET LOCAL opsmap.retention = 'on'; UPDATE position SET t = t",
)


def test_no_other_way_takes_a_position_away(filled, now):
    before = everything(filled)
    assert len(before) == len(AGES)
    for statement in ATTEMPTS:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"), transaction(filled):
            filled.execute(statement.format(part=partition(now, 2_000)))
        assert everything(filled) == before, statement


def test_without_a_limit_everything_is_kept_and_a_dry_run_changes_nothing(filled, database_url, now, monkeypatch):
    monkeypatch.setenv("OPSMAP_DATABASE_URL", database_url)
    before = everything(filled)
    assert not any(day.may_go for day in judge_days(filled, now))
    assert drop_days(filled, judge_days(filled, now), now) == 0
    with transaction(filled):
        set_limit(filled, 30, PAPER, now)
    told = CliRunner().invoke(app, ["retention", "run", "--dry-run"])
    assert told.exit_code == 0, told.output
    assert f"2 of {len(AGES)} days may go" in told.output
    assert CliRunner().invoke(app, ["retention", "run"]).exit_code != 0
    assert "chưa xác minh" in CliRunner().invoke(app, ["retention", "show"]).output
    assert everything(filled) == before
    assert filled.execute("SELECT count(*) FROM retention_drop").fetchone() == (0,)


def test_only_whole_days_older_than_every_duty_go_and_it_is_written_down(filled, now):
    with transaction(filled):
        set_limit(filled, 365, PAPER, now)
    days = judge_days(filled, now)
    assert [day.partition for day in days if day.may_go] == [partition(now, 2_000), partition(now, 1_200)]
    kept = {day.partition: day.why for day in days if not day.may_go}
    assert "NĐ 41/2026" in kept[partition(now, 1_000)]
    assert "chưa xác minh" in kept[partition(now, 400)]
    assert PAPER in kept[partition(now, 0)]
    assert drop_days(filled, days, now) == 2
    assert len(everything(filled)) == 3
    noted = filled.execute("SELECT partition, positions, why FROM retention_drop ORDER BY 1").fetchall()
    assert [row[:2] for row in noted] == [(partition(now, 2_000), 1), (partition(now, 1_200), 1)]
    assert all(PAPER in row[2] for row in noted)
    assert drop_days(filled, days, now) == 0  # what was judged before is judged anew


def test_a_duty_that_has_ended_binds_what_it_has_seen_and_a_limit_needs_a_paper(filled, now):
    with transaction(filled):
        filled.execute("UPDATE rule SET valid_to = %s WHERE conduct = 'retention'", (now - timedelta(days=500),))
        set_limit(filled, 30, PAPER, now)
        with pytest.raises(BadInput, match="paper"):
            set_limit(filled, 30, " ", now)
    going = {day.partition for day in judge_days(filled, now) if day.may_go}
    assert going == {partition(now, age) for age in (400, 1_200, 2_000)}
    later = now + timedelta(days=1)
    with transaction(filled):
        set_limit(filled, None, "", later)
    assert read_limit(filled, later) is None
    assert len(read_duties(filled)) == 1


def test_history_has_its_key_and_a_brin_by_time_and_no_gist(filled):
    rows = filled.execute(
        "SELECT c.relname, array_agg(a.amname ORDER BY a.amname) FROM pg_inherits AS i"
        " JOIN pg_class AS c ON c.oid = i.inhrelid JOIN pg_index AS x ON x.indrelid = c.oid"
        " JOIN pg_class AS n ON n.oid = x.indexrelid JOIN pg_am AS a ON a.oid = n.relam"
        " WHERE i.inhparent = 'position'::regclass GROUP BY 1"
    ).fetchall()
    assert len(rows) == len(AGES)
    assert {tuple(methods) for _, methods in rows} == {("brin", "brin", "btree")}

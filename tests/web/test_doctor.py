"""`opsmap doctor`: stalled jobs, polls that fail, a spool without room and a worker that rests, each with the fix."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.live import beat
from ingest.work import health
from web.commands.doctor import examine

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


@pytest.fixture
def told(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSMAP_SPOOL_DIR", str(tmp_path))
    monkeypatch.setenv("OPSMAP_SETTINGS", "nowhere.toml")
    return lambda: "\n".join(examine(database_url, lambda: NOW))


def test_a_house_in_order_is_said_to_be(told, connection):
    beat(connection, NOW, {}, "work")
    assert "✕" not in told()


def test_what_is_wrong_is_said_with_the_fix(told, connection, monkeypatch):
    monkeypatch.setenv("OPSMAP_FEEDS", '{"truong": {"url": "https://a.test/", "form": "layer:school"}}')
    monkeypatch.setattr(health.spool_not_full, "__defaults__", (1 << 60,))
    job = connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('work', 'poll') RETURNING id"
    ).fetchone()[0]
    connection.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", (NOW - timedelta(hours=1), job))
    connection.execute(
        "INSERT INTO feed_state (name, failures, error_vi, error_en) VALUES ('truong', 5, 'mã 500', 'status 500')"
    )
    found = told()
    for words in (
        "background worker is not running",
        "1 jobs 'poll' wait for too long",
        "start `opsmap work` again",
        "truong: status 500",
        "The spool's disk has",
        "OPSMAP_SPOOL_DIR",
    ):
        assert words in found

"""The worker's duty: reports are made when their time has come, once, and said in the log."""

from datetime import UTC, datetime, timedelta

import psycopg

from ingest.bus.settings import SpoolSettings
from ingest.work.bench import Bench
from ingest.work.sea_duties import make_reports
from layers.database import make_engine, write
from tests.layers.bulletins.conftest import delivered


def test_reports_are_made_once_and_said(database_url: str, connection: psycopg.Connection) -> None:
    engine = make_engine(database_url)
    with write(engine) as opened:
        delivered(opened)
    engine.dispose()
    now, said = [datetime(2026, 11, 22, 17, 29, tzinfo=UTC)], []  # 0:29 on Monday in Việt Nam
    bench = Bench(database_url, SpoolSettings(), lambda: now[0], said.append)
    told: list[int] = []
    for _ in range(3):
        make_reports(bench)
        told.append(len(said))
        now[0] += timedelta(minutes=31)
    assert told == [1, 3, 3]  # the month's is long due; then the day's and the week's; then nothing
    assert said[0] == "report fisheries: month of 2026-10-01 kept"
    rows = connection.execute("SELECT kind, version, made_by FROM bulletin ORDER BY id").fetchall()
    assert rows == [("month", 1, None), ("day", 1, None), ("week", 1, None)]

"""Days sealed after midnight: every byte that changes later is found, with its day and its row; what is late is not."""

from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from geo.clock import local_date, start_of_day
from ingest.partitions import make_partitions
from layers.database import connect, make_engine, transaction
from layers.seals.chain import GENESIS
from layers.seals.read import yesterday_sealed
from layers.seals.seal import next_day, read_day, seal_days
from layers.seals.verify import verify
from layers.vessels.retention import drop_days, judge_days, set_limit
from web.cli import app

DAY = date(2026, 11, 10)
NUMBERS = count(1)
POSITION = (
    "INSERT INTO position (transmitter_id, t, source_id, payload_hash, heard_at, stored_at, lon_e7, lat_e7,"
    " delivery_id, raw) VALUES (%s, %s, 1, %s, %s, %s, 1097000000, 154000000, 1, %s)"
)


def put(connection, stored_at, device=1, late=timedelta(), raw=b"raw"):
    t = stored_at - late
    day = int(t.timestamp()) // 86_400
    with transaction(connection):
        make_partitions(connection, [day])
        connection.execute(POSITION, (device, t, next(NUMBERS), t, stored_at, raw))


def put_entry(connection, at):
    connection.execute(
        "INSERT INTO watch_case (id, number, kind, priority, began_at, opened_at, state, state_since, origin,"
        " changed_at) OVERRIDING SYSTEM VALUE VALUES (1, 'VV-2026-000001', 'silence', 2, %(at)s, %(at)s, 'new', %(at)s,"
        " 'simulated', %(at)s) ON CONFLICT DO NOTHING",
        {"at": at},
    )
    connection.execute(
        "INSERT INTO case_entry (case_id, kind, at, stored_at, body) VALUES (1, 'note', %s, %s, '{\"note\": \"a\"}')",
        (at, at),
    )


def at(day=0, **hours):
    return start_of_day(DAY) + timedelta(days=day, **hours)


def check(connection, folder=None, day=None):
    with transaction(connection):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return verify(connection, folder, day)


def tamper(connection, *statements):
    """What only somebody with the database's own password can do: past every trigger."""
    with transaction(connection):
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            done = connection.execute(statement)
            assert done.rowcount == 1, statement


@pytest.fixture
def three_days(connection, tmp_path):
    """Three days of positions, some late, and a ledger; the third day has nothing; all sealed on the fourth."""
    for hour in range(0, 24, 2):
        for device in (1, 2, 17):
            put(connection, at(hours=hour, minutes=device), device)
            put(connection, at(1, hours=hour, minutes=device), device, late=timedelta(days=3 if hour == 4 else 0))
    put_entry(connection, at(hours=3))
    put_entry(connection, at(1, hours=3))
    sealed = seal_days(connection, at(3, minutes=10), "test", tmp_path)
    assert [(seal.day, seal.rows) for seal in sealed] == [
        (DAY, 37), (DAY + timedelta(days=1), 37), (DAY + timedelta(days=2), 0)
    ]  # fmt: skip
    return connection


def test_finished_days_are_sealed_once_and_found_whole(three_days, tmp_path):
    verdict = check(three_days, tmp_path)
    assert (verdict.days, verdict.rows, verdict.faults) == (3, 74, [])
    assert seal_days(three_days, at(3, hours=5), "test", tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 3
    heads = [tuple(map(bytes, row)) for row in three_days.execute("SELECT previous, head FROM day_seal ORDER BY day")]
    assert [previous for previous, _ in heads] == [GENESIS, heads[0][1], heads[1][1]]


def test_what_comes_late_belongs_to_the_day_it_was_stored(three_days, tmp_path):
    put(three_days, at(3, hours=1), late=timedelta(days=3))
    assert check(three_days, tmp_path).whole
    (seal,) = seal_days(three_days, at(4, minutes=1), "test", tmp_path)
    assert seal.rows == 1
    assert check(three_days, tmp_path).whole


def test_a_day_in_which_something_may_still_be_written_waits(connection, database_url):
    now = datetime.now(UTC)
    put(connection, now - timedelta(days=1))
    yesterday, today = local_date(now - timedelta(days=1)), local_date(now)
    later = now + timedelta(days=1)
    with connect(database_url) as other, other.transaction():
        other.execute("SELECT 1")
        assert [seal.day for seal in seal_days(connection, later, "test", None)] == [yesterday]
        assert seal_days(connection, later, "test", None) == []
    assert [seal.day for seal in seal_days(connection, later, "test", None)] == [today]


TAMPERINGS = {
    "one byte of a raw line": ("UPDATE position SET raw = '\\x726178' WHERE transmitter_id = 17 AND stored_at = '{0}'",
                               at(hours=6, minutes=17), "was changed"),
    "a centimetre": ("UPDATE position SET lon_e7 = lon_e7 + 1 WHERE transmitter_id = 2 AND stored_at = '{0}'",
                                at(1, hours=8, minutes=2), "was changed"),
    "a row gone": ("DELETE FROM position WHERE transmitter_id = 1 AND stored_at = '{0}'", at(hours=2, minutes=1),
                  "gone"),
    "an entry of a case": ("UPDATE case_entry SET body = '{{\"note\": \"b\"}}' WHERE stored_at = '{0}'", at(1, hours=3),
                           "was changed"),
    "who said it": ("UPDATE case_entry SET actor = 'lan' WHERE stored_at = '{0}'", at(hours=3), "was changed"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_changed_is_found_with_its_day_and_row(three_days, tmp_path, name):
    statement, moment, words = TAMPERINGS[name]
    tamper(three_days, statement.format(moment.isoformat()))
    (fault,) = check(three_days, tmp_path).faults
    assert fault.day == (moment + timedelta(hours=7)).date()
    assert words in fault.words, fault
    assert f"hour {(moment + timedelta(hours=7)).hour:02d}" in fault.where
    assert check(three_days, tmp_path, fault.day).faults == [fault]
    other = DAY + timedelta(days=1 if fault.day == DAY else 0)
    assert check(three_days, tmp_path, other).whole


@pytest.mark.parametrize(("moment", "words"), [(at(hours=6, minutes=1, seconds=7), "put in after"),
                                               (at(2, hours=6), "put in after"),
                                               (at(-4), "before the first sealed day")])  # fmt: skip
def test_a_row_put_in_with_an_older_date_is_found(three_days, tmp_path, moment, words):
    put(three_days, moment)
    (fault,) = check(three_days, tmp_path).faults
    assert words in fault.words


SEALS = ("UPDATE day_seal SET rows = rows + 1 WHERE day = '2026-11-11'",
         "UPDATE day_seal SET sealed_by = 'x' WHERE day = '2026-11-12'",
         "UPDATE day_seal SET digest = set_byte(digest, 5, 255 - get_byte(digest, 5)) WHERE day = '2026-11-10'",
         "DELETE FROM day_seal WHERE day = '2026-11-10'", "DELETE FROM day_seal WHERE day = '2026-11-11'",
         "DELETE FROM day_seal WHERE day = '2026-11-12'",
         "UPDATE day_seal_part SET marks = set_byte(marks, 0, 255 - get_byte(marks, 0)) WHERE ctid = '(0,1)'",
         "UPDATE day_seal_part SET digest = set_byte(digest, 0, 255 - get_byte(digest, 0)) WHERE ctid = '(0,1)'",
         "DELETE FROM day_seal_part WHERE ctid = '(0,1)'")  # fmt: skip


@pytest.mark.parametrize("statement", SEALS)
def test_a_seal_that_is_changed_or_gone_is_found(three_days, tmp_path, statement):
    tamper(three_days, statement)
    assert not check(three_days, tmp_path).whole


def test_a_chain_written_anew_is_found_by_the_heads_outside(three_days, tmp_path):
    tamper(three_days, "UPDATE position SET lon_e7 = 0 WHERE transmitter_id = 1 AND stored_at = "
                       f"'{at(hours=2, minutes=1).isoformat()}'")  # fmt: skip
    with transaction(three_days):
        three_days.execute("SET LOCAL session_replication_role = replica")
        three_days.execute("DELETE FROM day_seal")
        three_days.execute("DELETE FROM day_seal_part")
    seal_days(three_days, at(3, minutes=11), "test", None)
    assert check(three_days).whole
    faults = check(three_days, tmp_path).faults
    assert {fault.day for fault in faults} == {DAY + timedelta(days=n) for n in range(3)}


@pytest.mark.parametrize("table", ["day_seal", "day_seal_part", "retention_drop", "reported_position"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_seals_only_grow(three_days, table, statement):
    column = {"retention_drop": "id", "reported_position": "note"}.get(table, "day")
    if table in ("retention_drop", "reported_position"):
        three_days.execute(
            "INSERT INTO retention_drop (partition, positions, bytes, why, dropped_at) VALUES ('x', 1, 1, 'x', now());"
            "INSERT INTO reported_position (vessel_id, t, heard_at, lon_e7, lat_e7, said, caller_role, channel,"
            " taken_by, doubts) VALUES (1, now(), now(), 1, 1, 'x', 'master', 'radio', 'lan', '{}')"
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        three_days.execute(statement.format(table, column, column))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(12)), cuts=st.sets(st.integers(1, 11), max_size=4))
def test_the_digest_knows_no_batches_and_no_order(connection, order, cuts):
    rows = [(n % 3, at(hours=n % 5, minutes=n), n, f"line {n}".encode()) for n in range(12)]
    day = int(at().timestamp()) // 86_400
    with connection.transaction(force_rollback=True):
        make_partitions(connection, [day, day + 1])
        edges = [0, *sorted(cuts), 12]
        for first, last in pairwise(edges):
            for device, t, number, raw in [rows[n] for n in order[first:last]]:
                connection.execute(POSITION, (device, t, number, t, t, raw))
        found = {part.key: part.digest for part in read_day(connection, DAY)}
    reference = getattr(test_the_digest_knows_no_batches_and_no_order, "reference", found)
    test_the_digest_knows_no_batches_and_no_order.reference = reference
    assert found == reference
    assert sum(1 for _ in found) >= 5


def test_nothing_stored_has_nothing_to_seal(connection):
    assert next_day(connection, datetime.now(UTC)) == (None, GENESIS)
    assert seal_days(connection, datetime.now(UTC), "test", None) == []


def test_what_retention_dropped_verifies_as_dropped_by_rule(three_days, tmp_path):
    later = at() + timedelta(days=2_000)
    with transaction(three_days):
        set_limit(three_days, 30, "QĐ 1/QĐ-MP", later)
    before = judge_days(three_days, later)
    assert all(day.may_go for day in before)
    assert drop_days(three_days, before[:1], later) == 1
    verdict = check(three_days, tmp_path)
    assert verdict.faults == []
    assert "QĐ 1/QĐ-MP" in verdict.dropped[before[0].partition]
    tamper(three_days, "DELETE FROM retention_drop")
    assert any("gone" in fault.words for fault in check(three_days, tmp_path).faults)


def test_retention_leaves_what_is_not_sealed_yet(three_days):
    put(three_days, at(3, hours=1), late=timedelta(days=3))
    later = at() + timedelta(days=2_000)
    with transaction(three_days):
        set_limit(three_days, 30, "QĐ 1/QĐ-MP", later)
    held = [day.partition for day in judge_days(three_days, later) if not day.may_go]
    assert held == [f"position_{at(hours=1):%Y%m%d}"]


def test_the_commands_say_what_they_found(three_days, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSMAP_DATABASE_URL", database_url)
    monkeypatch.setenv("OPSMAP_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    assert "sealed; heads in" in run(app, ["seal"]).output
    whole = run(app, ["verify", "--day", DAY.isoformat()])
    assert (whole.exit_code, "1 days, 37 rows: all as sealed" in whole.output) == (0, True)
    moment, words = TAMPERINGS["a centimetre"][1:]
    tamper(three_days, TAMPERINGS["a centimetre"][0].format(moment.isoformat()))
    found = run(app, ["verify"])
    assert found.exit_code == 1
    assert words in found.output
    assert f"{DAY + timedelta(days=1)}" in found.output
    assert run(app, ["verify", "dossier"]).exit_code != 0
    assert run(app, ["verify", "--day", "hôm qua"]).exit_code != 0


def test_an_alarm_says_which_day_is_not_sealed(three_days, database_url):
    engine = make_engine(database_url)
    with engine.connect() as asking:
        assert yesterday_sealed(asking, at(4, hours=1)) == []
        (breach,) = yesterday_sealed(asking, at(4, hours=3))
    engine.dispose()
    assert "13/11/2026" in breach.vi


def test_no_alarm_before_anything_was_stored(connection, database_url):
    engine = make_engine(database_url)
    with engine.connect() as asking:
        assert yesterday_sealed(asking, at()) == []
        put(connection, at(-3))
    with engine.connect() as asking:
        assert len(yesterday_sealed(asking, at())) == 1
    engine.dispose()

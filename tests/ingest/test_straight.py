"""The straight way into the history and the one by the stage store the same; what is known takes the second."""

import random

import psycopg
import pytest

from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix, Flag
from ingest.straight import copy_new, newest_of
from ingest.write import Batch

T0 = 1_764_000_000_000
MAY_BE_NULL = ("lon_e7", "lat_e7", "sog_dkn", "cog_ddeg", "heading_deg", "nav_status", "msg_type", "utc_second")
STORED = f"SELECT transmitter_id, t, payload_hash, heard_at, {', '.join(MAY_BE_NULL)}, flags, raw FROM position"
LIVE = "SELECT transmitter_id, t, lon_e7, lat_e7, sog_dkn, flags FROM live ORDER BY 1"


def _fix(number, t_ms=T0, **said):
    key = f"mmsi:{999_000_000 + number % 7:09d}"
    whole = Fix(
        key, t_ms, number - 3, t_ms - 5, -1_091_000_000 - number, 152_000_000, 0, 3599, 0, -3, 1, 59, 16, b"raw"
    )
    return whole._replace(**said)


def _many():
    """Every column missing by itself, none, all, and any mixture; keys and hashes in no order."""
    dice = random.Random(1)
    missing = [(), MAY_BE_NULL, *((name,) for name in MAY_BE_NULL)]
    missing += [dice.sample(MAY_BE_NULL, dice.randint(1, 8)) for _ in range(60)]
    fixes = [_fix(n, T0 + n % 11 * 1000, **dict.fromkeys(names)) for n, names in enumerate(missing)]
    return dice.sample(fixes, len(fixes))


@pytest.fixture
def new_writer(connection, still):
    return lambda: Delivery(connection, Sender("ais", "simulated"), "test", still).writer


@pytest.fixture
def writer(new_writer):
    return new_writer()


def _rows(connection):
    positions = connection.execute(f"{STORED} ORDER BY 1, 2, 3").fetchall()
    return [row[1:] for row in positions], [row[1:] for row in connection.execute(LIVE)]


def test_both_ways_store_the_same(connection, new_writer, monkeypatch):
    with monkeypatch.context() as by_stage, connection.transaction(force_rollback=True):
        by_stage.setattr("ingest.write.copy_new", lambda *_: None)
        assert new_writer().write_batch(Batch(_many())).stored == 70
        staged = _rows(connection)
    assert new_writer().write_batch(Batch(_many())).stored == 70
    assert _rows(connection) == staged
    assert len(staged[0]) == 70


def test_one_known_fix_sends_the_batch_by_the_stage(connection, writer):
    fixes = _many()
    assert writer.write_batch(Batch(fixes[:1])).stored == 1
    result = writer.write_batch(Batch(fixes))
    assert (result.messages, result.stored) == (70, 69)
    assert writer.write_batch(Batch(fixes)) == (70, 0, None)
    later = [fix._replace(t_ms=fix.t_ms + 60_000) for fix in fixes]
    assert writer.write_batch(Batch(later)).stored == 70
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (140,)


def test_a_refused_copy_leaves_nothing_and_the_transaction_usable(connection, writer):
    fixes = [_fix(1), _fix(2)]
    writer.write_batch(Batch(fixes[:1]))
    ids = dict(connection.execute("SELECT key, id FROM transmitter").fetchall()) | {fixes[1].key: 99}
    with connection.transaction():
        assert copy_new(connection, fixes, ids, writer._straight_place) is None
        assert connection.execute("SELECT count(*) FROM position").fetchone() == (1,)


def test_another_error_is_not_taken_for_a_known_fix(connection, writer):
    with pytest.raises(psycopg.DatabaseError), connection.transaction():
        copy_new(connection, [_fix(1)], {_fix(1).key: 1}, writer._straight_place)  # no partition for that day


def test_untimed_fixes_never_go_straight(connection, writer, monkeypatch):
    monkeypatch.setattr("ingest.write.copy_new", lambda *_: pytest.fail("went straight"))
    assert writer.write_batch(Batch([_fix(1, flags=int(Flag.UNTIMED))])).stored == 1


def test_the_newest_is_the_latest_that_says_where_it_is():
    at = [_fix(1), _fix(1, T0 + 2, lon_e7=None), _fix(1, T0 + 1), _fix(8, T0 + 1), _fix(2, lat_e7=None)]
    assert newest_of(at) == [at[2]]

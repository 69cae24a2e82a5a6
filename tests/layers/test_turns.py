"""Which device counts for a boat with two: a fact of what was said, whatever order it came in."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.vessels.turns import Counting, Patience, Turn, keep_turns_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PATIENCE = Patience([(datetime(2000, 1, 1, tzinfo=UTC), timedelta(hours=2.5))])


def at(hours):
    return NOON + timedelta(hours=hours)


def count(said, stays=None):
    counting = Counting(stays or {1: [(at(-900), None)], 2: [(at(-900), None)]}, PATIENCE)
    for hours, device in said:
        counting.hear(at(hours), device)
    return counting.turns


def test_the_first_counts_while_it_speaks_and_the_other_takes_over_from_its_silence():
    assert count([(0, 1), (1, 2), (2, 1), (4.5, 2)]) == [Turn(1, at(0), None, "first", None, None)]
    assert count([(0, 1), (1, 2), (2.6, 2), (2.7, 1), (5, 2)]) == [
        Turn(1, at(0), at(2.6), "first", None, None),
        Turn(2, at(2.6), None, "silent", 9360, 1),
    ]


def test_a_device_that_was_taken_off_is_followed_at_once():
    stays = {1: [(at(-900), at(1))], 2: [(at(0), None)]}
    assert count([(0, 1), (1.1, 2)], stays)[1] == Turn(2, at(1.1), None, "removed", 3960, 1)


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from([1, 2, 3])), unique=True).map(sorted))
def test_one_device_counts_at_any_moment_and_later_words_change_nothing_before(said):
    turns = count(said, {n: [(at(-1), None)] for n in (1, 2, 3)})
    assert [turn.until for turn in turns[:-1]] == [turn.since for turn in turns[1:]]
    assert all(turn.device != after.device for turn, after in pairwise(turns))
    half = count(said[: len(said) // 2], {n: [(at(-1), None)] for n in (1, 2, 3)})
    assert half[:-1] == turns[: max(0, len(half) - 1)]
    assert bool(turns) == bool(said)


@pytest.fixture
def boat(connection):
    """A boat with two monitoring devices and an AIS; gives a way to store (device, hours) batches."""
    connection.execute(
        "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
        " heard_at)"
        " VALUES (1, 'QNg-MP 0001', 'Thử', 17.5, 'câu', 'x', 1, 1, 1, now(), now())"
    )
    connection.execute(
        "INSERT INTO transmitter (key, kind) VALUES ('vms:A:1', 'vms'), ('vms:B:2', 'vms'), ('mmsi:999', 'ais')"
    )
    connection.execute("INSERT INTO transmitter_on_vessel SELECT id, 1, %s, NULL, 1 FROM transmitter", (at(-900),))

    def store(*said, lon=109.0):
        delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: at(100))
        fixes = [
            Fix(key, unix_ms(at(h)), hash((key, h)), unix_ms(at(h)), round((lon + h / 100) * 1e7), round(15e7), 60, 900,
                None, None, None, None, 0, b"t")
            for key, h in said
        ]  # fmt: skip
        delivery.write(Batch(fixes))

    return store


def turns(connection):
    rows = connection.execute(
        "SELECT d.key, extract(epoch FROM c.since - %s) / 3600, reason FROM device_turn AS c"
        " JOIN transmitter AS d ON d.id = c.transmitter_id ORDER BY c.since", (NOON,)
    )  # fmt: skip
    return [(key, float(hours), reason) for key, hours, reason in rows]


def counted(connection):
    return connection.execute(
        "SELECT d.key FROM live AS l JOIN transmitter AS d ON d.id = l.transmitter_id WHERE l.counted"
    ).fetchall()


A, B, AIS = "vms:A:1", "vms:B:2", "mmsi:999"


def test_the_live_map_keeps_to_the_device_that_counts(connection, boat):
    boat((A, 0), (A, 2), (B, 2.1))
    assert counted(connection) == [(A,)]
    boat((B, 4))
    assert counted(connection) == [(A,)]
    boat((B, 5))
    assert (counted(connection), turns(connection)[1]) == ([(B,)], (B, 5.0, "silent"))
    boat((A, 5.5))
    assert counted(connection) == [(B,)]
    boat((AIS, 6))
    assert counted(connection) == [(AIS,)]


SAID = [(A, 0), (B, 0.5), (A, 2), (B, 3), (B, 5), (A, 5.5), (B, 6), (A, 7), (A, 9), (B, 9.5), (B, 14), (A, 20)]


def test_any_order_and_any_cut_of_batches_gives_the_same_turns(connection, boat):
    boat(*SAID)
    whole = turns(connection)
    assert len(whole) == 5
    for seed in range(3):
        connection.execute("SET opsmap.retention = 'on'; TRUNCATE position, device_turn, live")
        rest = list(SAID)
        random.Random(seed).shuffle(rest)
        while rest:
            size = random.Random(seed + len(rest)).randint(1, 4)
            boat(*rest[:size])
            del rest[:size]
        assert turns(connection) == whole


def test_a_late_batch_that_moves_a_turn_leaves_a_slip_for_what_was_drawn(connection, boat):
    boat((A, 0), (A, 5), (B, 6.5))
    connection.execute("TRUNCATE track_touch")
    boat((B, 3))
    hours = connection.execute("SELECT first_hours, hours FROM track_touch ORDER BY id DESC LIMIT 1").fetchone()
    assert hours == ([int(at(0).timestamp()) // 3600] * 3, [0])
    assert turns(connection) == [(A, 0.0, "first"), (B, 3.0, "silent")]


def test_links_that_change_change_the_turns(connection, boat):
    boat((A, 0), (A, 2), (B, 1), (B, 2.5))
    assert turns(connection) == [(A, 0.0, "first")]
    connection.execute(
        "UPDATE transmitter_on_vessel SET valid_to = %s"
        " WHERE transmitter_id = (SELECT id FROM transmitter WHERE key = %s)",
        (at(0.5), A),
    )
    with connection.transaction():
        keep_turns_of(connection, [1])
    assert turns(connection) == [(A, 0.0, "first"), (B, 1.0, "removed")]

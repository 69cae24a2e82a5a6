"""Drawn tracks end up the same however positions came: in order, late, in pieces, or with devices changing boats."""

import random
from datetime import datetime, timedelta

import psycopg
import pytest

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.database import transaction
from layers.vessels.history import handle_of, vessel_of
from layers.vessels.track_keeper import keep_all_tracks, keep_tracks

MINUTE = 60_000
SLIP = """
INSERT INTO track_touch (transmitters, first_hours, hours, counts)
SELECT array_agg(id), array_agg(0), '{0}', '{0}' FROM transmitter
"""
DRAWN = """
SELECT vessel, hour, kind, t_from, t_to, duration_s, points, ST_AsText(geom, 5) FROM vessel_track ORDER BY 1, 2, 4
"""


def fix(device: str, now: datetime, minutes_ago: float, lon: float = 109.5, lat: float = 15.0) -> Fix:
    t_ms = unix_ms(now) - round(minutes_ago * MINUTE)
    return Fix(
        device, t_ms, hash((device, t_ms)), t_ms, round(lon * 1e7), round(lat * 1e7), 80, 900, None, None, None, None,
        0, b"test",
    )  # fmt: skip


def voyage(device: str, now: datetime) -> list[Fix]:
    """A day in steps of 20 minutes with a silence of four hours in it."""
    minutes = [m for m in range(0, 26 * 60, 20) if not 300 < m < 540]
    return [fix(device, now, m, 109 + m / 2000, 15 + (m // 20 % 3) / 100) for m in minutes]


@pytest.fixture
def delivery(connection: psycopg.Connection, now: datetime) -> Delivery:
    return Delivery(connection, Sender("vms", "simulated"), "test", lambda: now)


def drawn(connection: psycopg.Connection) -> list[tuple]:
    return connection.execute(DRAWN).fetchall()


def test_a_silence_is_a_gap_by_itself(connection, delivery, now):
    delivery.write(Batch(voyage("vms:A:00001", now)))
    keep_all_tracks(connection, now)
    gaps = [row for row in drawn(connection) if row[2] == "gap"]
    assert [(row[3], row[4], row[5]) for row in gaps] == [
        (now - timedelta(minutes=540), now - timedelta(minutes=300), 240 * 60)
    ]
    pieces = [row for row in drawn(connection) if row[2] == "piece"]
    assert all(row[5] <= 80 * 60 for row in pieces)
    ends = {row[3] for row in pieces + gaps} - {row[4] for row in pieces + gaps}
    assert len(ends) == 1, "but for the first, every line begins where another ended"


def test_a_boat_with_ais_and_vms_may_be_as_silent_as_vms_may(connection, delivery, now):
    delivery.write(Batch([fix("mmsi:999000001", now, m) for m in (300, 290, 170)]))
    keep_all_tracks(connection, now)
    assert [row[2] for row in drawn(connection)] == ["piece", "gap"]


def test_any_order_of_batches_draws_the_same(connection, delivery, now):
    fixes = [f for n in range(4) for f in voyage(f"vms:A:0000{n}", now)]
    delivery.write(Batch(fixes))
    keep_all_tracks(connection, now)
    expected = drawn(connection)
    assert len(expected) > 60
    with transaction(connection):
        connection.execute("SET LOCAL opsmap.retention = 'on'")
        connection.execute("TRUNCATE vessel_track, position, live, track_touch")
    dice = random.Random(7)
    dice.shuffle(fixes)
    for at in range(0, len(fixes), 37):
        delivery.write(Batch(fixes[at : at + 37]))
        if dice.random() < 0.6:
            keep_tracks(connection, now)
    keep_all_tracks(connection, now)
    assert drawn(connection) == expected


def test_doing_it_again_changes_nothing(connection, delivery, now):
    delivery.write(Batch(voyage("vms:A:00001", now)))
    keep_all_tracks(connection, now)
    expected = drawn(connection)
    connection.execute(SLIP)
    keep_all_tracks(connection, now)
    assert drawn(connection) == expected
    assert keep_tracks(connection, now) is False


def test_a_device_that_changes_boats_takes_its_past_with_it_only_from_then_on(connection, delivery, now):
    delivery.write(Batch(voyage("vms:A:00001", now)))
    keep_all_tracks(connection, now)
    assert {row[0][0] for row in drawn(connection)} == {"t"}
    device = connection.execute("SELECT id FROM transmitter").fetchone()[0]
    connection.execute(
        "INSERT INTO transmitter_on_vessel VALUES (%s, 7, %s, NULL, 1)", (device, now - timedelta(hours=10))
    )
    connection.execute(SLIP)
    keep_all_tracks(connection, now)
    rows = drawn(connection)
    assert {row[0] for row in rows} == {f"t{device}", "v7"}
    assert all((row[4] >= now - timedelta(hours=10)) == (row[0] == "v7") for row in rows)


def test_the_last_day_is_kept_and_no_more(connection, delivery, now):
    delivery.write(Batch(voyage("vms:A:00001", now)))
    keep_all_tracks(connection, now)
    hours = [row[1] for row in drawn(connection)]
    assert min(hours) == int((now - timedelta(hours=24)).timestamp()) // 3600
    keep_tracks(connection, now + timedelta(hours=30))
    assert drawn(connection) == [], "what is older goes although nobody was heard since"


def test_an_hour_knows_how_often_it_changed(connection, delivery, now):
    delivery.write(Batch([fix("vms:A:00001", now, 10), fix("vms:A:00001", now, 200)]))
    keep_all_tracks(connection, now)
    first = dict(connection.execute("SELECT hour, version FROM track_hour").fetchall())
    delivery.write(Batch([fix("vms:A:00002", now, 200)]))
    keep_all_tracks(connection, now)
    second = dict(connection.execute("SELECT hour, version FROM track_hour").fetchall())
    late = unix_ms(now - timedelta(minutes=200)) // 3_600_000
    assert {hour for hour in second if second[hour] > first[hour]} == {late}
    assert connection.execute("SELECT points FROM track_hour WHERE hour = %s", (late,)).fetchone() == (2,)


def test_a_slip_is_left_only_for_what_is_new(connection, delivery, now):
    batch = [fix("vms:A:00001", now, 10)]
    delivery.write(Batch(batch))
    delivery.write(Batch(batch))
    assert connection.execute("SELECT count(*) FROM track_touch").fetchone() == (1,)


@pytest.mark.parametrize("vessel", ["v1", "t45", "v0"])
def test_handles_come_back(vessel):
    assert vessel_of(handle_of(vessel)) == vessel

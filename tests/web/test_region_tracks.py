"""Tracks to learn from, out of what was stored: real sources only, boat by boat, in port left out."""

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.watch.region.cases import draw_cases
from layers.watch.region.model import read_model
from web.region_tracks import stored_tracks

NOW = datetime.now(UTC).replace(microsecond=0)
BOAT = (
    "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t, heard_at)"
    " SELECT n, 'QNg-MP 000' || n, 'Thử', 17.5, 'câu', 'Sa Kỳ', n, 1, 1, now(), now() FROM generate_series(1, 3) AS n"
)


@pytest.fixture
def stored(connection: psycopg.Connection) -> psycopg.Connection:
    """Two boats heard every two hours for two days, one by a real source, one by a simulated one."""
    connection.execute(BOAT)
    for number, origin in ((1, "real"), (2, "simulated")):
        delivery = Delivery(connection, Sender(f"vms-{origin}", origin), "test", lambda: datetime.now(UTC))
        times = [unix_ms(NOW - timedelta(hours=h)) for h in range(48, 0, -2)]
        east = [round((110 + i / 30) * 1e7) for i in range(len(times))]
        delivery.write(
            Batch(
                [
                    Fix(f"vms:A:{number}", t, t, t, x, round(14e7), 20, 900, None, None, None, None, 0, b"t")
                    for t, x in zip(times, east, strict=True)
                ]
            )
        )
    connection.execute(
        "INSERT INTO transmitter_on_vessel SELECT id, right(key, 1)::int, %s, NULL, 1 FROM transmitter",
        (NOW - timedelta(days=40),),
    )
    return connection


def test_only_real_tracks_teach(stored: psycopg.Connection) -> None:
    (track,) = stored_tracks(stored, 30, lambda: NOW, lambda _: True)
    assert track.boat == 1
    assert len(track.t_s) == 24
    assert track.speed_kn.tolist() == [2.0] * 24
    assert track.at_sea.all()
    assert stored_tracks(stored, 30, lambda: NOW, lambda boat: boat != 1) == []
    cases = draw_cases([track], read_model(), (4.0,), 5, np.random.default_rng(1))
    assert len(cases) == 5
    assert cases.true_lon[:, 0] - cases.lon == pytest.approx(2 / 30, abs=1e-6)

"""Boats at a moment before now: where they were, which device spoke, what the rule of that day made of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role
from layers.vessels.live import settle

SignIn = Callable[[Role], TestClient]
NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=30)
BOAT = (
    "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t, heard_at)"
    " SELECT n, 'QNg-MP 000' || n, 'Thử', 17.5, 'câu', 'Sa Kỳ', n, 1, 1, now(), now() FROM generate_series(1, 3) AS n"
)


def after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


@pytest.fixture
def fleet(connection: psycopg.Connection) -> Callable[..., None]:
    """Stores positions (device, hours after NOON, longitude, 0.1 kn); three boats are registered."""
    connection.execute(BOAT)
    delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: datetime.now(UTC))

    def store(*heard: tuple[Any, ...]) -> None:
        fixes = []
        for device, hours, lon, *sog in heard:
            t = unix_ms(after(hours))
            fixes.append(
                Fix(
                    device,
                    t,
                    hash((device, t)),
                    t,
                    round(lon * 1e7),
                    round(15e7),
                    *(sog or [80]),
                    900,
                    None,
                    None,
                    None,
                    None,
                    0,
                    b"t",
                )
            )
        delivery.write(Batch(fixes))

    return store


@pytest.fixture
def link(connection: psycopg.Connection) -> Callable[..., None]:
    def put(device: str, vessel: int, since: float, until: float | None = None) -> None:
        connection.execute(
            "INSERT INTO transmitter_on_vessel SELECT id, %s, %s, %s, 1 FROM transmitter WHERE key = %s",
            (vessel, after(since), None if until is None else after(until), device),
        )

    return put


def boats(officer: TestClient, hours: float, **more: Any) -> dict[str, Any]:
    answer = officer.get("/api/vessels", params={"at": after(hours).isoformat(), **more})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert sum(told["counts"].values()) == told["denominator"]
    return told | {"by_id": {boat["id"]: boat for boat in told["vessels"]}}


def test_a_boat_is_where_it_was(fleet, link, sign_in: SignIn) -> None:
    fleet(("vms:A:00001", 0, 109.0), ("vms:A:00001", 2, 109.5), ("vms:A:00001", 20, 112.0))
    link("vms:A:00001", 1, -100)
    officer = sign_in(Role.OFFICER)
    told = boats(officer, 3)
    assert told["at"] == after(3).isoformat().replace("+00:00", "Z")
    assert (told["denominator"], told["counts"]) == (3, {"on_time": 1, "unknown": 2})
    boat = told["by_id"]["v1"]
    assert (boat["lon"], boat["age_s"], boat["origin"]) == (109.5, 3600, "simulated")
    statuses = [boats(officer, hours)["by_id"]["v1"]["status"] for hours in (2, 4.4, 4.6, 7.9, 8.1, 20)]
    assert statuses == ["on_time", "on_time", "late", "late", "lost_6h", "on_time"]


def test_before_anything_nobody_knows(fleet, link, sign_in: SignIn) -> None:
    fleet(("vms:A:00001", 0, 109.0), ("mmsi:999000007", 0, 109.0))
    link("vms:A:00001", 1, -100)
    told = boats(sign_in(Role.OFFICER), -1)
    assert told["counts"] == {"unknown": 3}, "a device nobody had heard is no boat yet"
    assert {boat["t"] for boat in told["vessels"]} == {None}
    early = sign_in(Role.OFFICER).get("/api/vessels", params={"at": "0001-01-01T00:00:00+07:00"})
    assert early.json()["counts"] == {"unknown": 3}


def test_a_late_batch_is_told_where_it_belongs(fleet, link, sign_in: SignIn) -> None:
    fleet(("vms:A:00001", 0, 109.0), ("vms:A:00001", 10, 112.0))
    link("vms:A:00001", 1, -100)
    officer = sign_in(Role.OFFICER)
    assert boats(officer, 9)["by_id"]["v1"]["status"] == "lost_6h"
    fleet(("vms:A:00001", 8, 111.0))
    assert boats(officer, 9)["by_id"]["v1"]["lon"] == 111.0
    assert boats(officer, 9)["by_id"]["v1"]["status"] == "on_time"


def test_the_device_that_counted_then_speaks(fleet, link, sign_in: SignIn) -> None:
    fleet(("vms:A:00001", 0, 109.0), ("mmsi:999000001", 1, 110.0), ("vms:A:00001", 2, 111.0))
    link("vms:A:00001", 1, -100)
    link("mmsi:999000001", 1, -100)
    officer = sign_in(Role.OFFICER)
    assert [boats(officer, h)["by_id"]["v1"]["kind"] for h in (0.5, 1.5, 2.5)] == ["vms", "ais", "vms"]
    card = officer.get("/api/vessels/v1", params={"at": after(1.5).isoformat()}).json()
    assert {d["key"]: d["counted"] for d in card["transmitters"]} == {"vms:A:00001": False, "mmsi:999000001": True}
    assert [fix["lon"] for fix in card["recent"]] == [110.0, 109.0]


def test_a_device_belongs_to_the_boat_it_was_on(fleet, link, sign_in: SignIn) -> None:
    fleet(("vms:A:00001", 0, 109.0), ("vms:A:00001", 10, 112.0))
    link("vms:A:00001", 1, -100, 5)
    link("vms:A:00001", 2, 5)
    officer = sign_in(Role.OFFICER)
    before, then = boats(officer, 1)["by_id"], boats(officer, 11)["by_id"]
    assert (before["v1"]["lon"], before["v2"]["lon"]) == (109.0, None)
    assert (then["v1"]["lon"], then["v2"]["lon"]) == (None, 112.0)
    cards = [officer.get(f"/api/vessels/{b}", params={"at": after(11).isoformat()}).json() for b in ("v1", "v2")]
    assert [len(card["transmitters"]) for card in cards] == [0, 1]
    assert [[fix["lon"] for fix in card["recent"]] for card in cards] == [[109.0], [112.0]]


def test_the_law_is_that_of_the_day(connection, fleet, link, sign_in: SignIn) -> None:
    fleet(("vms:A:00001", 0, 109.0), ("vms:A:00001", 20, 109.0))
    link("vms:A:00001", 1, -100)
    former = "code = 'silence.position_by_other_means.nd41'"
    connection.execute(f"UPDATE rule SET valid_to = %s WHERE {former}".encode(), (after(15),))
    connection.execute(
        "INSERT INTO rule (code, kind, conduct, step, threshold_s, min_length_m, decree, text_vi, text_en, source,"
        " verified, valid_from) SELECT 'mine', kind, conduct, step, 3600, min_length_m, 'NĐ thử', text_vi, text_en,"
        f" source, verified, %s FROM rule WHERE {former}".encode(),
        (after(15),),
    )
    officer = sign_in(Role.OFFICER)
    assert [boats(officer, h)["by_id"]["v1"]["status"] for h in (5, 21.5)] == ["late", "lost_6h"]
    card = officer.get("/api/vessels/v1", params={"at": after(21.5).isoformat()}).json()
    assert card["law"]["decree"] == "NĐ thử"


def test_search_and_box_are_of_that_moment(connection, fleet, link, sign_in: SignIn) -> None:
    connection.execute(
        "INSERT INTO fishing_port (id, code, name, radius_m, content_hash, source_id, delivery_id, t, heard_at, geom)"
        " VALUES (1, 'C1', 'Cảng', 800, 1, 1, 1, now(), now(), ST_SetSRID(ST_MakePoint(109, 15), 4326))"
    )
    fleet(
        ("vms:A:00001", 0, 109.0, 0), ("vms:A:00002", 0, 111.0), ("vms:A:00001", 10, 113.0), ("vms:A:00002", 10, 113.0)
    )
    link("vms:A:00001", 1, -100)
    link("vms:A:00002", 2, -100)
    officer = sign_in(Role.OFFICER)
    assert set(boats(officer, 1, bbox="108,14,110,16")["by_id"]) == {"v1"}
    assert set(boats(officer, 1, status="in_port")["by_id"]) == {"v1"}
    assert set(boats(officer, 1, q="0002")["by_id"]) == {"v2"}
    assert boats(officer, 11, status="in_port")["by_id"] == {}


def test_this_moment_is_what_the_live_list_says(connection, fleet, link, sign_in: SignIn) -> None:
    fleet(*((f"vms:A:0000{n}", 30 - n * 3, 109 + n / 10) for n in range(1, 6)), ("mmsi:999000001", 29, 110.0))
    link("vms:A:00001", 1, -100)
    link("mmsi:999000001", 1, -100)
    connection.execute("UPDATE live SET version = 99")
    settle(connection, 99)
    officer = sign_in(Role.OFFICER)
    live = officer.get("/api/vessels").json()
    then = officer.get("/api/vessels", params={"at": datetime.now(UTC).isoformat()}).json()
    assert then["counts"] == live["counts"]
    drop = {"age_s": None}
    assert [b | drop for b in then["vessels"]] == [b | drop for b in live["vessels"]]


@pytest.mark.parametrize("path", ["/api/vessels", "/api/vessels/v1"])
def test_what_has_not_come_is_refused(path: str, reading: SignIn) -> None:
    answer = reading(Role.OFFICER).get(path, params={"at": "2099-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["field"]) == (400, "at")
    assert reading(Role.OFFICER).get(path, params={"at": "hôm qua"}).status_code == 422
    assert reading(Role.GUEST).get(path, params={"at": "2026-01-01T00:00:00Z"}).status_code == 401


ZONE = """
INSERT INTO zone (id, code, content_hash, source_id, delivery_id, t, heard_at, name, kind, verified, geom)
VALUES (1, 'x', 1, 1, 1, now(), now(), 'Thử', 'belt_offshore', false,
        ST_Multi(ST_MakeEnvelope(109, 14, 110, 15, 4326)))
"""
LIMIT = """
INSERT INTO boundary (id, code, content_hash, source_id, delivery_id, t, heard_at, name, kind, geom)
VALUES (1, 'x', 1, 1, 1, now(), now(), 'Thử', 'fishing_limit', 'SRID=4326;MULTILINESTRING((111 14, 111 16))')
"""


def test_where_somebody_looks_and_finds_nothing_the_count_is_zero(fleet, sign_in: SignIn, connection) -> None:
    """Without a line or a belt nobody can look, and there is no number."""
    fleet(("vms:A:00001", 0, 109.0))
    officer = sign_in(Role.OFFICER)
    told = []
    for more in ("SELECT 1", ZONE, LIMIT):
        connection.execute(more)
        connection.commit()
        counts = officer.get("/api/vessels?limit=1").json()["counts"]
        told.append((counts.get("foreign"), counts.get("wrong_belt")))
    assert told == [(None, None), (None, 0), (0, 0)]

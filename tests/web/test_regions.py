"""Regions over HTTP: who may ask, who has one, what is said, and that past moments have theirs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point, shape

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role

SignIn = Callable[[Role], TestClient]
NOW = datetime.now(UTC).replace(microsecond=0)
BOAT = (
    "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t, heard_at)"
    " SELECT n, 'QNg-MP 000' || n, 'Thử', 17.5, 'câu', 'Sa Kỳ', n, 1, 1, now(), now() FROM generate_series(1, 4) AS n"
)
SILENT_H = {1: 8.0, 2: 0.2, 3: 300.0, 4: 30.0}
"""Hours of silence by boat; the second was heard just now, the third too long ago."""


@pytest.fixture
def fleet(connection: psycopg.Connection) -> None:
    connection.execute(BOAT)
    delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: datetime.now(UTC))
    fixes = []
    for boat, hours in SILENT_H.items():
        t = unix_ms(NOW - timedelta(hours=hours))
        lon, lat = round((110.5 + boat / 4) * 1e7), round(14e7)
        fixes.append(Fix(f"vms:A:{boat}", t, boat, t, lon, lat, 25, 900, None, None, None, None, 0, b"t"))
    delivery.write(Batch(fixes))
    connection.execute(
        "INSERT INTO transmitter_on_vessel SELECT id, right(key, 1)::int, %s, NULL, 1 FROM transmitter",
        (NOW - timedelta(days=40),),
    )
    connection.execute(
        "UPDATE live SET vessel_id = right(k.key, 1)::int FROM transmitter k WHERE k.id = transmitter_id"
    )


@pytest.fixture
def officer(fleet: None, sign_in: SignIn) -> TestClient:
    return sign_in(Role.OFFICER)


def assert_counted(told: dict[str, Any], hours: float) -> None:
    """Since so many hours before these tests began, until the moment the answer names."""
    since, at = (datetime.fromisoformat(told[name]) for name in ("since", "at"))
    assert since == NOW - timedelta(hours=hours)
    assert told["elapsed_s"] == round((at - since).total_seconds())


def ring(answer: dict[str, Any], name: str) -> Any:
    return next(shape(f["geometry"]) for f in answer["features"] if f["properties"]["ring"] == name)


def test_only_officers_are_told(fleet: None, sign_in: SignIn) -> None:
    for role, status in ((Role.GUEST, 401), (Role.VIEWER, 403), (Role.LEADER, 403)):
        client = sign_in(role)
        assert client.get("/api/vessels/v1/region").status_code == status
        assert client.get("/api/regions").status_code == status


def test_a_silent_boat_has_two_rings_and_words(officer: TestClient) -> None:
    told = officer.get("/api/vessels/v1/region").json()
    assert ring(told, "outer").covers(ring(told, "inner"))
    assert ring(told, "inner").covers(Point(110.75, 14.0))
    assert_counted(told, 8)
    assert told["status"] == "lost_6h"
    assert told["counted_from"] == "device"
    assert "chưa hiệu chỉnh trên hành trình thật" in told["calibration"]["words"]["vi"]
    assert told["calibration"]["calibrated"] is False
    assert "%" not in str(told["words"]) + str(told["calibration"]["words"])
    assert told["limit"]["state"] == "not_loaded"


def test_it_grows_with_elapsed_time_and_was_smaller_before(officer: TestClient) -> None:
    one, other = (officer.get(f"/api/vessels/v1/region?elapsed={h * 3600}").json() for h in (3, 12))
    assert ring(other, "outer").covers(ring(one, "outer"))
    at = (NOW - timedelta(hours=1)).isoformat()
    before = officer.get("/api/vessels/v1/region", params={"at": at}).json()
    now = officer.get("/api/vessels/v1/region").json()
    assert_counted(before, 8)
    assert before["elapsed_s"] == 7 * 3600
    assert ring(now, "outer").covers(ring(before, "outer"))
    assert ring(now, "outer").area > ring(before, "outer").area


def test_boats_heard_lately_have_none(officer: TestClient) -> None:
    answer = officer.get("/api/vessels/v2/region")
    assert answer.status_code == 204
    assert answer.content == b""
    assert officer.get("/api/vessels/v99/region").status_code == 404
    then = {"at": (NOW - timedelta(hours=7.9)).isoformat()}
    assert officer.get("/api/vessels/v1/region", params=then).status_code == 204


def test_after_too_long_it_says_so(officer: TestClient) -> None:
    told = officer.get("/api/vessels/v3/region").json()
    assert told["too_long"] is True
    assert told["features"] == []
    assert "Quá lâu để đoán" in told["words"]["vi"]


def test_all_silent_boats_at_once(officer: TestClient) -> None:
    told = officer.get("/api/regions").json()
    assert (told["total"], told["too_long"]) == (3, 1)
    assert {f["properties"]["vessel"] for f in told["features"]} == {"v1", "v4"}
    assert all(f["properties"]["since"] and shape(f["geometry"]).is_valid for f in told["features"])
    wrong = officer.get("/api/regions?status=on_time")
    assert wrong.status_code == 400
    assert wrong.json()["field"] == "status"


def test_a_reported_position_is_counted_from(officer: TestClient, connection: psycopg.Connection) -> None:
    t = NOW - timedelta(hours=2)
    connection.execute(
        "INSERT INTO reported_position (vessel_id, t, heard_at, lon_e7, lat_e7, said, caller_role, channel, taken_by,"
        " doubts) VALUES (1, %s, %s, 1112000000, 145000000, '…', 'master', 'radio', 'x', '{}')",
        (t, t),
    )
    told = officer.get("/api/vessels/v1/region").json()
    assert told["counted_from"] == "reported"
    assert told["status"] == "lost_6h", "a word by radio does not make the device speak"
    assert_counted(told, 2)
    assert ring(told, "inner").covers(Point(111.2, 14.5))


@pytest.mark.parametrize(("lon", "state"), [(110.9, "reached"), (111.15, "ahead"), (117.5, "not_within")])
def test_the_limit_of_permitted_fishing(
    lon: float, state: str, officer: TestClient, connection: psycopg.Connection
) -> None:
    connection.execute(
        "INSERT INTO boundary (id, code, name, kind, content_hash, source_id, delivery_id, t, heard_at, geom) VALUES"
        " (1, 'L', 'Thử', 'fishing_limit', 1, 1, 1, now(), now(),"
        " ST_Multi(ST_SetSRID(ST_MakeLine(ST_MakePoint(%s, 8), ST_MakePoint(%s, 19)), 4326)))",
        (lon, lon),
    )
    told = officer.get("/api/vessels/v1/region").json()
    assert told["limit"]["state"] == state
    if state == "reached":
        assert told["limit"]["words"]["vi"].startswith("đã có thể vượt ranh giới")
        assert datetime.fromisoformat(told["limit"]["at"]) <= datetime.now(UTC)
    if state == "ahead":
        assert datetime.fromisoformat(told["limit"]["at"]) > datetime.now(UTC)

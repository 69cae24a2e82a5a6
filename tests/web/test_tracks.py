"""One boat's track over HTTP: pieces and gaps apart, a day's sums, and a moving feature nobody can bridge gaps with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import LOCAL, unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role

SignIn = Callable[[Role], TestClient]
YESTERDAY = datetime.now(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
HOURS = (-1, 1, 3, 4, 10, 12, 13.5, 15, 17, 19, 21, 23, 25)


def fix(device: str, hours: float, **said: Any) -> Fix:
    t_ms = unix_ms(YESTERDAY) + round(hours * 3_600_000)
    lon = round((109 + hours / 100) * 1e7)
    whole = Fix(device, t_ms, hash((device, t_ms)), t_ms, lon, 150_000_000, 82, None, None, None, None, None, 0, b"t")
    return whole._replace(**said)


@pytest.fixture
def officer(connection: psycopg.Connection, sign_in: SignIn) -> TestClient:
    """An officer, and one boat with a device that was silent from 4 to 10 o'clock yesterday."""
    delivery = Delivery(connection, Sender("vms_demo", "simulated"), "test", lambda: datetime.now(UTC))
    delivery.write(Batch([fix("vms:A:00001", hours) for hours in HOURS]))
    connection.execute(
        "INSERT INTO vessel"
        " (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t, heard_at)"
        " VALUES (3, 'QNg-MP 0003', 'Thử', 17.5, 'câu', 'Sa Kỳ', 1, 1, 1, now(), now())"
    )
    connection.execute(
        "INSERT INTO transmitter_on_vessel SELECT id, 3, %s, NULL, 1 FROM transmitter", (YESTERDAY - timedelta(days=9),)
    )
    return sign_in(Role.OFFICER)


def test_a_day_is_a_calendar_day_here(officer: TestClient) -> None:
    answer = officer.get("/api/vessels/v3/track", params={"day": YESTERDAY.date().isoformat()})
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "private, no-cache"
    told = answer.json()
    assert datetime.fromisoformat(told["from"]) == YESTERDAY
    assert (told["vessel"], told["label"], told["origin"]) == ("v3", "QNg-MP 0003", "simulated")
    kinds = [f["properties"]["kind"] for f in told["features"]]
    assert kinds == ["piece", "gap", "piece"]
    assert [len(f["geometry"]["coordinates"]) for f in told["features"]] == [3, 2, 8]
    first = told["features"][0]["properties"]
    assert first["sog_kn"] == [8.2] * 3
    assert first["cog_deg"] == [None] * 3
    assert first["device"] == ["vms"] * 3
    assert first["source"] == ["vms_demo"] * 3
    gap = told["features"][1]["properties"]
    assert (gap["duration_s"], gap["open"]) == (6 * 3600, False)
    assert gap["distance_nm"] == pytest.approx(3.5, abs=0.1)


def test_the_sums_of_the_day_are_said_in_words(officer: TestClient) -> None:
    summary = officer.get("/api/vessels/v3/track", params={"day": YESTERDAY.date().isoformat()}).json()["summary"]
    assert (summary["points"], summary["gaps"], summary["longest_gap_s"]) == (11, 1, 21_600)
    assert summary["at_sea_s"] == 18 * 3600
    assert summary["silent_s"] == 6 * 3600
    assert summary["text"]["vi"].startswith("Đi 10,5 hải lý; trên biển 18 giờ 0 phút")
    assert "1 khoảng mất tín hiệu, tổng cộng 6 giờ 0 phút" in summary["text"]["vi"]


def test_a_moving_feature_has_a_sequence_for_each_piece(officer: TestClient) -> None:
    query = {"day": YESTERDAY.date().isoformat(), "format": "mfjson"}
    (feature,) = officer.get("/api/vessels/v3/track", params=query).json()["features"]
    prisms = feature["temporalGeometry"]["prisms"]
    assert [len(prism["datetimes"]) for prism in prisms] == [3, 8]
    assert all(len(prism["datetimes"]) == len(prism["coordinates"]) for prism in prisms)
    assert {prism["interpolation"] for prism in prisms} == {"Linear"}
    assert [len(said["speed"]["values"]) for said in feature["temporalProperties"]] == [3, 8]


def test_a_silence_that_lasts_is_said(officer: TestClient) -> None:
    since, until = YESTERDAY + timedelta(hours=2), YESTERDAY + timedelta(hours=9)
    told = officer.get("/api/vessels/v3/track", params={"from": since.isoformat(), "to": until.isoformat()}).json()
    assert [f["properties"]["kind"] for f in told["features"]] == ["piece", "gap"]
    assert told["summary"]["silent_s"] == 5 * 3600
    later = YESTERDAY + timedelta(hours=25), min(YESTERDAY + timedelta(hours=33), datetime.now(UTC))
    if later[1] - later[0] > timedelta(hours=3):
        told = officer.get("/api/vessels/v3/track", params={"from": later[0].isoformat(), "to": later[1].isoformat()})
        assert told.json()["features"][-1]["properties"]["open"] is True


def test_a_device_has_a_track_only_while_it_is_on_no_boat(connection, officer: TestClient) -> None:
    device = connection.execute("SELECT id FROM transmitter").fetchone()[0]
    told = officer.get(f"/api/vessels/t{device}/track", params={"day": YESTERDAY.date().isoformat()}).json()
    assert told["features"] == []
    assert told["summary"]["text"]["vi"] == "Không nhận được vị trí nào"


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, 400, "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, 400, "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2099-01-01T00:00:00Z"}, 400, "to"),
        ({"to": "0001-01-01T00:00:00+07:00"}, 400, "to"),
        ({"day": "2099-01-01"}, 400, "day"),
        ({"day": "9999-12-31"}, 400, "day"),
        ({"day": "0001-01-01"}, 400, "day"),
        ({"day": "2026-02-30"}, 422, "day"),
        ({"day": "2026-01-01", "from": "2026-01-01T00:00:00Z"}, 400, "day"),
        ({"format": "kml"}, 400, "format"),
        ({}, 404, "id"),
    ],
)
def test_a_bad_question_is_refused_by_name(query: dict[str, str], status: int, field: str, reading: SignIn) -> None:
    answer = reading(Role.OFFICER).get("/api/vessels/v999/track", params=query)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.text


@pytest.mark.parametrize("vessel", ["x1", "v", "v-1", "v1e9", "vessel", "v9999999999"])
def test_a_name_of_no_boat_is_refused(vessel: str, reading: SignIn) -> None:
    answer = reading(Role.OFFICER).get(f"/api/vessels/{vessel}/track")
    assert (answer.status_code, answer.json()["field"]) == (400, "id")


@pytest.mark.parametrize(("role", "status"), [(Role.GUEST, 401), (Role.LEADER, 403)])
def test_only_officers_see_a_track(role: Role, status: int, reading: SignIn) -> None:
    assert reading(role).get("/api/vessels/v3/track").status_code == status

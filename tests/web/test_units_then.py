"""A unit's card at a past date: the units of then, the values of then, and nothing made up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient

from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.registry import load_layers

LAYER = load_layers()["health_facility"]
PLACE = (108.79232, 15.12047)


@pytest.fixture
def deliver(connection: psycopg.Connection, tmp_path: Path) -> Callable[[int, str, int], None]:
    """Delivers one facility's beds as of a day, `ago` days before now."""

    def delivered(number: int, day: str, beds: int) -> None:
        told = {"code": f"H{number}", "name": "Bệnh viện", "kind": "hospital", "beds": beds, "as_of": day}
        feature = {"type": "Feature", "properties": told, "geometry": {"type": "Point", "coordinates": PLACE}}
        path = tmp_path / "health.geojson"
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
        loaded = load_table(
            connection, LAYER, path, Sender("health_test", "simulated", "thử"), lambda: datetime.now(UTC)
        )
        assert loaded.rejects == []

    return delivered


def beds(client: TestClient, query: str) -> tuple[Any, Any]:
    card = client.get(f"/api/units/522{query}").json()
    (found,) = [m for m in card["measures"] if (m["layer"], m["name"]) == ("health_facility", "beds")]
    return found["value"], found["time"]


def test_a_past_day_has_the_values_of_that_day(deliver: Callable[[int, str, int], None], client: TestClient) -> None:
    deliver(1, "2025-08-01", 100)
    deliver(1, "2026-02-01", 140)
    deliver(2, "2026-03-01", 10)
    assert beds(client, "")[0] == 150
    assert beds(client, "?at=2026-02-15") == (140, "2026-01-31T17:00:00Z")
    assert beds(client, "?at=2026-02-01")[0] == 140
    assert beds(client, "?at=2026-01-31")[0] == 100
    assert beds(client, "?at=2025-07-15") == (None, None)


def test_the_structure_picks_the_units_and_the_date_the_values(
    deliver: Callable[[int, str, int], None], client: TestClient
) -> None:
    deliver(1, "2025-08-01", 100)
    deliver(1, "2026-02-01", 140)
    then = client.get("/api/units/522?structure=2021&at=2025-12-31").json()
    assert then["unit"]["level"] == "district"
    assert then["values_at"] == "2025-12-31T17:00:00Z"
    assert beds(client, "?structure=2021&at=2025-12-31")[0] == 100
    assert beds(client, "?structure=2021")[0] == 140
    assert client.get("/api/units/522").json()["values_at"] is None
    assert client.get("/api/units/522?at=2021-01-01").json()["unit"]["level"] == "district"


def test_a_unit_without_facilities_had_none_and_boats_are_not_guessed(
    deliver: Callable[[int, str, int], None], client: TestClient
) -> None:
    deliver(1, "2025-08-01", 100)
    card = client.get("/api/units/536?at=2025-09-01").json()
    said = {(m["layer"], m["name"]): m for m in card["measures"]}
    assert said["health_facility", "beds"]["value"] == 0
    assert said["health_facility", "beds"]["time"] == "2025-07-31T17:00:00Z"
    assert said["vessel", "vessels"]["value"] is None
    assert said["unit", "area"]["value"] > 9


def test_today_and_later_are_now(deliver: Callable[[int, str, int], None], client: TestClient) -> None:
    deliver(1, "2025-08-01", 100)
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    assert client.get(f"/api/units/522?at={tomorrow}").json()["values_at"] is None
    assert beds(client, f"?at={tomorrow}")[0] == 100

"""Facilities as lists: found without dấu, narrowed by kind and unit, each with its time, source and age."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient

from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.access.roles import Role
from layers.registry import load_layers

SignIn = Callable[[Role], TestClient]
LIST = "/api/layers/health_facility/features"
ROWS = (
    ("H1", "Bệnh viện Đa khoa Mẫu", "hospital", 300, (108.80, 15.12)),
    ("H2", "Trạm Y tế Nghĩa Lộ", "commune_station", None, (108.781, 15.113)),
    ("H3", "Trạm Y tế Lý Sơn", "commune_station", 5, (109.117, 15.382)),
)


@pytest.fixture(autouse=True)
def facilities(connection: psycopg.Connection, tmp_path: Path, now: Any) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "kind": kind, "beds": beds, "as_of": "2026-11-01"},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for code, name, kind, beds, place in ROWS
    ]
    path = tmp_path / "health.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    layer = load_layers()["health_facility"]
    loaded = load_table(connection, layer, path, Sender("health_test", "simulated", "thử"), lambda: now)
    assert loaded.summary.stored == 3


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [place["values"]["name"] for place in answer.json()["places"]]


def test_every_place_says_when_by_whom_and_how_real(client: TestClient) -> None:
    body = client.get(LIST).json()
    assert body["total"] == 3
    assert body["counts"] == {"kind": {"hospital": 1, "commune_station": 2}}
    first = body["places"][0]
    assert (first["origin"], first["source"]["code"], first["geometry"]["type"]) == (
        "simulated",
        "health_test",
        "Point",
    )
    assert first["time"].startswith("2026-1")
    assert first["age_s"] >= 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=benh vien da khoa", [0]),
        ("q=TRẠM nghia lo", [1]),
        ("q=100%25", []),
        ("kind=hospital", [0]),
        ("kind=hospital,commune_station&q=y te", [1, 2]),
        ("bbox=109,15,110,16", [2]),
        ("limit=1&offset=1", [1]),
    ],
)
def test_places_are_found_as_people_look_for_them(client: TestClient, query: str, found: list[int]) -> None:
    assert names(client.get(f"{LIST}?{query}")) == [ROWS[n][1] for n in found]


def test_places_of_a_unit_by_any_of_its_codes(client: TestClient) -> None:
    district = client.get(f"{LIST}?unit=522")
    assert names(district) == [ROWS[0][1], ROWS[1][1]]
    assert names(client.get(f"{LIST}?unit=51")) == [row[1] for row in ROWS]


def test_a_place_tells_its_units(client: TestClient) -> None:
    key = client.get(LIST).json()["places"][0]["id"]
    card = client.get(f"{LIST}/{key}").json()
    assert card["values"]["beds"] == 300
    assert {"Thành phố Quảng Ngãi", "Tỉnh Quảng Ngãi"} <= {unit["name"] for unit in card["units"]}


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        (f"{LIST}?kind=palace", 400, "kind"),
        (f"{LIST}?name=x", 400, "name"),
        (f"{LIST}?colour=red", 400, "colour"),
        (f"{LIST}?bbox=1,2", 400, "bbox"),
        (f"{LIST}?unit=nowhere", 404, "unit"),
        (f"{LIST}?limit=0", 422, "limit"),
        (f"{LIST}/999999", 404, "id"),
        (f"{LIST}/abc", 404, "id"),
        ("/api/layers/nothing/features", 404, "layer"),
        ("/api/layers/vessel/features", 403, "layer"),
    ],
)
def test_a_wrong_question_names_the_field(client: TestClient, path: str, status: int, field: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.text


def test_officers_list_boats_by_the_same_door(sign_in: SignIn) -> None:
    answer = sign_in(Role.OFFICER).get("/api/layers/vessel/features")
    assert answer.status_code == 200, answer.text

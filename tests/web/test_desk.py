"""The officers' desk over the API: groups and zones of their own, areas whose count is their list, tracks as tables."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from geo.clock import unix_ms
from geo.measure import METRES_PER_NM, bearing_deg, distance_m
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import OFFICERS, Role
from layers.database import make_engine, write
from layers.desk.passage_keeper import keep_passages

SignIn = Callable[[Role], TestClient]
NOW = datetime.now(UTC)
ORIGIN = {"origin": "http://testserver"}
SEA = "108,14;112,14;112,16;108,16"
WEST = "108,14;110,14;110,16;108,16"
READS = [
    "/api/groups",
    "/api/own-zones",
    f"/api/area/boats?ring={SEA}",
    "/api/vessels/v1/fixes",
    "/api/books/officials",
]


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
def fleet(connection: psycopg.Connection) -> None:
    """Boats 1 to 4; the first three heard: 1 goes east out of WEST, 2 west into it, 3 stays in it and falls silent."""
    connection.execute(
        "INSERT INTO vessel (id, code, name, length_m, gear, home_port, crew, official, content_hash, source_id,"
        " delivery_id, t, heard_at) SELECT n, 'QNg-MP 000' || n, 'Sóng ' || n, 5 + 7 * n, 'câu', 'Sa Kỳ',"
        " CASE WHEN n < 3 THEN 4 + n END, 'Cán bộ ' || n % 2, n, 1, 1, now(), now() FROM generate_series(1, 4) AS n"
    )
    connection.execute(
        "INSERT INTO vessel_number (reg_key, vessel_id, shown, source_id, delivery_id)"
        " SELECT reg_key, id, code, source_id, delivery_id FROM vessel"
    )
    delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: datetime.now(UTC))
    for number in (1, 2, 3):
        connection.execute("INSERT INTO transmitter (key, kind) VALUES (%s, 'vms')", (f"vms:A:{number}",))
        connection.execute(
            "INSERT INTO transmitter_on_vessel SELECT id, %s, %s, NULL, 1 FROM transmitter WHERE key = %s",
            (number, ago(2000), f"vms:A:{number}"),
        )
    delivery.write(Batch([fix for number in (1, 2, 3) for fix in way(number)]))


def way(number: int) -> list[Fix]:
    hours = [8, 7, 6, 1, 0.5] if number < 3 else [9, 8]
    east = {1: 1, 2: -1, 3: 0}[number]
    return [place(number, h, 110 + east * (4 - h) / 4 - (number == 3) * 0.5) for h in hours]


def place(number: int, hours: float, lon: float) -> Fix:
    t = unix_ms(ago(hours))
    return Fix(f"vms:A:{number}", t, hash((number, t)), t, round(lon * 1e7), round(15e7), 60, 900, *[None] * 4, 0, b"t")


@pytest.mark.parametrize("role", list(Role))
def test_the_desk_is_for_officers(role: Role, fleet: None, sign_in: SignIn) -> None:
    client = sign_in(role)
    expected = 200 if role in OFFICERS else 401 if role is Role.GUEST else 403
    assert {client.get(path).status_code for path in READS} == {expected}
    made = client.post("/api/groups", json={"name": "x"}, headers=ORIGIN)
    assert made.status_code == (201 if role in OFFICERS else expected)


def test_a_group_is_its_makers_until_it_is_shared(fleet: None, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    numbers = "QNg-MP 0001, 0002\nQNg-MP 0999; qngmp0001"
    made = officer.post("/api/groups", json={"name": " Đội  một ", "numbers": numbers}, headers=ORIGIN).json()
    group = made["group"]["id"]
    assert (made["group"]["name"], made["group"]["boats"], made["added"]) == ("Đội một", 2, ["v1", "v2"])
    assert (made["report"]["missing"], made["report"]["repeated"]) == (["QNg-MP 0999"], 1)
    again = officer.post(f"/api/groups/{group}", json={"add": ["v2", "v3"], "remove": ["v1"]}, headers=ORIGIN).json()
    assert (again["added"], again["removed"]) == (["v3"], 1)
    assert officer.get(f"/api/groups/{group}/members").json() == ["v2", "v3"]
    assert officer.post(f"/api/groups/{group}", json={"add": ["v77"]}, headers=ORIGIN).status_code == 400
    assert officer.post(f"/api/groups/{group}", json={}, headers={"origin": "http://x.test"}).status_code == 403
    post = sign_in(Role.POST)
    assert post.get("/api/groups").json() == []
    assert post.get(f"/api/groups/{group}/members").status_code == 404
    sign_in(Role.OFFICER).post(f"/api/groups/{group}", json={"shared": True}, headers=ORIGIN)
    post = sign_in(Role.POST)
    assert [each["may_change"] for each in post.get("/api/groups").json()] == [True]
    assert post.post(f"/api/groups/{group}", json={"add": ["v1"]}, headers=ORIGIN).json()["added"] == ["v1"]
    assert post.post(f"/api/groups/{group}", json={"ended": True}, headers=ORIGIN).status_code == 403
    assert sign_in(Role.OFFICER).post(f"/api/groups/{group}", json={"ended": True}, headers=ORIGIN).status_code == 200
    assert sign_in(Role.OFFICER).get("/api/groups").json() == []


def test_who_put_a_boat_in_or_took_it_out_stays_written(fleet: None, sign_in: SignIn, connection) -> None:
    officer = sign_in(Role.OFFICER)
    group = officer.post("/api/groups", json={"name": "a", "vessels": ["v1"]}, headers=ORIGIN).json()["group"]["id"]
    for change in ({"remove": ["v1"]}, {"add": ["v1"], "how": "area"}, {"name": "b"}):
        assert officer.post(f"/api/groups/{group}", json=change, headers=ORIGIN).status_code == 200
    rows = connection.execute("SELECT how, added_by, removed_by FROM boat_group_member ORDER BY id").fetchall()
    assert rows == [("panel", "demo-officer", "demo-officer"), ("area", "demo-officer", None)]
    names = connection.execute("SELECT name, superseded_at IS NULL FROM boat_group ORDER BY row_id").fetchall()
    assert names == [("a", False), ("b", True)]


def area(client: TestClient, ring: str, **more: Any) -> dict[str, Any]:
    answer = client.get("/api/area/boats", params={"ring": ring, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_count_of_an_area_is_its_list_and_its_sheet(fleet: None, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    found = area(officer, SEA)
    sums = found["sums"]
    assert [boat["id"] for boat in found["boats"]] == ["v1", "v2", "v3"]
    assert sums["boats"] == sum(sums["by_status"].values()) == sum(sums["by_length"].values()) == 3
    assert (sums["crew"], sums["crew_of"], sums["by_length"]) == (11, 2, {"12–15 m": 1, "15–24 m": 1, "≥ 24 m": 1})
    assert sums["by_status"] == {"on_time": 2, "lost_6h": 1}
    assert [boat["id"] for boat in area(officer, WEST)["boats"]] == ["v2", "v3"]
    told = officer.get("/api/area/boats", params={"ring": SEA, "format": "csv"})
    lines = list(csv.reader(io.StringIO(told.text.lstrip("\ufeff"))))
    assert lines[0][0].startswith("MÔ PHỎNG · ")
    assert [line[0] for line in lines[2:]] == ["QNg-MP 0001", "QNg-MP 0002", "QNg-MP 0003"]
    sheet = load_workbook(io.BytesIO(officer.get("/api/area/boats", params={"ring": SEA, "format": "xlsx"}).content))
    rows = list(sheet.active.iter_rows(values_only=True))
    assert rows[0][0].startswith("MÔ PHỎNG · ")
    assert [list(map(str, row[:3])) for row in rows[2:]] == [line[:3] for line in lines[2:]]


def test_an_area_at_a_moment_and_within_a_group(fleet: None, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    then = area(officer, WEST, at=ago(5.9).isoformat())
    assert ([boat["id"] for boat in then["boats"]], then["is_now"]) == (["v1", "v3"], False)
    group = officer.post("/api/groups", json={"name": "a", "vessels": ["v3", "v4"]}, headers=ORIGIN).json()["group"][
        "id"
    ]
    assert [boat["id"] for boat in area(officer, SEA, group=group)["boats"]] == ["v3"]
    assert [boat["status"] for boat in officer.get(f"/api/groups/{group}/boats").json()["boats"]] == [
        "lost_6h",
        "unknown",
    ]
    for ring in ("108,14;112,14", "x", "108,14;112,14;300,16"):
        assert officer.get("/api/area/boats", params={"ring": ring}).status_code == 400


def test_the_table_of_a_track_is_the_track(fleet: None, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    window = {"from": ago(7.5).isoformat(), "to": ago(0.1).isoformat()}
    track = officer.get("/api/vessels/v1/track", params=window).json()
    rows = officer.get("/api/vessels/v1/fixes", params=window).json()
    pieces = [f for f in track["features"] if f["properties"]["kind"] == "piece"]
    drawn = [t for piece in pieces for t in piece["properties"]["times"]]
    fixes = [i for i, kind in enumerate(rows["kind"]) if kind == "fix"]
    assert [int(rows["t"][i]) for i in fixes] == drawn
    assert (rows["fixes"], rows["gaps"]) == (len(drawn), track["summary"]["gaps"]) == (4, 1)
    assert rows["kind"] == ["fix", "fix", "gap", "fix", "fix"]
    assert rows["before_min"] == [60.0, 60.0, 300.0, 300.0, 30.0]
    apart = distance_m(rows["lon"][3], 15, rows["lon"][4], 15) / METRES_PER_NM
    assert rows["before_nm"][4] == pytest.approx(float(apart), abs=0.01)
    lines = list(csv.reader(io.StringIO(officer.get("/api/vessels/v1/fixes", params=window | {"format": "csv"}).text)))
    assert [line[0] for line in lines[2:]] == ["vị trí", "vị trí", "mất tín hiệu", "vị trí", "vị trí"]
    assert "MÔ PHỎNG" in lines[0][0]


def test_measures_are_those_of_the_ellipsoid(reading: SignIn) -> None:
    client = reading(Role.OFFICER)
    lon, lat = [109.0, 110.0, 110.0], [15.0, 15.0, 16.0]
    spots = ";".join(f"{x},{y}" for x, y in zip(lon, lat, strict=True))
    told = client.get("/api/measure", params={"points": spots, "closed": True}).json()
    ring = [np.array([*values, values[0]]) for values in (lon, lat)]
    metres = distance_m(ring[0][:-1], ring[1][:-1], ring[0][1:], ring[1][1:])
    assert [leg["km"] for leg in told["legs"]] == pytest.approx((metres / 1000).tolist())
    assert told["nm"] == pytest.approx(metres.sum() / METRES_PER_NM)
    assert told["legs"][0]["bearing_deg"] == pytest.approx(float(bearing_deg(109, 15, 110, 15)))
    assert 5900 < told["area_km2"] < 6000
    assert client.get("/api/degrees", params={"text": "15°20'30\"N 109°05'E"}).json()["lat"] == pytest.approx(15.341667)
    assert client.get("/api/degrees", params={"text": "nowhere"}).json()["title"] == "Không đọc được tọa độ"
    assert client.get("/api/measure", params={"points": "1,2;x"}).status_code == 400
    assert reading(Role.GUEST).get("/api/degrees", params={"text": "1 2"}).status_code == 401


RING = [[108.0, 14.0], [110.0, 14.0], [110.0, 16.0], [108.0, 16.0]]


def test_a_changed_zone_is_a_new_version(fleet: None, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    made = officer.post("/api/own-zones", json={"name": "Vùng thử", "ring": RING}, headers=ORIGIN).json()
    where = f"/api/own-zones/{made['id']}"
    changed = officer.post(
        where, json={"version": made["version"], "name": "Tên mới", "shared": True}, headers=ORIGIN
    ).json()
    assert (changed["name"], changed["outline"], changed["shared"]) == ("Tên mới", made["outline"], True)
    stale = officer.post(where, json={"version": made["version"], "name": "x"}, headers=ORIGIN)
    assert (stale.status_code, stale.json()["field"]) == (400, "version")
    versions = officer.get(f"{where}/versions").json()
    assert [each["name"] for each in versions] == ["Tên mới", "Vùng thử"]
    assert [each["superseded_at"] is None for each in versions] == [True, False]
    post = sign_in(Role.POST)
    refused = post.post(where, json={"version": changed["version"], "ended": True}, headers=ORIGIN)
    assert refused.status_code == 403
    officer = sign_in(Role.OFFICER)
    assert officer.post(where, json={"version": changed["version"], "ended": True}, headers=ORIGIN).json() is None
    assert officer.get("/api/own-zones").json() == []
    for bad in (
        {"ring": RING[:2]},
        {},
        {"ring": RING, "valid_from": ago(0).isoformat(), "valid_to": ago(1).isoformat()},
    ):
        assert officer.post("/api/own-zones", json={"name": "x", **bad}, headers=ORIGIN).status_code == 400


def test_own_zones_stand_in_no_layer_and_in_no_boats_panel(fleet: None, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    officer.post("/api/own-zones", json={"name": "Vùng riêng thử", "ring": RING, "shared": True}, headers=ORIGIN)
    for path in ("/api/layers", "/api/vessels/v3", "/api/layers/zone/features"):
        assert "Vùng riêng thử" not in officer.get(path).text


def test_who_is_in_a_zone_who_came_and_who_left(fleet: None, sign_in: SignIn, database_url: str, connection) -> None:
    officer = sign_in(Role.OFFICER)
    given = {"name": "a", "ring": RING, "warn": True, "valid_from": ago(48).isoformat()}
    zone = officer.post("/api/own-zones", json=given, headers=ORIGIN).json()["id"]
    told = officer.get(f"/api/own-zones/{zone}/boats", params={"hours": 5}).json()
    assert [boat["id"] for boat in told["inside"]["boats"]] == ["v2", "v3"]
    assert sorted((p["vessel"], p["way"]) for p in told["passages"]) == [("v1", "out"), ("v2", "in")]
    assert told["written"] == 0
    early = officer.get(f"/api/own-zones/{zone}/boats", params={"hours": 2, "at": ago(5.9).isoformat()}).json()
    assert ([boat["id"] for boat in early["inside"]["boats"]], early["passages"]) == (["v1", "v3"], [])
    engine = make_engine(database_url)
    kept = []
    for _ in range(2):
        with write(engine) as writing:
            kept.append(keep_passages(writing, datetime.now(UTC)))
    engine.dispose()
    assert kept == [2, 0], "a passage is written down once"
    rows = connection.execute("SELECT vessel, way, origin FROM own_zone_passage ORDER BY vessel").fetchall()
    assert rows == [("v1", "out", "simulated"), ("v2", "in", "simulated")]
    assert officer.get(f"/api/own-zones/{zone}/boats", params={"hours": 5}).json()["written"] == 2

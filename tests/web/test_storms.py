"""/api/storms: bulletins written down and refused, the board adds up, the report says the same."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient

from layers.access.accounts import make_link
from layers.access.roles import Role
from layers.database import connect
from web import demo
from web.main import create_app
from web.settings import WebSettings

SignIn = Callable[[Role], TestClient]
HERE = {"origin": "http://testserver"}


def live_now() -> datetime:
    return datetime.now(UTC)


def post(client: TestClient, path: str, **body: Any) -> Any:
    return client.post(path, json=body, headers=HERE)


def point(hours: float, lon: float, lat: float, reach: float = 120) -> dict[str, Any]:
    t = live_now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    return {
        "t": t.isoformat(),
        "lon": lon,
        "lat": lat,
        "wind_kt": 60,
        "radii": {"6": [reach] * 4, "8": [reach / 2] * 4},
    }


def bulletin(number: str = "01", **more: Any) -> dict[str, Any]:
    told = {"bulletin": number, "issued_at": live_now().isoformat(), "source": "Đài thử", "origin": "simulated"}
    points = [point(0, 114.0, 14.0), point(24, 111.0, 15.0), point(48, 108.9, 15.2)]
    return told | {"points": points} | more


@pytest.fixture
def storm(sign_in: SignIn) -> int:
    answer = post(sign_in(Role.OPERATOR), "/api/storms", name="Bão mô phỏng thử", number=None, origin="simulated")
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_bulletin_is_added_and_the_former_stays(client: TestClient, storm: int) -> None:
    first = post(client, f"/api/storms/{storm}/forecasts", **bulletin())
    assert first.status_code == 201, first.text
    again = post(client, f"/api/storms/{storm}/forecasts", **bulletin())
    assert (again.status_code, again.json()["field"]) == (400, "bulletin")
    moved = bulletin("02", points=[point(0, 114.5, 14.0, 150), point(24, 112.0, 15.0, 150)])
    second = post(client, f"/api/storms/{storm}/forecasts", **moved).json()["id"]
    card = client.get(f"/api/storms/{storm}").json()
    assert [head["bulletin"] for head in card["bulletins"]] == ["02", "01"]
    board = client.get(f"/api/storms/{storm}/board").json()
    assert board["bulletin"]["id"] == second
    before = client.get(f"/api/storms/{storm}/board", params={"forecast": first.json()["id"]}).json()
    assert before["bulletin"]["points"][0]["lon"] == 114.0
    unsaid = post(client, f"/api/storms/{storm}/forecasts", **bulletin("02", corrects=second))
    assert unsaid.json()["field"] == "reason"
    mended = post(client, f"/api/storms/{storm}/forecasts", **bulletin("02", corrects=second, reason="gõ nhầm vị trí"))
    assert mended.status_code == 201
    heads = {head["id"]: head for head in client.get(f"/api/storms/{storm}").json()["bulletins"]}
    assert heads[second]["corrected_by"] == mended.json()["id"]
    twice = post(client, f"/api/storms/{storm}/forecasts", **bulletin("02", corrects=second, reason="lần nữa"))
    assert twice.json()["field"] == "corrects"


def test_what_was_said_cannot_be_changed(client: TestClient, storm: int, connection: psycopg.Connection) -> None:
    post(client, f"/api/storms/{storm}/forecasts", **bulletin())
    for table in ("storm", "forecast", "forecast_point"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"DELETE FROM {table}".encode())


def test_bad_points_are_named_by_row_and_field(client: TestClient, storm: int) -> None:
    wide = point(6, 113.0, 14.0) | {"radii": {"6": [50] * 4, "8": [50, 50, 60, 50]}}
    points = [point(0, 114.0, 95.0), wide, point(6, 112.0, 14.0), point(5000, 111.0, 14.0)]
    answer = post(client, f"/api/storms/{storm}/forecasts", **bulletin(points=points))
    told = answer.json()
    assert (answer.status_code, told["field"]) == (400, "points[1].lat")
    for said in ("row 1, lat: 95", "row 2, r8_sw", "row 3, t: not after", "row 4, t:"):
        assert said in told["detail"], told
    assert client.get(f"/api/storms/{storm}").json()["bulletins"] == []


FILES = {
    "csv": "Thời gian;Vĩ độ;Kinh độ;Cấp gió;r6;r8_ne\n%(a)s;14,5;114°30'E;10;120;60\n%(b)s;15;112;11;130;70\n".encode(),
    "geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":'
    b'[114.5,14.5]},"properties":{"t":"%(a)s","wind_force":10,"radii":{"6":[120,120,120,120]}}}]}',
    "atcf": b"WP, 90, %(run)s, , SIML,  0, 145N, 1145E, 55, 990, TS,  34, NEQ, 120, 90, 60, 100\n"
    b"WP, 90, %(run)s, , SIML,  0, 145N, 1145E, 55, 990, TS,  50, NEQ,  60, 40, 30,  50\n"
    b"WP, 90, %(run)s, , SIML, 24, 150N, 1120E, 65, 980, TY,  34, AAA, 130\n",
}


@pytest.mark.parametrize("form", FILES)
def test_files_of_three_forms(client: TestClient, storm: int, form: str) -> None:
    hour = live_now().replace(minute=0, second=0, microsecond=0)
    a, b = (when.isoformat().encode() for when in (hour, hour + timedelta(hours=12)))
    body = FILES[form] % {b"a": a, b"b": b, b"run": f"{hour:%Y%m%d%H}".encode()}
    about = {"form": form, "bulletin": "07", "issued_at": hour.isoformat(), "source": "Đài thử", "origin": "simulated"}
    answer = client.post(f"/api/storms/{storm}/forecasts/file", params=about, content=body, headers=HERE)
    assert answer.status_code == 201, answer.text
    first = client.get(f"/api/storms/{storm}/board").json()["bulletin"]["points"][0]
    assert (first["lon"], first["lat"], first["force"]) == (114.5, 14.5, 10)
    wanted = {"csv": {"6": [120] * 4, "8": [60, 0, 0, 0]}, "geojson": {"6": [120] * 4}}
    assert first["radii"] == wanted.get(form, {"8": [120, 90, 60, 100], "10": [60, 40, 30, 50]})


def test_a_file_is_taken_whole_or_not_at_all(client: TestClient, storm: int) -> None:
    hour = live_now().isoformat().encode()
    body = b"t,lat,lon,wind_kt,r6\n%s,14.5,114.5,55,120\nhom qua,14.5,,x,120\n" % hour
    about = {"form": "csv", "bulletin": "08", "issued_at": live_now().isoformat(), "source": "Đài thử"}
    answer = client.post(f"/api/storms/{storm}/forecasts/file", params=about, content=body, headers=HERE)
    told = answer.json()
    assert (answer.status_code, told["field"]) == (400, "points[3].t")
    for said in ("row 3, t: 'hom qua' is no time", "row 3, wind_kt: 'x' is no number", "row 3, lon: empty"):
        assert said in told["detail"]


def test_who_may(sign_in: SignIn, storm: int) -> None:
    for role in (Role.LEADER, Role.COMMUNE, Role.STEWARD):
        assert post(sign_in(role), f"/api/storms/{storm}/forecasts", **bulletin()).status_code == 403
    assert post(sign_in(Role.POST), f"/api/storms/{storm}/forecasts", **bulletin()).status_code == 201
    assert sign_in(Role.GUEST).get("/api/storms").status_code == 401
    assert sign_in(Role.COMMUNE).get(f"/api/storms/{storm}/board").status_code == 403
    other = sign_in(Role.OFFICER).post(
        f"/api/storms/{storm}/forecasts", json=bulletin("09"), headers={"origin": "http://x.test"}
    )
    assert other.status_code == 403


@pytest.fixture(scope="module")
def province(cluster: Any, template: str, worker: str) -> Iterator[tuple[TestClient, psycopg.Connection]]:
    """The demonstration, loaded once for the tests that only read it."""
    name = f"storm_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    url = cluster.url(name)
    demo.load(url, say=lambda _: None)
    app = create_app(WebSettings(), url, live_now)
    with connect(url) as connection, TestClient(app, base_url="http://testserver") as client:
        yield client, connection
    cluster.drop_database(name)


@pytest.fixture
def board(province: tuple[TestClient, psycopg.Connection]) -> dict[str, Any]:
    client, connection = province
    signed(client, connection, Role.OFFICER)
    storm = client.get("/api/storms").json()[0]
    answer = client.get(f"/api/storms/{storm['id']}/board")
    assert answer.status_code == 200, answer.text
    return answer.json()


def signed(client: TestClient, connection: psycopg.Connection, role: Role) -> None:
    client.cookies.clear()
    client.get("/login", params={"link": make_link(connection, role, live_now)})


def test_every_count_adds_up_to_the_fleet(board: dict[str, Any]) -> None:
    assert board["fleet"] == 600
    assert sum(state["boats"] for state in board["states"]) == board["fleet"] == len(board["boats"])
    for source in ("positions", "border", "port"):
        assert sum(row[source]["boats"] for row in board["areas"]) == board["fleet"]
    counted = {state["state"]: state["boats"] for state in board["states"]}
    listed = [boat["state"] for boat in board["boats"]]
    assert counted == {state: listed.count(state) for state in counted}
    assert len(board["calls"]) == sum(counted[s] for s in ("silent", "too_late", "in_time", "coming"))
    assert board["origin"] == "simulated"


def test_capacity_is_never_exceeded_and_unknown_is_not_zero(board: dict[str, Any]) -> None:
    given = [boat["shelter"] for boat in board["boats"] if boat["given"]]
    for shelter in board["shelters"]:
        assert shelter["sent"] == given.count(shelter["code"])
        assert shelter["sent"] <= (shelter["room"] or 0)
    assert {s["code"] for s in board["shelters"] if s["capacity"] is None} == {"X3", "X4"}
    assert all(s["room"] is None for s in board["shelters"] if s["capacity"] is None)


def test_who_comes_too_late_is_flagged(board: dict[str, Any]) -> None:
    for boat in board["boats"]:
        if boat["state"] in ("in_time", "coming"):
            assert boat["eta_at"] <= boat["limit_at"]
        if boat["state"] == "too_late":
            assert boat["spare_s"] is None or boat["spare_s"] <= 0
            assert boat["why"] in ("wind", "deadline")
        assert not (boat["state"] == "safe" and boat["danger_at"] and not boat["in_port"])


def test_a_leader_reads_totals_and_no_boat(
    province: tuple[TestClient, psycopg.Connection], board: dict[str, Any]
) -> None:
    client, connection = province
    signed(client, connection, Role.LEADER)
    path = f"/api/storms/{board['storm']['id']}"
    told = client.get(f"{path}/board").json()
    assert (told["boats"], told["calls"], told["boats_shown"]) == ([], [], False)
    assert told["fleet"] == board["fleet"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/report.xlsx").content))
    assert book.sheetnames == ["Tổng hợp", "Nơi neo đậu", "Nguồn, cách tính"]


def test_the_workbook_says_what_the_board_says(
    province: tuple[TestClient, psycopg.Connection], board: dict[str, Any]
) -> None:
    client, _ = province
    answer = client.get(f"/api/storms/{board['storm']['id']}/report.xlsx")
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    for sheet in book.worksheets:
        assert "MÔ PHỎNG" in str(sheet["A4"].value)
    rows = {row[1].value: row for row in book["Tổng hợp"].iter_rows() if row[1].value}
    assert [rows["Cộng"][n].value for n in (2, 5, 8)] == [600] * 3 or rows["Cộng"][2].value == 600
    for area in board["areas"]:
        row = rows[area["title"]["vi"]]
        told = [figure for source in ("positions", "border", "port") for figure in figures(area[source])]
        assert [cell.value for cell in row[2:11]] == told
    calls = [row[2].value for row in book["Danh sách gọi"].iter_rows(min_row=10) if row[0].value]
    assert len(calls) == len(board["calls"])
    phones = [row[15].value for row in book["Danh sách gọi"].iter_rows(min_row=10) if row[15].value]
    assert phones
    assert all(phone.startswith("••••") for phone in phones)


def figures(tally: dict[str, int]) -> tuple[Any, ...]:
    nobody_told = tally["boats"] and tally["unknown"] == tally["boats"]
    return tally["boats"], "chưa có số liệu" if nobody_told else tally["people"], tally["unknown"]


def test_an_earlier_moment_has_its_own_bulletin(
    province: tuple[TestClient, psycopg.Connection], board: dict[str, Any]
) -> None:
    client, connection = province
    signed(client, connection, Role.OFFICER)
    path = f"/api/storms/{board['storm']['id']}"
    heads = client.get(path).json()["bulletins"]
    if len(heads) < 2:
        pytest.skip("the simulated storm is not six hours old")
    at = datetime.fromisoformat(heads[0]["issued_at"]) - timedelta(minutes=1)
    told = client.get(f"{path}/board", params={"at": at.isoformat()}).json()
    assert told["bulletin"]["id"] == heads[1]["id"]
    assert told["is_past"]
    assert sum(state["boats"] for state in told["states"]) == told["fleet"]


def test_winds_are_drawn(province: tuple[TestClient, psycopg.Connection], board: dict[str, Any]) -> None:
    client, _ = province
    told = client.get(f"/api/storms/{board['storm']['id']}/winds").json()
    kinds = [feature["properties"]["kind"] for feature in told["features"]]
    assert kinds.count("track") == 1
    assert kinds.count("point") == len(board["bulletin"]["points"])
    assert kinds.count("swath") == len(board["bulletin"]["forces"])

"""The fisheries' books over the API: who sees what of people, what is noted, and counts that equal their lists."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.access.accounts import make_link
from layers.access.keys import add_key
from layers.access.roles import OFFICERS, Role
from layers.books.lists import LISTS
from layers.books.registry import load_filed
from layers.books.weigh import keep_books
from layers.cluster import Cluster
from layers.database import connect, transaction
from web.main import create_app
from web.settings import WebSettings

NOW = datetime.now(UTC)
TODAY = NOW.astimezone(UTC) + timedelta(hours=7)
PHONES = ("0000555412", "0000555777")
PEOPLE = (*PHONES, "Chủ Mô Phỏng", "Trưởng Mô Phỏng", "Chủ Khác Mô Phỏng")
ORIGIN = {"origin": "http://testserver"}


def day(days: int) -> str:
    return f"{TODAY + timedelta(days=days):%d/%m/%Y}"


def moment(hours: float) -> str:
    return f"{TODAY - timedelta(hours=hours):%d/%m/%Y %H:%M}"


REGISTER = ("Số đăng ký,Tên tàu,Lmax (m),Công suất (CV),Nghề,Cảng,Mã xã,Chủ tàu,Điện thoại chủ tàu,Thuyền trưởng,"
            "SĐT thuyền trưởng,Số giấy phép,Hạn giấy phép,Hạn đăng kiểm,Nhà cung cấp,Mã thiết bị,CCCD")  # fmt: skip
BOATS = (
    f"QNg-MP 0901,Sóng Thử,15.5,100,câu,SK,,Chủ Mô Phỏng,{PHONES[0]},Trưởng Mô Phỏng,{PHONES[1]},GP1,{day(-3)},"
    f"{day(10)},A,0001,051000000001",
    f"QNg-MP 0902,Gió Thử,16,,câu,SK,,Chủ Mô Phỏng,,,,GP2,{day(400)},{day(-1)},A,0002,051000000002",
    "QNg-MP 0903,Bến Thử,8,,câu tay,SK,,,,,,,,,,,",
)
NATIONAL = f"qng mp0901,Sóng Thử,15.9,100,câu,SK,,Chủ Khác Mô Phỏng,{PHONES[0]},,,,,,,,"
CALLS = ("Số lượt,Số tàu,Trạm,Chiều,Thời gian,Số thuyền viên,Thuyền trưởng",
         f"1,QNg-MP 0901,Trạm thử,xuất bến,{moment(30)},8,Trưởng Mô Phỏng",
         f"2,QNg-MP 0999,Trạm thử,xuất bến,{moment(30)},3,",
         f"3,TK-MP 0701,Trạm thử,nhập bến,{moment(30)},4,")  # fmt: skip
PENALTY = ("Số quyết định,Số tàu,Ngày quyết định,Cơ quan,Hành vi,Nghị định,Điều khoản,Số tiền,Tình trạng,Người vi phạm",
           f"1/QĐ-MP,QNg-MP 0901,{day(-40)},CQ thử,Hành vi thử,NĐ thử,Điều thử,15000000,chưa nộp,Chủ Mô Phỏng",
           f"2/QĐ-MP,QNg-MP 0901,{day(-90)},CQ thử,Hành vi thử,,,5000000,đã nộp,Chủ Mô Phỏng")  # fmt: skip


@pytest.fixture(scope="module")
def books_url(cluster: Cluster, template: str, worker: str, tmp_path_factory) -> Iterator[str]:
    """A database with three boats in two registers, and what other books say of them."""
    name = f"books_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    folder = tmp_path_factory.mktemp("books")
    with connect(cluster.url(name)) as connection:
        put(connection, folder, "vessel", (REGISTER, *BOATS), "province")
        put(connection, folder, "vessel", (REGISTER, NATIONAL), "national")
        put(connection, folder, "border_call", CALLS, "border")
        put(connection, folder, "penalty", PENALTY, "fines")
        keep_books(connection, NOW)
    yield cluster.url(name)
    cluster.drop_database(name)


def put(connection: psycopg.Connection, folder: Path, book: str, lines: tuple[str, ...], source: str) -> None:
    path = folder / f"{book}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    loaded = load_table(connection, load_filed()[book], path, Sender(source, "simulated", source), lambda: NOW)
    assert loaded.rejects == []


@pytest.fixture(scope="module")
def opened(books_url: str) -> Iterator[tuple[TestClient, psycopg.Connection]]:
    app = create_app(WebSettings(), books_url, lambda: datetime.now(UTC))
    with connect(books_url) as connection, TestClient(app, raise_server_exceptions=False) as client:
        yield client, connection


@pytest.fixture
def as_role(opened) -> Callable[[Role], TestClient]:
    client, connection = opened

    def signed(role: Role) -> TestClient:
        client.cookies.clear()
        if role is not Role.GUEST:
            client.get("/login", params={"link": make_link(connection, role, lambda: datetime.now(UTC))})
        return client

    return signed


@pytest.fixture
def boat(opened) -> str:
    return "v" + str(opened[1].execute("SELECT vessel_id FROM vessel_number WHERE reg_key = 'QNGMP0901'").fetchone()[0])


def paths(boat: str) -> list[str]:
    lists = [f"/api/books/lists/{each.name}{end}" for each in LISTS for end in ("", "/csv")]
    books = [f"/api/vessels/{boat}/books", "/api/books/disagreements", "/api/books/lists", *lists]
    return [*books, f"/api/vessels/{boat}", "/api/vessels", "/api/layers", "/tiles/vessel.json"]


@pytest.mark.parametrize("role", list(Role))
def test_what_is_personal_is_only_for_those_who_need_it(role: Role, as_role, boat: str) -> None:
    client = as_role(role)
    for path in paths(boat):
        answer = client.get(path)
        if path.startswith(("/api/books", f"/api/vessels/{boat}/books")):
            assert answer.status_code == (200 if role in OFFICERS else 401 if role is Role.GUEST else 403), path
        allowed = {"Chủ Mô Phỏng", "Chủ Khác Mô Phỏng"} if role is Role.OFFICER else set()
        assert {name for name in PEOPLE if name in answer.text} <= allowed, path
    asked = client.post(f"/api/vessels/{boat}/contacts/unmask", json={"reason": "gọi tàu mất kết nối"}, headers=ORIGIN)
    may = role in (Role.OFFICER, Role.POST)
    assert asked.status_code == (200 if may else 401 if role is Role.GUEST else 403)
    assert (PHONES[1] in asked.text) == may
    assert ("Chủ Mô Phỏng" in asked.text) == (role is Role.OFFICER)


def test_papers_are_told_with_masked_telephones_and_their_sources(as_role, boat: str) -> None:
    card = as_role(Role.OFFICER).get(f"/api/vessels/{boat}/books").json()
    (first, second) = card["registers"]
    assert (first["leads"], first["reg_no"], second["reg_no"]) == (True, "QNg-MP 0901", "qng mp0901")
    assert first["people"]["owner_phone"] == "•••• 412"
    assert first["people"]["captain"].strip() == "••••"
    assert first["power_kw"] == 73.55
    assert first["document"]["source"]["code"] == "province"
    assert first["document"]["origin"] == "simulated"
    assert [c["direction"] for c in card["calls"]] == ["out"]
    assert [(p["decision"], p["open"], p["verified"]) for p in card["penalties"]] == [
        ("1/QĐ-MP", True, False), ("2/QĐ-MP", False, False)
    ]  # fmt: skip
    assert sorted(d["kind"] for d in card["disagreements"]) == ["length", "licence", "owner"]
    assert "Mô Phỏng" not in as_role(Role.OPERATOR).get(f"/api/vessels/{boat}/books").text


def test_who_asked_for_a_telephone_is_written_down_without_it(as_role, opened, boat: str) -> None:
    client, connection = as_role(Role.POST), opened[1]
    connection.execute("DELETE FROM audit")
    asked = client.post(f"/api/vessels/{boat}/contacts/unmask", json={"reason": "  tàu   gặp nạn "}, headers=ORIGIN)
    rows = connection.execute("SELECT username, role, action, subject, reason, at FROM audit").fetchall()
    assert [row[:5] for row in rows] == [("demo-post", "post", "contacts.unmask", boat, "tàu gặp nạn")]
    assert datetime.fromisoformat(asked.json()["noted_at"]) == rows[0][5]
    for bad in ({"reason": "x"}, {"reason": "       "}, {}):
        assert client.post(f"/api/vessels/{boat}/contacts/unmask", json=bad, headers=ORIGIN).status_code in (400, 422)
    url = f"/api/vessels/{boat}/contacts/unmask"
    assert client.post(url, json={"reason": "gọi tàu"}, headers={"origin": "http://x.test"}).status_code == 403
    assert client.post(f"{url}?wall=1", json={"reason": "gọi tàu"}, headers=ORIGIN).status_code == 403
    key = add_key(connection, Role.OFFICER, None, "may-doc", lambda: datetime.now(UTC))
    client.cookies.clear()
    by_key = client.post(url, json={"reason": "gọi tàu"}, headers=ORIGIN | {"authorization": f"Bearer {key}"})
    assert by_key.status_code == 403
    assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


def test_every_count_equals_its_list_and_its_export(as_role) -> None:
    client = as_role(Role.OFFICER)
    counts = {each["name"]: each["count"] for each in client.get("/api/books/lists").json()}
    assert set(counts) == {each.name for each in LISTS}
    for name, count in counts.items():
        page = client.get(f"/api/books/lists/{name}").json()
        exported = list(csv.reader(io.StringIO(client.get(f"/api/books/lists/{name}/csv").text.lstrip("\ufeff"))))
        assert (page["total"], len(page["rows"]), len(exported) - 1) == (count, count, count), name
        assert all(line[-1] == "mô phỏng" for line in exported[1:])
    expected = {"licence_expired": 1, "inspection_due": 1, "inspection_expired": 1, "licence_due": 0, "three_none": 2,
                "strangers": 1, "all": 3, "silent_at_sea": 1, "silent_long": 2}  # fmt: skip
    assert {name: counts[name] for name in expected} == expected


def test_a_boat_is_found_as_typed_the_exact_one_first(as_role) -> None:
    client = as_role(Role.OFFICER)
    found = lambda q: [row["label"] for row in client.get("/api/books/lists/all", params={"q": q}).json()["rows"]]  # noqa: E731
    assert found("song thu") == ["QNg-MP 0901"]
    assert found("Bến Thử")[0] == "QNg-MP 0903"
    assert found("0902") == ["QNg-MP 0902"]
    assert found("thu%") == []
    assert len(found("")) == 3


def test_a_disagreement_is_judged_with_a_note_and_keeps_its_steps(as_role, opened) -> None:
    client = as_role(Role.OFFICER)
    (found,) = client.get("/api/books/disagreements", params={"kind": "length"}).json()["disagreements"]
    one, other = found["one"], found["other"]
    assert (one["value"]["length_m"], other["value"]["length_m"]) == (15.5, 15.9)
    assert one["document"]["source"]["code"] == "province"
    url = f"/api/books/disagreements/{found['id']}"
    assert client.post(url, json={"state": "settled"}, headers=ORIGIN).status_code == 400
    assert client.post(url, json={"state": "checking"}, headers=ORIGIN).json()["state"] == "checking"
    done = client.post(url, json={"state": "settled", "note": "đo lại 15,5 m"}, headers=ORIGIN).json()
    assert [(s["what"], s["state"], s["by"]) for s in done["steps"]] == [
        ("found", "new", None), ("state", "checking", "demo-officer"), ("state", "settled", "demo-officer")
    ]  # fmt: skip
    with transaction(opened[1]):
        keep_books(opened[1], NOW + timedelta(minutes=2))
    again = client.get(url).json()
    assert (again["state"], again["note"], again["one"]["value"]) == ("settled", "đo lại 15,5 m", one["value"])
    assert client.get("/api/books/disagreements", params={"state": "new", "kind": "length"}).json()["total"] == 0
    assert client.get("/api/books/disagreements", params={"kind": "nothing"}).status_code == 400
    leader = as_role(Role.LEADER).post(url, json={"state": "new"}, headers=ORIGIN)
    assert leader.status_code == 403


def test_columns_nobody_asked_for_reach_no_table(opened) -> None:
    connection = opened[1]
    raws = [row[0] for row in connection.execute("SELECT data FROM raw_piece UNION ALL SELECT raw FROM reject")]
    assert not any(b"051000000001" in raw for raw in raws)


def test_high_risk_is_its_reasons_and_each_reason_a_row(as_role, opened) -> None:
    page = as_role(Role.OFFICER).get("/api/books/lists/high_risk").json()
    weights = {
        step: (number, value)
        for step, number, value in opened[1].execute(
            "SELECT step, id, value FROM rule WHERE conduct = 'risk' AND superseded_at IS NULL"
        )
    }
    (boat,) = page["rows"]
    told = {reason["step"]: reason for reason in boat["reasons"]}
    assert (boat["label"], set(told)) == ("QNg-MP 0901", {"penalty_open", "licence_expired", "disagreement"})
    for step, reason in told.items():
        assert (reason["rule"], reason["weight"]) == weights[step]
        assert reason["points"] == reason["times"] * reason["weight"]
        assert reason["verified"] is False
    assert boat["points"] == sum(reason["points"] for reason in boat["reasons"]) >= weights["high"][1]
    assert (told["penalty_open"]["times"], told["licence_expired"]["times"]) == (1, 1)


def test_without_its_row_a_reason_gives_no_points(as_role, opened) -> None:
    client, connection = as_role(Role.OFFICER), opened[1]
    connection.execute("UPDATE rule SET superseded_at = now() WHERE code = 'risk.penalty_open'")
    try:
        rows = client.get("/api/books/lists/high_risk").json()["rows"]
        assert all(reason["step"] != "penalty_open" for row in rows for reason in row["reasons"])
    finally:
        connection.execute("UPDATE rule SET superseded_at = NULL WHERE code = 'risk.penalty_open'")


@pytest.mark.parametrize("typed", ["901", "0901", "qngmp0901", "QNG-MP.0901", "mp 0901", "sóng thử", "song thu"])
def test_a_number_is_found_with_other_signs_or_none(typed: str, as_role) -> None:
    client = as_role(Role.OFFICER)
    rows = client.get("/api/books/lists/all", params={"q": typed}).json()["rows"]
    assert rows[0]["label"] == "QNg-MP 0901"
    assert client.get("/api/vessels", params={"q": typed}).json()["vessels"][0]["label"] == "QNg-MP 0901"


def test_an_owners_name_finds_a_boat_only_for_who_may_read_it_a_captains_for_nobody(as_role) -> None:
    def found(role: Role, q: str) -> list[str]:
        return [row["label"] for row in as_role(role).get("/api/books/lists/all", params={"q": q}).json()["rows"]]

    assert found(Role.OFFICER, "chu mo phong") == ["QNg-MP 0901", "QNg-MP 0902"]
    assert found(Role.POST, "chu mo phong") == found(Role.OPERATOR, "Chủ Mô Phỏng") == []
    assert found(Role.OFFICER, "Trưởng Mô Phỏng") == []


def test_lists_are_narrowed_by_official_and_group_and_lead_on(as_role, opened) -> None:
    client, connection = as_role(Role.OFFICER), opened[1]
    connection.execute("UPDATE vessel SET official = 'Cán bộ mô phỏng 1' WHERE code = 'QNg-MP 0902'")
    assert client.get("/api/books/officials").json() == ["Cán bộ mô phỏng 1"]
    mine = client.get("/api/books/lists/all", params={"official": "Cán bộ mô phỏng 1"}).json()
    assert [row["label"] for row in mine["rows"]] == ["QNg-MP 0902"]
    boats = client.get("/api/books/lists/all/boats", params={"q": "thử"}).json()
    assert len(boats) == 3
    given = {"name": "từ danh sách", "vessels": boats[:2], "how": "list"}
    group = client.post("/api/groups", json=given, headers=ORIGIN).json()["group"]["id"]
    kept = client.get("/api/books/lists/all", params={"group": group}).json()
    assert sorted(row["id"] for row in kept["rows"]) == sorted(boats[:2])
    counts = {each["name"]: each["count"] for each in client.get("/api/books/lists", params={"group": group}).json()}
    assert counts["all"] == kept["total"] == 2
    assert client.get("/api/books/lists/all", params={"group": group + 99}).status_code == 404
    sheet = load_workbook(io.BytesIO(client.get("/api/books/lists/all/xlsx", params={"group": group}).content))
    lines = list(sheet.active.iter_rows(values_only=True))
    assert lines[0][0].startswith("MÔ PHỎNG · ")
    assert [line[0] for line in lines[2:]] == [row["label"] for row in kept["rows"]]

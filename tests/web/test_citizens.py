"""A citizen's report from the phone to the answer: intake, code, duplicates, flow, contacts, Open311."""

import io
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import psycopg
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from ingest.citizens import publish_reports
from layers.access.roles import Role
from layers.database import make_engine, write

LON, LAT = 108.8009, 15.1214  # a street in the town of Quảng Ngãi (EPSG:4326, degrees)
ORIGIN = {"origin": "http://testserver"}
PHONE = "0000 123 456"
HOLE = {"category": "traffic", "text": "Ổ gà sâu trên đường, xe máy ngã", "lon": LON, "lat": LAT}


@pytest.fixture(autouse=True)
def key(monkeypatch) -> None:
    """A key of the tests: none is made in the product's folder."""
    monkeypatch.setenv("OPSMAP_REPORT_KEY", "a key for tests only")


def photo(side: int = 2400, kind: str = "JPEG") -> bytes:
    """A picture with a place in its EXIF."""
    made, exif, kept = Image.new("RGB", (side, side // 2), (90, 140, 60)), Image.Exif(), io.BytesIO()
    exif[0x010F] = "MÁY ẢNH CỦA AI"
    exif.get_ifd(0x8825)[1] = "N"
    made.save(kept, kind, exif=exif)
    return kept.getvalue()


def send(client: TestClient, **more: object) -> dict:
    answer = client.post("/api/reports", json=HOLE | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def act(client: TestClient, number: str, action: str, **more: object) -> dict:
    answer = client.post(f"/api/reports/{number}/acts", json={"action": action, **more}, headers=ORIGIN)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_report_is_followed_by_its_code_alone(client, connection) -> None:
    filed = send(client, name="Người thử", phone=PHONE)
    assert filed["origin"] == "simulated"
    own = client.get(f"/api/reports/{filed['code'].lower().replace('-', '')}").json()
    assert own["own"]
    assert own["text"] == HOLE["text"]
    assert own["history"][0]["state"] == "moi"
    strangers = client.get(f"/api/reports/{filed['number']}").json()
    assert (strangers["text"], strangers["lon"], strangers["history"]) == (None, None, None)
    assert client.get("/api/reports/PA-2222-2222").status_code == 404
    stored = connection.execute("SELECT contact, code_hash FROM report_case").fetchone()
    assert b"0000" not in stored[0]
    dumped = str(connection.execute("SELECT * FROM report_case, report_entry").fetchall())
    assert not any(secret in dumped for secret in ("Người thử", filed["code"]))


def test_a_photo_keeps_nothing_of_its_camera(client, connection) -> None:
    form = {name: str(value) for name, value in HOLE.items()}
    answer = client.post("/api/reports", data=form, files={"photo": ("a.jpg", photo(), "image/jpeg")})
    assert answer.status_code == 201, answer.text
    code = answer.json()["code"]
    (jpeg,) = connection.execute("SELECT jpeg FROM report_photo").fetchone()
    drawn = Image.open(io.BytesIO(jpeg))
    assert (drawn.size, dict(drawn.getexif()), "exif" in drawn.info) == ((1600, 800), {}, False)
    assert "MÁY".encode() not in jpeg
    (token,) = connection.execute("SELECT token FROM report_photo").fetchone()
    path = f"/api/reports/photos/{token}.jpg"
    assert client.get(f"/api/reports/{code}").json()["photos"] == [path]
    assert client.get(f"/api/reports/{answer.json()['number']}").json()["photos"] == []
    assert [client.get(path).status_code, client.get(path, params={"code": code}).status_code] == [404, 200]


@pytest.mark.parametrize("raw", [b"not a picture", photo()[:400], b"<svg xmlns='a'/>", photo(64, "PNG")[:60]])
def test_a_bad_file_is_refused_in_words(client, connection, raw) -> None:
    form = {name: str(value) for name, value in HOLE.items()}
    answer = client.post("/api/reports", data=form, files={"photo": ("a.jpg", raw, "image/jpeg")})
    assert answer.status_code == 400
    assert "ảnh" in answer.json()["title"]
    assert connection.execute("SELECT count(*) FROM report_case").fetchone() == (0,)


def test_a_picture_of_too_many_pixels_is_not_drawn(client) -> None:
    kept = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(kept, "PNG")
    form = {name: str(value) for name, value in HOLE.items()}
    answer = client.post("/api/reports", data=form, files={"photo": ("a.png", kept.getvalue(), "image/png")})
    assert len(kept.getvalue()) < 100_000  # small on the line, huge in memory
    assert answer.status_code == 400
    assert "quá lớn" in answer.json()["title"]


def test_a_complaint_is_shown_its_own_way_and_a_word_only_asks(client) -> None:
    refused = client.post("/api/reports", json=HOLE | {"category": "khieu_nai"})
    assert refused.status_code == 400
    assert "Ban Tiếp công dân" in refused.json()["title"]
    asked = client.post("/api/reports", json=HOLE | {"text": "Tôi muốn tố cáo cán bộ đòi hối lộ"})
    assert (asked.status_code, asked.json()["field"]) == (409, "sure")
    send(client, text="Tôi muốn tố cáo cán bộ đòi hối lộ", sure=True)
    send(client, text="Đường làm chậm so với tiến độ")  # bare it would read like vòi tiền


@pytest.mark.parametrize("where", [{"lon": 105.8, "lat": 21.0}, {"lon": None, "lat": None}, {"lat": None, "unit": "1"}])
def test_a_place_that_is_none_of_ours_is_refused(client, where) -> None:
    answer = client.post("/api/reports", json=HOLE | where)
    assert (answer.status_code, answer.json()["field"]) == (400, "unit")


def test_what_is_near_is_offered_and_joined(client, sign_in) -> None:
    first = send(client)
    north = {"category": "traffic", "lon": LON, "lat": LAT + 40 / 111_000}
    (near,) = client.get("/api/reports/near", params=north).json()
    assert near["number"] == first["number"]
    assert near["metres"] in range(37, 44)
    assert (near["text"], near["photo"]) == (None, None)  # not released
    for other in ({"lat": LAT + 60 / 111_000}, {"category": "health"}):
        assert client.get("/api/reports/near", params=north | other).json() == []
    joined = client.post("/api/reports", json=HOLE | north | {"same_as": first["number"]}).json()
    assert (joined["code"], joined["supporters"]) == (None, 1)
    far = client.post("/api/reports", json=HOLE | {"lat": LAT + 0.01, "same_as": first["number"]})
    assert far.status_code == 400
    sign_in(Role.OPERATOR)
    act(client, first["number"], "release")
    sign_in(Role.GUEST)
    (near,) = client.get("/api/reports/near", params=north).json()
    assert near["text"] == HOLE["text"]


def test_a_merge_is_taken_apart_again(client, sign_in) -> None:
    first, second = send(client), send(client)
    page = client.post(f"/report/{second['code']}/same", data={"same_as": first["number"]})
    assert "Trùng lặp" in page.text
    assert client.get(f"/api/reports/{first['number']}").json()["supporters"] == 1
    sign_in(Role.OPERATOR)
    apart = act(client, second["number"], "unmerge", text="hai ổ gà khác nhau")
    assert (apart["state"], apart["ended_at"]) == ("mo_lai", None)
    assert client.get(f"/api/reports/{first['number']}").json()["supporters"] == 0
    assert [line["action"] for line in apart["history"]] == ["told", "join", "unmerge"]


def test_a_report_goes_its_way_and_comes_back(client, sign_in, connection) -> None:
    filed = send(client, name="Người thử", phone=PHONE, text="Đèn đường hỏng, gọi 0912 000 000 để biết")
    number, code = filed["number"], filed["code"]
    sign_in(Role.OPERATOR)
    for action, more in (
        ("acknowledge", {}),
        ("release", {}),
        ("assign", {"agency": "Sở Xây dựng"}),
        ("start", {}),
        ("submit", {"text": "Đã thay bóng đèn"}),
    ):
        report = act(client, number, action, **more)
    assert (report["state"], report["agency"]) == ("cho_duyet", "Sở Xây dựng")
    assert client.get(f"/api/reports/{code}").json()["answer"] is None  # a draft is nobody's answer
    wrong = client.post(f"/api/reports/{number}/acts", json={"action": "publish"}, headers=ORIGIN)
    assert wrong.status_code == 409
    report = act(client, number, "approve", version=report["version"])
    stale = {"action": "publish", "version": report["version"] - 1}
    assert client.post(f"/api/reports/{number}/acts", json=stale, headers=ORIGIN).status_code == 409
    sign_in(Role.GUEST)
    (seen,) = client.get("/api/reports/public").json()
    assert (seen["answer"], seen["state"]) == ("Đã thay bóng đèn", "da_xu_ly")
    assert "0912" not in seen["text"]
    assert (seen["lon"], seen["lat"]) == (108.801, 15.121)
    assert client.post(f"/api/reports/{code}/rating", json={"rating": 2, "text": "vẫn tối"}).json()["rating"] == 2
    again = client.post(f"/api/reports/{code}/reopen", json={"text": "đèn vẫn tắt"}).json()
    assert (again["state"], again["ended_at"], again["answer"]) == ("mo_lai", None, None)
    for change in ("UPDATE report_entry SET action = 'x'", "DELETE FROM report_entry", "TRUNCATE report_entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change)


def test_the_clock_waits_for_the_citizen_only(client, sign_in, connection) -> None:
    filed = send(client)
    sign_in(Role.OPERATOR)
    act(client, filed["number"], "acknowledge")
    waiting = act(client, filed["number"], "ask", text="Ổ gà ở số nhà nào?")
    assert waiting["paused"]
    connection.execute(
        "UPDATE report_case SET paused_at = paused_at - interval '14 days', due_at = now() - interval '1 day'"
    )
    assert not client.get(f"/api/reports/{filed['number']}/work").json()["overdue"]
    sign_in(Role.GUEST)
    supplied = client.post(f"/api/reports/{filed['code']}/supply", json={"text": "Trước số nhà 12"}).json()
    assert (supplied["state"], supplied["late"]) == ("dang_xu_ly", False)


def test_a_contact_is_seen_by_who_must_call_and_each_look_is_kept(client, sign_in, connection) -> None:
    number = send(client, name="Người thử", phone=PHONE)["number"]
    path, why = f"/api/reports/{number}/contact", {"reason": "hỏi thêm vị trí"}
    for role in (Role.GUEST, Role.LEADER, Role.OFFICER, Role.ADMIN, Role.COMMUNE):
        sign_in(role)
        assert client.post(path, json=why, headers=ORIGIN).status_code in (401, 403), role
    sign_in(Role.STEWARD)
    assert client.post(path, json=why, headers=ORIGIN).json() == {"name": "Người thử", "phone": PHONE}
    assert connection.execute("SELECT action, subject FROM audit").fetchall() == [("report.unmask", number)]
    assert "Người thử" not in client.get(f"/api/reports/{number}/work").text


def test_a_commune_works_on_its_own_only(client, sign_in, connection) -> None:
    here, there = send(client), send(client, lon=None, lat=None, unit="21548")
    sign_in(Role.COMMUNE)
    untied = client.get("/api/reports")
    assert untied.status_code == 403
    assert "gắn" in untied.json()["title"]
    connection.execute("INSERT INTO account_unit SELECT id, '21548' FROM account WHERE role = 'commune'")
    listed = client.get("/api/reports", params={"unit": "21034"}).json()
    assert [report["number"] for report in listed["reports"]] == [there["number"]]
    assert client.get(f"/api/reports/{here['number']}/work").status_code == 404
    refused = client.post(f"/api/reports/{here['number']}/acts", json={"action": "acknowledge"}, headers=ORIGIN)
    assert refused.status_code == 404
    act(client, there["number"], "acknowledge")


def test_leaders_see_what_is_overdue_and_do_nothing(client, sign_in, connection) -> None:
    number = send(client)["number"]
    send(client, category="health")
    connection.execute("UPDATE report_case SET due_at = now() - interval '1 hour' WHERE number = %s", (number,))
    sign_in(Role.LEADER)
    (late,) = client.get("/api/reports", params={"overdue": True}).json()["reports"]
    assert (late["number"], late["steps"]) == (number, [])
    (unit,) = client.get("/api/reports/counts").json()
    assert (unit["reports"], unit["open"], unit["overdue"]) == (2, 2, 1)
    assert len(client.get("/api/reports/counts", params={"by": "agency"}).json()) == 2
    refused = client.post(f"/api/reports/{number}/acts", json={"action": "acknowledge"}, headers=ORIGIN)
    assert refused.status_code == 403


def test_open311_takes_in_and_gives_out(client, sign_in) -> None:
    services = client.get("/open311/v2/services.json").json()
    assert {"traffic", "other"} <= {service["service_code"] for service in services}
    assert "to_cao" not in {service["service_code"] for service in services}
    form = {"service_code": "traffic", "description": "Nắp cống bị vỡ & lún", "lat": str(LAT), "long": str(LON)}
    (made,) = client.post("/open311/v2/requests.json", data=form).json()
    number = made["service_request_id"]
    assert client.get(f"/open311/v2/tokens/{made['token']}.json").json()[0]["service_request_id"] == number
    assert client.get("/open311/v2/requests.json").json() == []  # not released
    (hidden,) = client.get(f"/open311/v2/requests/{number}.json").json()
    assert (hidden["status"], hidden["description"], hidden["lat"]) == ("open", None, None)
    sign_in(Role.OPERATOR)
    act(client, number, "release")
    sign_in(Role.GUEST)
    asked = {"service_code": "traffic,health", "status": "open", "start_date": "2020-01-01T00:00:00Z"}
    assert client.get("/open311/v2/requests.json", params=asked | {"status": "closed"}).json() == []
    (record,) = client.get("/open311/v2/requests.json", params=asked).json()
    assert record["description"] == form["description"]
    assert record["expected_datetime"].endswith("+07:00")
    assert "MÔ PHỎNG" in record["service_notice"]
    tree = ElementTree.fromstring(client.get("/open311/v2/requests.xml").content)
    assert [tree.tag, tree[0].find("description").text] == ["service_requests", form["description"]]
    (wrong,) = client.post("/open311/v2/requests.json", data=form | {"service_code": "none"}).json()
    assert (wrong["code"], "category" in wrong["description"]) == (400, True)


def test_one_address_cannot_flood(client) -> None:
    answers = [client.post("/api/reports", json=HOLE).status_code for _ in range(12)]
    assert answers == [201] * 10 + [429] * 2


def test_the_page_works_without_a_script_and_is_small(client) -> None:
    assert sum(len(client.get(path).content) for path in ("/report", "/report.js")) < 40_000
    form = {"category": "environment", "text": "Rác ven đường <b>to</b>", "unit": "21548"}
    done = client.post("/report", data=form, files={"photo": ("", b"", "application/octet-stream")})
    assert done.url.path.startswith("/report/PA-")
    assert "&lt;b&gt;to" in done.text
    wrong = client.post("/report", data=form | {"text": "ngắn"})
    assert wrong.status_code == 400
    assert 'value="21548" selected' in wrong.text
    (number,) = re.findall(r"PA-\d{4}-\d{6}", done.text)
    assert [client.get(f"/report/{code}").status_code for code in ("PA-2222-2222", number)] == [404, 404]


def test_reports_come_onto_the_map_and_move_on(client, sign_in, database_url, connection) -> None:
    number = send(client, text="Ổ gà sâu, gọi 0912 345 678")["number"]
    send(client, lon=None, lat=None, unit="21548")  # no point, no place on the map
    engine = make_engine(database_url)

    def publish() -> int:
        with write(engine) as made:
            return publish_reports(made, lambda: datetime.now(UTC))

    shown = "SELECT code, state, content, superseded_at IS NULL FROM citizen_report ORDER BY row_id"
    assert publish() > 0
    assert connection.execute(shown).fetchall() == [(number, "received", "Ổ gà sâu, gọi […]", True)]
    assert publish() == 0
    sign_in(Role.OPERATOR)
    assert [act(client, number, action)["number"] for action in ("acknowledge", "assign")] == [number, number]
    assert publish() > 0
    assert [row[1::2] for row in connection.execute(shown).fetchall()] == [("received", False), ("in_progress", True)]
    assert publish() == 0
    engine.dispose()

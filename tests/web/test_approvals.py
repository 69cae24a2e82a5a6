"""Maker and checker over HTTP: a department brings, another account decides, leaders see the mark until then."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from layers.access.roles import Role
from web.demo_forms import ensure_forms
from web.routes.intake import FILES
from web.settings import WebSettings

HEADERS = {"origin": "http://testserver"}
HEAD = ["Huyện, thị xã, thành phố", "Thu ngân sách", "Doanh nghiệp mới"]
ASK = {"source": "vsr_demo", "period": "2025-03"}
PAPER = {
    "number": "7",
    "notation": "BC-MP",
    "issued_on": "2025-04-03",
    "agency": "Sở mô phỏng",
    "signer": "Người ký mô phỏng",
}
QUEUE = "/api/intake/submissions"
Bring = Callable[..., dict[str, Any]]


def workbook(*rows: list[Any]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.fixture
def bring(client: TestClient, sign_in, connection, now, tmp_path, monkeypatch) -> Bring:
    """Send a workbook as a role and take it; what it came to."""
    monkeypatch.setattr(WebSettings, "resolved_data_dir", lambda _: tmp_path)
    ensure_forms(connection, now)

    def brought(*rows: list[Any], role: Role = Role.STEWARD, **ask: Any) -> dict[str, Any]:
        sign_in(role)
        sent = client.post(FILES, params={"name": "t3.xlsx"}, content=workbook(HEAD, *rows), headers=HEADERS).json()
        asked = ASK | {"paper": PAPER} | ask
        answer = client.post(f"{FILES}/{sent['file']}/take", json=asked, headers=HEADERS)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return brought


def judge(client: TestClient, number: int, decision: str, **said: str) -> Any:
    return client.post(f"{QUEUE}/{number}/decision", json={"decision": decision} | said, headers=HEADERS)


def shown(client: TestClient, sign_in, **asked: Any) -> dict[str, Any] | None:
    """The value of Bình Sơn in March 2025 as a leader sees it."""
    sign_in(Role.LEADER)
    found = client.get(
        "/api/indicators/thu_ns", params={"unit": "524", "structure": "2021", "from": "2025-01-01"} | asked
    )
    assert found.status_code == 200, found.text
    return found.json()["latest"]


def test_leaders_see_the_mark_until_another_account_approves(bring, client, sign_in, connection):
    taken = bring(["Bình Sơn", 10.5, 2], note="theo báo cáo tháng")
    point = shown(client, sign_in)
    assert (point["value"], point["status"], point["pending"]) == (10.5, "official", True)
    assert [r["approval"] for r in point["revisions"]] == ["pending"]
    drawn = client.get(
        "/api/indicators/thu_ns", params={"level": "district", "structure": "2021", "period": "2025-03-01"}
    ).json()["map"]["values"]
    assert {v["code"]: v["pending"] for v in drawn if v["value"] is not None} == {"524": True}
    card = client.get("/api/units/524", params={"structure": "2021"}).json()
    assert {i["indicator"]["code"]: i["point"]["pending"] for i in card["indicators"]}["thu_ns"] is True
    sign_in(Role.STEWARD)
    refused = judge(client, taken["submission"], "approved")
    assert (refused.status_code, refused.json()["field"]) == (403, "role")
    sign_in(Role.OPERATOR)
    (waiting,) = client.get(QUEUE, params={"state": "pending"}).json()["submissions"]
    assert (waiting["made_by"], waiting["paper"], waiting["note"]) == ("demo-steward", "7/BC-MP", "theo báo cáo tháng")
    assert (waiting["may_decide"], waiting["figures"]) == (True, 2)
    done = judge(client, taken["submission"], "approved").json()
    assert (done["submission"]["state"], done["decisions"][0]["document"]) == (
        "approved", "7/BC-MP, 03/04/2025, Sở mô phỏng",
    )  # fmt: skip
    point = shown(client, sign_in)
    assert (point["value"], point["pending"], point["revisions"][0]["approval"]) == (10.5, False, "approved")
    assert point["revisions"][0]["decided_by"] == "demo-operator"
    before = connection.execute("SELECT made_at + interval '1 microsecond' FROM submission").fetchone()[0]
    then = shown(client, sign_in, known_at=before.isoformat())
    assert (then["pending"], then["revisions"][0]["approval"], then["revisions"][0]["decided_by"]) == (
        True, "pending", None,
    )  # fmt: skip
    assert connection.execute("SELECT username, action FROM audit").fetchall() == [
        ("demo-operator", "figures.approved")
    ]


def test_who_brought_it_does_not_decide_on_it(bring, client, sign_in):
    taken = bring(["Bình Sơn", 10.5, 2], role=Role.OPERATOR)
    (waiting,) = client.get(QUEUE, params={"state": "pending"}).json()["submissions"]
    assert (waiting["may_decide"], "tài khoản khác" in waiting["why_not"]["vi"]) == (False, True)
    for decision in ("approved", "returned"):
        refused = judge(client, taken["submission"], decision, reason="thử")
        assert (refused.status_code, "không được tự duyệt" in refused.json()["title"]) == (403, True)
    assert shown(client, sign_in)["pending"] is True
    sign_in(Role.ADMIN)
    assert judge(client, taken["submission"], "approved").status_code == 200
    assert judge(client, taken["submission"], "approved").status_code == 409


def test_what_is_returned_is_kept_with_its_reason_and_comes_again(bring, client, sign_in):
    taken = bring(["Bình Sơn", 105, 2])
    sign_in(Role.OPERATOR)
    assert judge(client, taken["submission"], "returned").json()["field"] == "reason"
    assert judge(client, taken["submission"], "returned", reason="nhầm đơn vị: nghìn tỷ").status_code == 200
    assert shown(client, sign_in) is None
    sign_in(Role.STEWARD)
    (mine,) = client.get(QUEUE, params={"mine": True}).json()["submissions"]
    assert (mine["state"], mine["reason"], mine["decided_by"]) == ("returned", "nhầm đơn vị: nghìn tỷ", "demo-operator")
    again = bring(["Bình Sơn", 10.5, 2])
    assert again["summary"]["stored"] == 2
    point = shown(client, sign_in)
    assert [(r["value"], r["approval"]) for r in point["revisions"]] == [(10.5, "pending"), (105, "returned")]
    card = client.get(f"{QUEUE}/{taken['submission']}")
    assert card.status_code == 403  # leaders have the history; the queue is for those who bring and decide
    sign_in(Role.OPERATOR)
    kept = client.get(f"{QUEUE}/{taken['submission']}").json()
    assert [(c["value"], c["waits"]) for c in kept["changes"]] == [(105, False), (2, False)]


def test_hidden_until_approved_is_a_policy_of_its_days(bring, client, sign_in, connection):
    sign_in(Role.ADMIN)
    change = {
        "of_source": "vsr_demo", "indicator": "thu_ns", "mode": "hide", "source": "thử nghiệm", "reason": "thử nghiệm",
        "valid_from": "2020-01-01",
    }  # fmt: skip
    bad = client.post("/api/catalogue/policies", json=change | {"indicator": "khong_co"}, headers=HEADERS)
    assert (bad.status_code, bad.json()["field"]) == (400, "indicator")
    bring(["Trà Bồng", 1, 1])
    sign_in(Role.ADMIN)
    assert client.post("/api/catalogue/policies", json=change, headers=HEADERS).status_code == 201
    taken = bring(["Bình Sơn", 10.5, 2])
    assert shown(client, sign_in) is None
    hidden = connection.execute("SELECT id FROM observation WHERE awaits = 'hide'").fetchall()
    assert [client.get(f"/api/lineage/observation/{number}").status_code for (number,) in hidden] == [404]
    firms = client.get("/api/indicators/dn_moi", params={"unit": "524", "structure": "2021", "from": "2025-01-01"})
    assert firms.json()["latest"]["pending"] is True  # the policy spoke of one indicator
    sign_in(Role.OPERATOR)
    judge(client, taken["submission"], "approved")
    assert (shown(client, sign_in)["value"], shown(client, sign_in)["pending"]) == (10.5, False)


def test_the_checker_sees_old_against_new_and_everything_to_look_at(bring, client, sign_in, connection):
    first = bring(["Bình Sơn", 20, 2], ["Trà Bồng", 5, 3])
    sign_in(Role.OPERATOR)
    judge(client, first["submission"], "approved")
    taken = bring(["Bình Sơn", 15, 2], ["Trà Bồng", 6, 3], ["Xã Bình Minh", 1, 1], ["Tổng số", 30, 5])
    sign_in(Role.OPERATOR)
    card = client.get(f"{QUEUE}/{taken['submission']}").json()
    told = [(c["name"], c["before"], c["value"], c["delta"], c["percent"]) for c in card["changes"][:2]]
    assert told == [("Huyện Bình Sơn", 20, 15, -5, -25), ("Huyện Trà Bồng", 5, 6, 1, 20)]
    assert {f["kind"]: f["why"]["vi"] for f in card["flags"]}["total"].startswith("Thu ngân sách: dòng tổng lớn hơn")
    below = card["changes"][0]["flags"]
    assert [(f["kind"], f["why"]["vi"]) for f in below] == [
        ("below_official", "15 tỷ đồng thấp hơn số chính thức đã công bố là 20")
    ]
    assert card["submission"]["flags"]["unit"] == 1
    judge(client, taken["submission"], "approved")
    decided = client.get(f"{QUEUE}/{taken['submission']}").json()
    assert [(c["before"], c["value"]) for c in decided["changes"][:2]] == [(20, 15), (5, 6)]


def test_a_sheet_is_typed_in_where_there_is_no_file(bring, client, sign_in, connection):
    sign_in(Role.STEWARD)
    assert "unit:commune" in client.get("/api/intake/typed/dn_moi/whose").json()
    asked = {"source": "vsr_demo", "whose": "unit:commune", "period": "2026-10"}
    sheet = client.get("/api/intake/typed/dn_moi", params=asked).json()
    assert (len(sheet["lines"]), sheet["sums"], sheet["period"]["vi"]) == (96, True, "tháng 10/2026")
    assert {line["value"] for line in sheet["lines"]} == {None}
    codes = [line["subject"] for line in sheet["lines"][:2]]
    rows = [{"subject": codes[0], "value": 4}, {"subject": codes[1], "value": 3}, {"subject": "524", "value": 1}]
    typed = asked | {"indicator": "dn_moi", "rows": rows, "total": 9}
    receipt = client.post("/api/intake/typed", json=typed, headers=HEADERS).json()
    ask = {"source": "vsr_demo", "period": "2026-10", "typed": {"indicator": "dn_moi", "whose": "unit:commune"}}
    seen = client.post(f"{FILES}/{receipt['file']}/preview", json=ask, headers=HEADERS).json()["preview"]
    assert (seen["counts"]["new"], seen["counts"]["refused"], seen["status"]) == (3, 1, "preliminary")
    fix = seen["refused"][0]["fix"]["vi"]  # a district of before 2025 is explained, never guessed
    assert "‘524’ là Huyện Bình Sơn (địa bàn huyện cũ)" in fix
    assert {flag["kind"] for flag in seen["flags"]} == {"total", "unit"}
    taken = client.post(f"{FILES}/{receipt['file']}/take", json=ask, headers=HEADERS).json()
    assert connection.execute("SELECT count(*) FROM observation WHERE awaits = 'show'").fetchone() == (3,)
    (file,) = client.get(FILES).json()["files"]
    assert (file["door"], file["template"], file["given_by"]) == ("typed", None, "demo-steward")
    sheet = client.get("/api/intake/typed/dn_moi", params=asked).json()
    assert [(line["value"], line["pending"]) for line in sheet["lines"][:2]] == [(4, True), (3, True)]
    sign_in(Role.OPERATOR)
    assert judge(client, taken["submission"], "approved").json()["submission"]["state"] == "approved"
    bad = client.get("/api/intake/typed/dn_moi", params=asked | {"period": "hôm qua"})
    assert (bad.status_code, bad.json()["field"]) == (400, "period")


def test_a_form_of_another_year_and_a_figure_far_from_its_series_are_told(bring, client, sign_in):
    for month in range(5, 12):
        bring(["Bình Sơn", 10 + month, 2], period=f"2024-{month:02d}")
    taken = bring(["Bình Sơn", 1800, 2], period="2024-12")
    sign_in(Role.OPERATOR)
    card = client.get(f"{QUEUE}/{taken['submission']}").json()
    (old,) = [flag for flag in card["flags"] if flag["kind"] == "old_form"]
    assert "chỉ dùng cho kỳ từ 01/01/2025" in old["why"]["vi"]
    (far,) = card["changes"][0]["flags"]
    assert (far["kind"], far["why"]["vi"]) == (
        "outlier",
        "1.800 ở ngoài chuỗi của chính nó: 7 kỳ, tháng 5/2024 đến tháng 11/2024, là 15 – 21",
    )


def test_districts_of_before_in_a_sheet_of_communes_are_explained_and_kept(bring, client, sign_in, connection):
    sign_in(Role.STEWARD)
    asked = {"source": "vsr_demo", "whose": "unit:commune", "period": "2026-10"}
    column = client.get("/api/intake/typed/dn_moi", params=asked).json()["column"]
    ask = {"source": "vsr_demo", "period": "2026-10", "typed": {"indicator": "dn_moi", "whose": "unit:commune"}}

    def preview(*names: str) -> Any:
        body = workbook(["Đơn vị", column], *([name, 1] for name in names))
        sent = client.post(FILES, params={"name": "cu.xlsx"}, content=body, headers=HEADERS).json()
        return sent["file"], client.post(f"{FILES}/{sent['file']}/preview", json=ask, headers=HEADERS).json()

    file, told = preview("Huyện Bình Sơn", "Huyện Trà Bồng", "Huyện Mộ Đức")
    assert [f["kind"] for f in told["preview"]["flags"]] == ["unit"] * 3
    taken = client.post(f"{FILES}/{file}/take", json=ask, headers=HEADERS).json()
    assert (taken["summary"]["rejected"], taken["submission"]) == ({"unknown_unit": 3}, None)
    kept = connection.execute("SELECT count(*) FROM reject WHERE raw IS NOT NULL").fetchone()
    assert kept == (3,)
    # Written without their kind they are communes of the same names: taken as such, and said.
    _, told = preview("Bình Sơn", "Trà Bồng", "Mộ Đức")
    (flag,) = told["preview"]["flags"]
    assert (flag["kind"], "cũng là tên huyện cũ" in flag["why"]["vi"]) == ("unit", True)

"""A steward brings a file over HTTP: received, shown, taken, listed; who may not, and what is too large."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from ingest.exchange.take import Incoming, take_message
from layers.access.roles import Role
from layers.sources.templates import read_templates
from web.demo import DESK
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


def workbook(*rows: list[Any]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


GOOD = workbook(HEAD, ["Bình Sơn", 1.5, 2], ["Trà Bồng", "hai", 3], ["Tổng số", 4, 5])


@pytest.fixture
def bring(client: TestClient, sign_in, connection, now, tmp_path, monkeypatch) -> Callable[..., Any]:
    """Send bytes as a steward; gives the receipt."""
    monkeypatch.setattr(WebSettings, "resolved_data_dir", lambda _: tmp_path)
    ensure_forms(connection, now)
    sign_in(Role.STEWARD)

    def sent(content: bytes, name: str = "t3.xlsx") -> dict[str, Any]:
        answer = client.post(FILES, params={"name": name}, content=content, headers=HEADERS)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return sent


def test_a_file_is_shown_before_it_is_stored_and_then_taken(bring, client, connection):
    receipt = bring(GOOD)
    shown = client.post(f"{FILES}/{receipt['file']}/preview", json=ASK, headers=HEADERS).json()["preview"]
    assert shown["template"]["name"] == "vsr_thang_2025"
    assert shown["counts"] == {"new": 5, "same": 0, "revised": 0, "refused": 1, "blank": 0, "lines": 6}
    assert shown["refused"][0]["row"] == 3
    assert [check["fits"] for check in shown["checks"]] == [False, True]
    assert connection.execute("SELECT count(*) FROM observation").fetchone() == (0,)
    taken = client.post(f"{FILES}/{receipt['file']}/take", json=ASK | {"paper": PAPER}, headers=HEADERS).json()
    assert (taken["summary"]["stored"], taken["summary"]["rejected"]) == (5, {"bad_field": 1})
    assert connection.execute("SELECT DISTINCT status FROM observation").fetchall() == [("official",)]
    back = openpyxl.load_workbook(io.BytesIO(client.get(taken["back"]).content))
    marked = [cell.value for cell in back["Dữ liệu"][4]]
    assert marked[:4] == [3, "Trà Bồng", "hai", 3]
    assert "‘hai’ không phải là số" in marked[-1]
    again = bring(GOOD, "ten-khac.xlsx")
    assert (again["before"]["name"], again["before"]["paper"]) == ("t3.xlsx", "7/BC-MP")
    listed = client.get(FILES).json()["files"]
    assert [(file["state"], file["given_by"]) for file in listed] == [("taken", "demo-steward")]


def test_a_refused_file_is_kept_and_listed(bring, client, connection):
    receipt = bring(b"PK not a workbook", "hong.xlsx")
    for _ in range(2):
        refusal = client.post(f"{FILES}/{receipt['file']}/preview", json=ASK, headers=HEADERS).json()["refusal"]
    assert (refusal["need"], "broken" in refusal["detail"]) == ("file", True)
    (file,) = client.get(FILES).json()["files"]
    assert (file["state"], file["name"]) == ("refused", "hong.xlsx")
    kept = connection.execute("SELECT data FROM raw_piece").fetchone()
    assert kept == (b"PK not a workbook",)


def test_a_file_in_no_form_is_guessed_and_becomes_a_template(bring, client, connection):
    receipt = bring(workbook(["Địa bàn", "Thu ngân sách", "Xe máy"], ["Bình Sơn", 1.5, 7], ["Trà Bồng", 2, 8]))
    asked = ASK | {"period": "2026-10"}
    refusal = client.post(f"{FILES}/{receipt['file']}/preview", json=asked, headers=HEADERS).json()["refusal"]
    guesses = [(g["role"], g["indicator"], g["sure"]) for g in refusal["guess"]]
    assert (refusal["need"], guesses) == ("template", [
        ("subject", None, "sure"), ("indicator", "thu_ns", "sure"), ("ignore", None, "unknown"),
    ])  # fmt: skip
    columns = [
        {"title": "Thu ngân sách", "indicator": "thu_ns", "unit": "tỷ đồng"},
        {"title": "Xe máy", "optional": True},
    ]
    body = {
        "name": "thu_moi", "source": "vsr_demo", "title": {"vi": "Thu", "en": "Budget"}, "valid_from": "2026-01-01",
        "subject": {"kind": "unit", "level": "former_district", "column": "Địa bàn"}, "columns": columns,
    }  # fmt: skip
    assert client.put("/api/templates/thu_moi", json=body, headers=HEADERS).json()["version"] == 1
    bad = client.put("/api/templates/thu_moi", json=body | {"shape": "tall"}, headers=HEADERS)
    assert (bad.status_code, bad.json()["field"]) == (400, "shape")
    shown = client.post(f"{FILES}/{receipt['file']}/preview", json=asked, headers=HEADERS).json()["preview"]
    assert shown["counts"]["new"] == 2
    assert {t.body.name for t in read_templates(connection, "vsr_demo")} >= {"thu_moi"}


@pytest.mark.parametrize("role", [Role.GUEST, Role.VIEWER, Role.OFFICER, Role.COMMUNE])
def test_others_may_not(role, client, sign_in):
    sign_in(role)
    status = 401 if role is Role.GUEST else 403
    assert client.get(FILES).status_code == status
    assert client.post(FILES, params={"name": "a"}, content=b"1", headers=HEADERS).status_code == status
    assert client.get("/api/deliveries/expected").status_code == status


def test_another_site_and_another_person_reach_nothing(bring, client, sign_in):
    receipt = bring(GOOD)
    assert client.post(FILES, params={"name": "a"}, content=b"1").status_code == 403
    sign_in(Role.OPERATOR)
    answer = client.post(f"{FILES}/{receipt['file']}/preview", json=ASK, headers=HEADERS)
    assert answer.status_code == 404


def test_the_limit_is_by_route_and_larger_files_are_streamed(bring, client):
    assert bring(b"0" * 3_000_000)["size"] == 3_000_000
    too_large = client.post("/api/wall", content=b"0" * 3_000_000, headers=HEADERS)
    assert too_large.status_code == 413
    told = {**HEADERS, "content-length": "100000001"}
    assert client.post(FILES, params={"name": "a"}, content=b"", headers=told).status_code == 413


def test_the_demonstration_is_late_once_revised_once_missing_once(client, sign_in, connection, now):
    from fixtures.forms import form_letters
    from layers.units.load import DATA

    ensure_forms(connection, now)
    connection.execute(
        "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('igate_demo', 'i', 'i', 'simulated')"
    )
    letters = [x for x in form_letters(DATA / "unit-outlines.geojson", now, 7) if "yte" not in x.name]
    for letter in letters:
        taken = take_message(
            connection, Incoming(letter.data, letter.name, letter.id, letter.sent_at), DESK, lambda: now
        )
        assert (taken.state, taken.summary.rejected.total()) == ("done", 0), taken.detail
    sign_in(Role.LEADER)
    answer = client.get("/api/deliveries/expected", params={"from": "2026-07-01", "to": "2026-11-01"}).json()
    told = [(e["template"], e["period_from"][5:7], e["state"], e["workdays"], e["revised"]) for e in answer["expected"]]
    assert [t for t in told if t[0] == "vsr_thang"] == [
        ("vsr_thang", "10", "on_time", 0, 0), ("vsr_thang", "09", "on_time", 0, 0), ("vsr_thang", "08", "late", 2, 0),
        ("vsr_thang", "07", "on_time", 0, 1),
    ]  # fmt: skip
    assert [t[2] for t in told if t[0] == "motcua_thang"] == ["missing", "on_time", "on_time", "on_time"]
    revised = connection.execute(
        "SELECT value, paper_id IS NOT NULL, superseded_at IS NULL FROM observation WHERE indicator = 'thu_ns'"
        " AND subject = '522' AND (period_from, period_to) = ('2026-07-01', '2026-08-01') ORDER BY id"
    ).fetchall()
    assert [row[1:] for row in revised] == [(True, False), (True, True)]
    assert revised[1][0] - revised[0][0] == 2.5

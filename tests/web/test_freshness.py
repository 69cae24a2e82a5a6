"""What is expected, the scoreboard, the ledger and their policy over HTTP: who may, what is refused or unknown."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from geo.clock import local_date, start_of_day
from geo.workdays import add_months
from layers.access.roles import Role
from layers.reminders.keep import make_reminders
from layers.sources.expected import Expectation
from layers.sources.expected_edit import keep_expectation
from layers.sources.register import ensure_source
from tests.web.test_intake import GOOD
from web.demo_forms import ensure_forms
from web.routes.intake import FILES

HEADERS = {"origin": "http://testserver"}
RULE = {
    "source": "vsr_demo", "what": "template", "template": "vsr_thang", "every_months": 1, "due_kind": "workday",
    "due_number": 5, "due_months": 1, "valid_from": "2020-01-01", "valid_to": "2020-07-01", "agency": "Sở thử",
    "basis": "thử, chưa xác minh", "reason": "thử nhập",
}  # fmt: skip
PERIOD = add_months(local_date(datetime.now(UTC)).replace(day=1), -2)
DUE_MONTH = f"{add_months(PERIOD, 1):%Y-%m}"


@pytest.fixture
def forms(connection, now):
    for code in ("vsr_demo", "igate_demo", "health_demo"):
        ensure_source(connection, code, "simulated", code)
    ensure_forms(connection, now)
    return connection


def expect_month(connection, month: date = PERIOD) -> None:
    """A form of one month, and nothing else."""
    connection.execute("UPDATE expected_delivery SET superseded_at = now()")
    until = add_months(month, 1)
    rule = Expectation("vsr_demo", "vsr_thang_2025", 1, "workday", 5, 1, month, until, "Sở thử", "VP", "000")
    keep_expectation(connection, rule, start_of_day(month))


def test_who_may_say_what_is_expected(client, sign_in, forms):
    assert client.post("/api/expected", json=RULE, headers=HEADERS).status_code == 401
    sign_in(Role.STEWARD)
    assert client.post("/api/expected", json=RULE, headers=HEADERS).status_code == 403
    sign_in(Role.OPERATOR)
    assert client.post("/api/expected", json=RULE).status_code == 403  # from no page of ours
    made = client.post("/api/expected", json=RULE, headers=HEADERS)
    assert made.status_code == 201, made.text
    assert made.json() == {"code": "vsr_demo.template.vsr_thang.2020-01-01"}
    changed = client.post(f"/api/expected/{made.json()['code']}", json=RULE | {"due_number": 8}, headers=HEADERS)
    assert changed.status_code == 200, changed.text
    versions = client.get(f"/api/expected/{made.json()['code']}/versions").json()
    assert [(v["due_number"], v["superseded_at"] is None) for v in versions] == [(8, True), (5, False)]
    assert versions[0]["stored_by"] == "demo-operator"
    acts = forms.execute("SELECT action FROM audit WHERE action LIKE 'expected.%'").fetchall()
    assert acts == [("expected.change",)] * 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"template": "khong_co"}, "template"),
        ({"what": "indicator", "template": "khong_co"}, "template"),
        ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"valid_from": "2026-01-01", "valid_to": None}, "valid_from"),  # meets the demonstration's own rule
        ({"phone": "0255 123 456"}, "phone"),  # a simulated source's telephone cannot ring
    ],
)
def test_what_cannot_be_expected_is_refused(client, sign_in, forms, change, field):
    sign_in(Role.ADMIN)
    answer = client.post("/api/expected", json=RULE | change, headers=HEADERS)
    assert (answer.status_code, answer.json().get("field")) == (400, field), answer.text


def test_nothing_to_judge_is_no_number(client, sign_in, forms):
    expect_month(forms)
    assert client.get("/api/scoreboard").status_code == 401
    assert client.get("/api/scoreboard/wall").json() == {"board": None}
    sign_in(Role.VIEWER)
    empty = client.get("/api/scoreboard", params={"period": "2019-01"}).json()
    assert (empty["agencies"], empty["judged"], empty["of"], empty["expected_of"]) == ([], 0, 0, 1)
    board = client.get("/api/scoreboard", params={"period": DUE_MONTH}).json()
    (agency,) = board["agencies"]
    shares = {p["code"]: p["share"] for p in agency["pillars"]}
    assert shares == {"dung": None, "du": 0.0, "sach": None, "song": 0.0}
    assert (agency["total"], agency["before"], agency["change"], agency["rank"]) == (0.0, None, None, 1)
    assert board["unverified"] == 15
    assert client.get("/api/scoreboard", params={"period": "2026-13"}).json()["field"] == "period"


def test_a_file_changes_the_score_down_to_its_rows(client, sign_in, forms, tmp_path, monkeypatch):
    monkeypatch.setattr("web.settings.WebSettings.resolved_data_dir", lambda _: tmp_path)
    expect_month(forms, date(2025, 3, 1))  # the form GOOD is filled in
    sign_in(Role.OPERATOR)
    receipt = client.post(FILES, params={"name": "t.xlsx"}, content=GOOD, headers=HEADERS).json()
    asked = {"source": "vsr_demo", "period": "2025-03", "template": "vsr_thang_2025"}
    taken = client.post(f"{FILES}/{receipt['file']}/take", json=asked, headers=HEADERS)
    assert taken.status_code == 200, taken.text
    board = client.get("/api/scoreboard", params={"period": "2025-04"}).json()
    parts = {(p["code"], q["code"]): (q["good"], q["of"]) for p in board["agencies"][0]["pillars"] for q in p["parts"]}
    assert parts["dung", "accepted"] == (5, 6)  # one cell is no number
    assert parts["dung", "sums"] == (1, 2)
    assert parts["sach", "rejects"] == (5, 6)
    assert parts["du", "deliveries"] == (1, 1)
    assert parts["du", "subjects"][0] == 2
    assert parts["song", "on_time"] == (0, 1)
    where = {"period": "2025-04", "source": "vsr_demo", "pillar": "dung", "part": "accepted"}
    rows = client.get("/api/scoreboard/rows", params=where).json()
    assert (rows["part"]["good"], rows["rows"][0]["file"]) == (5, "t.xlsx")
    assert client.get(rows["rows"][0]["file_link"]).content == GOOD
    where |= {"pillar": "sach", "part": "rejects"}
    assert "reject=" in client.get("/api/scoreboard/rows", params=where).json()["rows"][0]["link"]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/scoreboard.xlsx", params={"period": "2025-04"}).content))
    lines = list(book.active.values)
    assert "MÔ PHỎNG" in lines[0][0]
    assert "2/2" not in lines[0][0]
    assert any(line[4] == "Ô số liệu được nhận" and (line[5], line[6]) == (5, 6) for line in lines if len(line) > 6)


def test_a_reminder_by_hand_and_its_letter(client, sign_in, forms):
    expect_month(forms)
    key = {"source": "vsr_demo", "template": "vsr_thang_2025", "period_from": str(PERIOD)}
    sign_in(Role.LEADER)
    assert client.post("/api/reminders", json=key | {"reason": "gấp lắm"}, headers=HEADERS).status_code == 403
    sign_in(Role.OPERATOR)
    number = client.post("/api/reminders", json=key | {"reason": "gấp lắm"}, headers=HEADERS).json()["id"]
    again = client.post("/api/reminders", json=key | {"reason": "gấp lắm"}, headers=HEADERS)
    assert (again.status_code, again.json()["title"]) == (400, "Hôm nay đã nhắc kỳ này")
    sheet = client.get(f"/api/reminders/{number}.html").text
    assert "SỐ LIỆU MÔ PHỎNG" in sheet
    assert "Kính gửi: Sở thử" in sheet
    assert client.get(f"/api/reminders/{number}.pdf").content[:4] == b"%PDF"
    (source,) = [s for s in client.get("/api/sources").json()["sources"] if s["code"] == "vsr_demo"]
    assert len(source["reminders"]) == 1
    sent = client.post(f"/api/reminders/{number}/sent", json={"number": "1/NN", "reason": "đã gửi đi"}, headers=HEADERS)
    assert sent.status_code == 200
    (year,) = client.get("/api/reminders").json()["agencies"]
    assert (year["counted"], year["open"], year["workdays"]) == (1, 1, None)


def test_the_policy_is_corrected_by_new_rows(client, sign_in, forms):
    sign_in(Role.ADMIN)
    (step,) = [s for s in client.get("/api/freshness/steps").json() if s["step"] == 2]
    fields = ("step", "side", "days", "hour", "pauses", "way", "counts", "escalates_to", "only_source", "words",
              "source", "verified", "valid_from", "valid_to")  # fmt: skip
    given = {name: step[name] for name in fields} | {"days": 3, "reason": "thử nới bước hai"}
    assert client.post("/api/freshness/steps/start.2", json=given, headers=HEADERS).status_code == 200
    versions = client.get("/api/freshness/steps/start.2/versions").json()
    assert [v["days"] for v in versions] == [3, 1]
    meets = client.post("/api/freshness/steps", json=given, headers=HEADERS)
    assert (meets.status_code, meets.json()["field"]) == (400, "valid_from")
    wrong = client.post(
        "/api/freshness/steps/start.2", json=given | {"words": "Kính gửi {ten_nguoi} ạ"}, headers=HEADERS
    )
    assert (wrong.status_code, wrong.json()["field"]) == (400, "words")
    expect_month(forms)
    made = make_reminders(forms, datetime.now(UTC))
    assert {planned.step.days for _, planned in made} == {2, 3, 5}

"""Surveys over HTTP: a steward answers for its own agency, by page or form; the centre sees who has, and the gap."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import start_of_day
from geo.workdays import DAY
from ingest.surveys.form import ANSWERS, HEAD_ROW
from layers.access.accounts import ensure_account
from layers.access.roles import Role
from layers.database import transaction
from layers.indicators.current import rebuild_figures
from layers.surveys.rounds import Asking, open_round, tie_to_agency
from web.demo_surveys import ANSWERED, LATE, STEWARD_OF, ensure_surveys

SignIn = Callable[[Role], TestClient]
OURS = {"Origin": "http://testserver"}
SYSTEM = {
    "name": "Hệ thống mô phỏng", "exchange": ["api"], "data_owner": "Sở Y tế", "updates": "day",
    "contact": "Phòng Tổng hợp",
}  # fmt: skip
INDICATOR = {
    "indicator": "giuong", "unit": "giường", "period": "month", "level": ["province"], "system": "HIS (mô phỏng)",
    "format": "xlsx", "contact": "Phòng Tổng hợp",
}  # fmt: skip
FIRST = HEAD_ROW + 2


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def tied(connection: psycopg.Connection) -> dict[str, int]:
    """Two rounds that are open, and the steward's account tied to Sở Y tế."""
    with transaction(connection):
        ensure_account(connection, "demo-steward", Role.STEWARD, lambda: datetime.now(UTC))
        tie_to_agency(connection, "demo-steward", "so_y_te")
        opened = start_of_day(today() - DAY)
        asking = {s: Asking(s, today() - DAY, "thử", "simulated") for s in ("systems", "indicators")}
        return {survey: open_round(connection, one, opened) for survey, one in asking.items()}


def path(number: int, agency: str = "so_y_te", rest: str = "") -> str:
    return f"/api/surveys/rounds/{number}/agencies/{agency}{rest}"


def post(client: TestClient, where: str, body: Any) -> Any:
    return client.post(where, json=body, headers=OURS)


def test_who_may_see_and_who_may_answer(sign_in: SignIn, tied: dict[str, int]) -> None:
    own, other = path(tied["systems"]), path(tied["systems"], "so_gddt")
    for role, status in ((Role.GUEST, 401), (Role.OFFICER, 403), (Role.COMMUNE, 403), (Role.VIEWER, 403)):
        assert sign_in(role).get("/api/surveys").status_code == status
        assert sign_in(role).get("/api/surveys/gap").status_code == status
    for role in (Role.LEADER, Role.OPERATOR, Role.ADMIN):
        client = sign_in(role)
        assert client.get(other).status_code == 200
        assert post(client, own, {"rows": [SYSTEM]}).status_code == 403  # nobody writes in a department's place
        assert client.get("/api/surveys").json()["can_open"] == (role is not Role.LEADER)
    steward = sign_in(Role.STEWARD)
    assert steward.get(own).status_code == 200
    for answer in (steward.get(other), steward.get(other + "/form"), post(steward, other, {"rows": []})):
        assert answer.status_code == 403
        assert answer.json()["field"] == "agency"
    assert steward.get("/api/surveys/gap?agency=so_gddt").status_code == 403
    assert post(steward, "/api/surveys/rounds", {"survey": "systems", "opens_on": str(today())}).status_code == 403
    assert steward.post(own, json={"rows": []}).status_code == 403  # not from a page of ours


def test_a_steward_tied_to_no_agency_is_told_so(sign_in: SignIn) -> None:
    answer = sign_in(Role.STEWARD).get("/api/surveys")
    assert answer.status_code == 403
    assert "chưa được gắn với cơ quan nào" in answer.json()["title"]


def test_an_answer_by_the_page(sign_in: SignIn, tied: dict[str, int], connection: psycopg.Connection) -> None:
    client, own = sign_in(Role.STEWARD), path(tied["systems"])
    half = {"name": "Cổng", "users": "nhiều", "contact": "Bà Mô Phỏng 0000 000 001"}
    draft = post(client, own, {"rows": [SYSTEM, half], "over": None, "submit": True}).json()
    assert draft["state"] == "draft"  # wrong or missing cells are never submitted
    assert [(w["row"], w["question"]) for w in draft["faults"]] == [(2, "users"), (2, "contact")]
    assert {w["question"] for w in draft["missing"]} == {"exchange", "data_owner", "updates"}
    assert draft["rows"] == [SYSTEM, {"name": "Cổng"}]
    assert post(client, own, {"rows": [SYSTEM], "over": None}).status_code == 409
    sent = post(client, own, {"rows": [SYSTEM], "over": draft["id"], "submit": True}).json()
    assert (sent["state"], sent["faults"], sent["missing"]) == ("submitted", [], [])
    acts = connection.execute("SELECT action, subject, username FROM audit").fetchall()
    assert acts == [("survey.submit", f"{tied['systems']}/so_y_te", "demo-steward")]
    card = sign_in(Role.OPERATOR).get(f"/api/surveys/rounds/{tied['systems']}").json()
    standing = {s["agency"]["code"]: s for s in card["standings"]}
    assert standing["so_y_te"]["state"] == "on_time"
    assert standing["so_y_te"]["door"] == "page"
    assert standing["so_gddt"]["state"] == "not_due"
    assert card["round"]["answered"] == 1


def workbook(data: bytes, *cells: tuple[str, Any]) -> bytes:
    """A downloaded form with some cells filled in."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for where, value in cells:
        book[ANSWERS][where] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_answer_by_the_form(sign_in: SignIn, tied: dict[str, int], connection: psycopg.Connection) -> None:
    client, own = sign_in(Role.STEWARD), path(tied["systems"])
    first = post(client, own, {"rows": [SYSTEM]}).json()
    blank = client.get(own + "/form")
    assert "mo-phong.xlsx" in blank.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(blank.content))
    assert {name: book[name].sheet_state for name in book.sheetnames[2:]} == {
        "_danh_muc": "veryHidden",
        "_opsmap": "veryHidden",
    }
    assert book[ANSWERS]["A1"].value.startswith("MÔ PHỎNG")
    assert book[ANSWERS][f"A{FIRST}"].value == SYSTEM["name"]
    lists = [v.formula1 for v in book[ANSWERS].data_validations.dataValidation if v.type == "list"]
    assert any("_danh_muc" in formula for formula in lists)
    filled = workbook(
        blank.content, (f"G{FIRST}", 30), (f"A{FIRST + 1}", "Hai"), (f"G{FIRST + 1}", "nhiều"), (f"F{FIRST + 1}", "Tệp")
    )
    shown = client.post(own + "/files?name=tra-loi.xlsx", content=filled, headers=OURS)
    assert shown.status_code == 201
    preview = shown.json()
    assert [(line["name"], line["change"], line["changed"]) for line in preview["lines"]] == [
        (SYSTEM["name"], "changed", ["users"]), ("Hai", "new", []),
    ]  # fmt: skip
    assert [(w["row"], w["title"]["vi"], w["said"]) for w in preview["faults"]] == [
        (FIRST + 1, "Khả năng kết nối, chia sẻ", "Tệp"), (FIRST + 1, "Số người dùng", "nhiều"),
    ]  # fmt: skip
    assert not preview["can_submit"]
    assert client.get(own).json()["id"] == first["id"]  # nothing was stored yet
    take = own + f"/files/{preview['file']}/take"
    assert post(client, take, {"over": preview["over"], "submit": True}).status_code == 400
    taken = post(client, take, {"over": preview["over"]}).json()
    assert taken["rows"] == [SYSTEM | {"users": 30}, {"name": "Hai"}]
    assert (taken["state"], taken["history"][0]["door"]) == ("draft", "form")
    kept = connection.execute(
        "SELECT reason, line_no, convert_from(raw, 'UTF8'), faults FROM reject ORDER BY id"
    ).fetchall()
    assert {(reason, line) for reason, line, _, _ in kept} == {("bad_field", FIRST + 1)}
    assert any('"said":"nhiều"' in raw for _, _, raw, _ in kept)
    told = connection.execute(
        "SELECT s.origin, d.form, d.adapter, d.summary, r.size FROM delivery AS d"
        " JOIN source AS s ON s.id = d.source_id JOIN raw_file AS r ON r.sha256 = d.sha256"
    ).fetchone()
    assert told is not None
    assert told[:3] == ("simulated", "survey", "survey/1")
    assert told[4] == len(filled)
    summary = told[3]
    assert summary["lines"] == summary["messages"] + sum(summary["rejected"].values()) + sum(
        summary["ignored"].values()
    )
    assert (summary["stored"], summary["duplicates"]) == (2, len(SYSTEM))
    assert post(client, take, {"over": preview["over"]}).status_code == 409  # made over an answer that is no more


def test_a_file_that_is_no_form_is_refused_and_kept(
    sign_in: SignIn, tied: dict[str, int], connection: psycopg.Connection
) -> None:
    client, own = sign_in(Role.STEWARD), path(tied["systems"])
    answer = client.post(own + "/files?name=la.xlsx", content=b"khong phai bang tinh", headers=OURS)
    assert answer.status_code == 400
    blank = client.get(path(tied["indicators"], rest="/form")).content
    other = client.post(own + "/files?name=chi-tieu.xlsx", content=blank, headers=OURS)
    assert "khảo sát khác" in other.json()["title"]
    kept = connection.execute("SELECT reason, count(*) FROM reject GROUP BY 1").fetchall()
    assert kept == [("bad_file", 2)]
    assert connection.execute("SELECT count(*) FROM raw_file").fetchone() == (2,)


def test_a_person_named_in_a_form_is_kept_nowhere(
    sign_in: SignIn, tied: dict[str, int], connection: psycopg.Connection
) -> None:
    client, own = sign_in(Role.STEWARD), path(tied["systems"])
    post(client, own, {"rows": [SYSTEM]})
    filled = workbook(client.get(own + "/form").content, (f"K{FIRST}", "Anh Mô Phỏng, 0000 000 001"))
    preview = client.post(own + "/files?name=nguoi.xlsx", content=filled, headers=OURS).json()
    assert preview["faults"][0]["said"] == ""
    post(client, own + f"/files/{preview['file']}/take", {"over": preview["over"]})
    assert connection.execute("SELECT reason FROM reject").fetchall() == [("names_person",)]
    assert connection.execute("SELECT count(*) FROM raw_file").fetchone() == (0,)
    rows = connection.execute("SELECT rows::text FROM survey_answer").fetchall()
    assert not any("Mô Phỏng" in text or "0000" in text for (text,) in rows)


PUT = """
INSERT INTO observation (source_id, indicator, subject_kind, subject, period_from, period_to, value, unit, status,
                         delivery_id, raw, heard_at)
VALUES ((SELECT id FROM source WHERE code = 'nguon'), %s, 'unit', %s, %s, %s, 1, 'x', 'official', 1, '', now())
"""


def put_figure(connection: psycopg.Connection, indicator: str, days: tuple[date, date], unit: str = "51") -> None:
    """One figure of a unit for the days [from, to)."""
    with transaction(connection):
        connection.execute(
            "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('nguon', 'Nguồn thử', 'Test', 'simulated')"
            " ON CONFLICT DO NOTHING"
        )
        connection.execute(PUT, (indicator, unit, *days))
        rebuild_figures(connection)


def month_before(until: date) -> tuple[date, date]:
    """The month that ends before a day."""
    return (until - DAY).replace(day=1), until


def state_of(client: TestClient, code: str) -> dict[str, Any]:
    found = client.get("/api/surveys/gap").json()
    assert sum(found["counts"].values()) == found["total"] == len(found["indicators"])
    return next(i for i in found["indicators"] if i["code"] == code)


def test_the_gap_follows_answers_and_figures(
    sign_in: SignIn, tied: dict[str, int], connection: psycopg.Connection
) -> None:
    assert state_of(sign_in(Role.OPERATOR), "giuong")["state"] == "none"
    own = path(tied["indicators"])
    beyond = INDICATOR | {"indicator": "Số giường dịch vụ (thử)"}
    draft = post(sign_in(Role.STEWARD), own, {"rows": [INDICATOR, beyond]}).json()
    assert state_of(sign_in(Role.OPERATOR), "giuong")["state"] == "none"  # a draft is nobody's word
    sent = post(sign_in(Role.STEWARD), own, {"rows": [INDICATOR, beyond], "over": draft["id"], "submit": True}).json()
    assert sent["state"] == "submitted"
    told = state_of(sign_in(Role.OPERATOR), "giuong")
    assert (told["state"], told["claims"][0]["agency"]["code"], told["claims"][0]["system"]) == (
        "told",
        "so_y_te",
        "HIS (mô phỏng)",
    )
    agencies = {a["agency"]["code"]: a for a in sign_in(Role.OPERATOR).get("/api/surveys/gap").json()["agencies"]}
    assert [claim["says"] for claim in agencies["so_y_te"]["beyond"]] == ["Số giường dịch vụ (thử)"]
    assert agencies["so_y_te"]["standings"]["indicators"]["state"] == "on_time"
    put_figure(connection, "giuong", month_before(date(2026, 1, 1)))
    silent = state_of(sign_in(Role.OPERATOR), "giuong")
    assert silent["state"] == "silent"
    assert silent["overdue"] > 0
    assert silent["fed"]["last_day"] == "2025-12-31"
    put_figure(connection, "giuong", month_before(today().replace(day=1)))
    assert state_of(sign_in(Role.OPERATOR), "giuong")["state"] == "heard"


def test_the_gap_narrowed_and_as_a_sheet(sign_in: SignIn, tied: dict[str, int]) -> None:
    client = sign_in(Role.OPERATOR)
    health = client.get("/api/surveys/gap?domain=yt").json()
    assert {i["domain"] for i in health["indicators"]} == {"yt"}
    finance = client.get("/api/surveys/gap?agency=so_tai_chinh&state=none").json()
    assert {i["owner"] for i in finance["indicators"]} == {"Sở Tài chính"}
    assert [a["agency"]["code"] for a in finance["agencies"]] == ["so_tai_chinh"]
    sheet = client.get("/api/surveys/gap?domain=yt&format=xlsx")
    page = openpyxl.load_workbook(io.BytesIO(sheet.content)).active
    assert page.max_row == health["total"] + 2
    assert "chỉ tiêu" in page["A1"].value
    for query in ("domain=khong", "agency=khong"):
        assert client.get(f"/api/surveys/gap?{query}").status_code == 400
    own = sign_in(Role.STEWARD).get("/api/surveys/gap").json()
    assert {a["agency"]["code"] for a in own["agencies"]} == {"so_y_te"}
    assert {i["owner"] for i in own["indicators"]} == {"Sở Y tế"}


def test_where_figures_reach(sign_in: SignIn, connection: psycopg.Connection) -> None:
    client = sign_in(Role.OPERATOR)
    nobody = client.get("/api/surveys/coverage?indicator=dan_so").json()
    assert (nobody["covered"], nobody["bare"], len(nobody["values"])) == (0, 96, 96)
    for unit in ("21028", "51"):
        put_figure(connection, "dan_so", (date(2025, 1, 1), date(2026, 1, 1)), unit)
    found = client.get("/api/surveys/coverage?indicator=dan_so").json()
    told = {v["code"]: v for v in found["values"]}
    assert told["21028"]["value"] == 100
    assert (found["covered"], found["bare"]) == (1, 95)  # what is split from the province's figure is nobody's own
    assert sum(v["estimated"] for v in found["values"]) <= 95
    assert sum(c["count"] for c in found["classes"]) == 1
    domain = client.get("/api/surveys/coverage?domain=kt&level=former_district").json()
    assert len(domain["values"]) == 23
    assert len(domain["indicators"]) > 5
    for query in ("", "?domain=kt&indicator=dan_so", "?indicator=khong", "?domain=kt&level=nha"):
        assert client.get("/api/surveys/coverage" + query).status_code == 400


def test_the_centre_asks_again_and_the_former_round_is_over(sign_in: SignIn, tied: dict[str, int]) -> None:
    steward, old = sign_in(Role.STEWARD), path(tied["systems"])
    post(steward, old, {"rows": [SYSTEM], "submit": True})
    asked = {"survey": "systems", "opens_on": str(today()), "within_days": 5, "agencies": ["so_y_te", "so_tu_phap"]}
    made = post(sign_in(Role.ADMIN), "/api/surveys/rounds", asked)
    assert made.status_code == 201
    round_ = made.json()["round"]
    assert (round_["asked"], round_["within_days"], round_["origin"]) == (2, 5, "simulated")
    steward = sign_in(Role.STEWARD)
    assert post(steward, old, {"rows": [], "over": None}).status_code == 409
    assert steward.get(old).json()["past"]
    begun = steward.get(path(round_["id"])).json()
    assert (begun["state"], begun["carried"], begun["rows"]) == ("none", "2026", [SYSTEM])
    assert steward.get("/api/surveys").json()["rounds"][0]["id"] == round_["id"]


def test_the_demonstration_answers_and_leaves_some_to_be_answered(
    connection: psycopg.Connection, sign_in: SignIn
) -> None:
    now = datetime.now(UTC)
    assert ensure_surveys(connection, now) == 3
    assert ensure_surveys(connection, now + timedelta(days=1)) == 0
    listed = sign_in(Role.OPERATOR).get("/api/surveys").json()
    by = {(r["survey"], r["edition"]): r for r in listed["rounds"]}
    systems = by["systems", "2026"]
    assert (systems["answered"], systems["late"]) == (len(ANSWERED) + len(LATE), len(LATE))
    assert systems["missing"] > 0
    assert by["indicators", "2026"]["missing"] == 0
    assert {r["origin"] for r in listed["rounds"]} == {"simulated"}
    rows = connection.execute("SELECT rows FROM survey_answer").fetchall()
    names = [row["name"] for (told,) in rows for row in told if "name" in row]
    assert names
    assert all(name.endswith("(mô phỏng)") for name in names)
    begun = sign_in(Role.STEWARD).get(path(systems["id"], STEWARD_OF)).json()
    assert begun["carried"] == "2025"

"""Surveys over HTTP: a steward answers for its own agency, by page or form; the centre sees who has, and the gap."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import psycopg
from fastapi.testclient import TestClient

from ingest.surveys.form import ANSWERS, HEAD_ROW
from layers.access.roles import Role
from web.demo_surveys import ANSWERED, LATE, STEWARD_OF, ensure_surveys

SignIn = Callable[[Role], TestClient]
OURS = {"Origin": "http://testserver"}
SYSTEM = {
    "name": "Hệ thống mô phỏng", "exchange": ["api"], "data_owner": "Sở Y tế", "updates": "day",
    "contact": "Phòng Tổng hợp",
}  # fmt: skip
FIRST = HEAD_ROW + 2


def today() -> date:
    return datetime.now(UTC).date()


def path(number: int, agency: str = "so_y_te", rest: str = "") -> str:
    return f"/api/surveys/rounds/{number}/agencies/{agency}{rest}"


def post(client: TestClient, where: str, body: Any) -> Any:
    return client.post(where, json=body, headers=OURS)


def test_who_may_see_and_who_may_answer(sign_in: SignIn, rounds_open: dict[str, int]) -> None:
    own, other = path(rounds_open["systems"]), path(rounds_open["systems"], "so_gddt")
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


def test_an_answer_by_the_page(sign_in: SignIn, rounds_open: dict[str, int], connection: psycopg.Connection) -> None:
    client, own = sign_in(Role.STEWARD), path(rounds_open["systems"])
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
    assert acts == [("survey.submit", f"{rounds_open['systems']}/so_y_te", "demo-steward")]
    card = sign_in(Role.OPERATOR).get(f"/api/surveys/rounds/{rounds_open['systems']}").json()
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


def test_an_answer_by_the_form(sign_in: SignIn, rounds_open: dict[str, int], connection: psycopg.Connection) -> None:
    client, own = sign_in(Role.STEWARD), path(rounds_open["systems"])
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
    sign_in: SignIn, rounds_open: dict[str, int], connection: psycopg.Connection
) -> None:
    client, own = sign_in(Role.STEWARD), path(rounds_open["systems"])
    answer = client.post(own + "/files?name=la.xlsx", content=b"khong phai bang tinh", headers=OURS)
    assert answer.status_code == 400
    blank = client.get(path(rounds_open["indicators"], rest="/form")).content
    other = client.post(own + "/files?name=chi-tieu.xlsx", content=blank, headers=OURS)
    assert "khảo sát khác" in other.json()["title"]
    kept = connection.execute("SELECT reason, count(*) FROM reject GROUP BY 1").fetchall()
    assert kept == [("bad_file", 2)]
    assert connection.execute("SELECT count(*) FROM raw_file").fetchone() == (2,)


def test_a_person_named_in_a_form_is_kept_nowhere(
    sign_in: SignIn, rounds_open: dict[str, int], connection: psycopg.Connection
) -> None:
    client, own = sign_in(Role.STEWARD), path(rounds_open["systems"])
    post(client, own, {"rows": [SYSTEM]})
    filled = workbook(client.get(own + "/form").content, (f"K{FIRST}", "Anh Mô Phỏng, 0000 000 001"))
    preview = client.post(own + "/files?name=nguoi.xlsx", content=filled, headers=OURS).json()
    assert preview["faults"][0]["said"] == ""
    post(client, own + f"/files/{preview['file']}/take", {"over": preview["over"]})
    assert connection.execute("SELECT reason FROM reject").fetchall() == [("names_person",)]
    assert connection.execute("SELECT count(*) FROM raw_file").fetchone() == (0,)
    rows = connection.execute("SELECT rows::text FROM survey_answer").fetchall()
    assert not any("Mô Phỏng" in text or "0000" in text for (text,) in rows)


def test_the_centre_asks_again_and_the_former_round_is_over(sign_in: SignIn, rounds_open: dict[str, int]) -> None:
    steward, old = sign_in(Role.STEWARD), path(rounds_open["systems"])
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


def test_a_new_edition_asks_the_next_round(sign_in: SignIn, rounds_open: dict[str, int]) -> None:
    admin = sign_in(Role.ADMIN)
    old = next(e for e in admin.get("/api/surveys").json()["editions"] if e["code"] == "systems.2026")
    body = old["body"] | {
        "questions": [*old["body"]["questions"], {"code": "cost", "title": {"vi": "Chi phí", "en": "Cost"}}]
    }
    given = {"body": body, "basis": "thử", "source": "thử", "reason": "thêm câu hỏi", "valid_from": old["valid_from"]}
    meets = admin.put("/api/surveys/editions/systems/2027", json=given, headers=OURS)
    assert meets.json()["field"] == "valid_from"
    stranger = admin.put(
        "/api/surveys/editions/systems/2026", json=given | {"body": body | {"agencies": ["so_la"]}}, headers=OURS
    )
    assert stranger.json()["field"] == "agencies"
    unsound = admin.put(
        "/api/surveys/editions/systems/2026", json=given | {"body": body | {"key": "cost"}}, headers=OURS
    )
    assert unsound.status_code == 422
    kept = admin.put("/api/surveys/editions/systems/2026", json=given, headers=OURS)
    assert kept.status_code == 200
    assert sign_in(Role.STEWARD).put("/api/surveys/editions/systems/2026", json=given, headers=OURS).status_code == 403
    admin = sign_in(Role.ADMIN)
    now = admin.get(f"/api/surveys/rounds/{rounds_open['systems']}").json()
    assert "cost" not in {q["code"] for q in now["body"]["questions"]}  # it keeps what it asked
    next_ = post(admin, "/api/surveys/rounds", {"survey": "systems", "opens_on": str(today())}).json()
    assert "cost" in {q["code"] for q in next_["body"]["questions"]}


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

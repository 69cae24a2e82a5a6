"""A task out of a red number: drafted, issued, its letter as DOCX and edXML, over the axis and back, accepted."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import psycopg
import pytest

from fixtures.axis import SECRET, SYSTEM, Axis, running
from fixtures.forms import form_letters
from geo.clock import LOCAL
from geo.workdays import Workdays
from ingest.exchange.axis import AxisClient
from ingest.exchange.edxml_read import read_document
from ingest.exchange.send import send_letters
from ingest.exchange.take import Incoming, take_message
from layers.access.accounts import ensure_account
from layers.access.roles import Role
from layers.database import make_engine
from layers.surveys.rounds import tie_to_agency
from layers.units.load import DATA
from web.demo import DESK
from web.demo_forms import ensure_forms

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
ORIGIN = {"origin": "http://testserver"}
OFFICE = "Văn phòng Ủy ban nhân dân tỉnh (mô phỏng)"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def red(connection, client, sign_in) -> dict:
    """The demonstration's forms, and the agency whose dossiers are late: where a leader's task begins."""
    ensure_forms(connection, NOW)
    for letter in form_letters(DATA / "unit-outlines.geojson", NOW, 7):
        if "yte" not in letter.name:  # its facilities are not loaded here
            incoming = Incoming(letter.data, letter.name, letter.id, letter.sent_at)
            assert take_message(connection, incoming, DESK, lambda letter=letter: letter.sent_at).state == "done"
    ensure_account(connection, "demo-steward", Role.STEWARD, lambda: NOW)
    tie_to_agency(connection, "demo-steward", "vp_ubnd")
    sign_in(Role.LEADER)
    told = client.get("/api/exceptions").json()["exceptions"]
    one = next(each for each in told if each["indicator"] == "hs_dunghan")
    unit = f"{one['place']['kind']}:{one['place']['code']}"
    return {"indicator": "hs_dunghan", "unit": unit, "period": one["period"]["since"], "value": one["value"]}


def later(days: int) -> str:
    """A day so many working days from now."""
    return Workdays().after(datetime.now(UTC).astimezone(LOCAL).date(), days).isoformat()


def drafted(client, red: dict, agency: str = OFFICE) -> dict:
    origin = {name: red[name] for name in ("indicator", "unit", "period")}
    start = client.get("/api/tasks/start", params=origin).json()
    said = {"title": start["title"], "asked": "Rà soát hồ sơ trễ hạn, báo cáo cách khắc phục", "agency": agency}
    answer = client.post("/api/tasks", json=said | {"due_on": later(5), "born": origin}, headers=ORIGIN)
    assert answer.status_code == 201, answer.text
    return answer.json()


def act(client, number: str, action: str, status: int = 201, **more: object) -> dict:
    answer = client.post(f"/api/tasks/{number}/acts", json={"action": action, **more}, headers=ORIGIN)
    assert answer.status_code == status, answer.text
    return answer.json()


def words_of(docx: bytes, part: str = "word/document.xml") -> str:
    """What stands in a Word file, paragraph by paragraph."""
    with zipfile.ZipFile(io.BytesIO(docx)) as file:
        assert file.testzip() is None
        root = ElementTree.fromstring(file.read(part))
    return "\n".join("".join(text.text or "" for text in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))


def test_a_draft_begins_with_the_very_numbers_that_are_shown(red, client) -> None:
    shown = client.get("/api/indicators/hs_dunghan", params={"unit": red["unit"]}).json()["latest"]
    assert shown["value"] == red["value"]
    task = drafted(client, red)
    born = task["born"]
    assert (born["value"], born["light"], born["origin"]) == (red["value"], "red", "simulated")
    assert born["paper"]["number"] == shown["paper"]["number"]
    assert task["title"] in born["sentence"]["vi"]
    assert (task["state"], task["letter"], task["since"]["same"]) == ("draft", None, True)
    assert [step["action"] for step in task["steps"]] == ["issue", "edit", "discard", "note"]
    assert not client.get(f"/api/tasks/{task['number']}/letter.edxml").is_success  # no number yet
    docx = client.get(f"/api/tasks/{task['number']}/letter.docx").content
    assert words_of(docx, "word/header1.xml").startswith("DỰ THẢO – MÔ PHỎNG")


def test_a_task_from_the_number_to_its_acceptance(red, client, sign_in, connection) -> None:
    task = drafted(client, red)
    number = task["number"]
    issued = act(client, number, "issue", version=task["version"])
    assert (issued["state"], issued["letter"]) == ("issued", "1/UBND-TTĐH")
    act(client, number, "issue", status=409)
    assert act(client, number, "note", status=409, version=task["version"], text="đã đọc")["detail"].startswith(
        "version"
    )
    words = words_of(client.get(f"/api/tasks/{number}/letter.docx").content)
    for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 1/UBND-TTĐH", task["title"], OFFICE, "Nơi nhận:", number):
        assert said in words
    sign_in(Role.STEWARD)
    listed = client.get("/api/tasks").json()
    assert (listed["agency"], [each["number"] for each in listed["tasks"]]) == (
        OFFICE.removesuffix(" (mô phỏng)"),
        [number],
    )
    act(client, number, "withdraw", status=403, text="không phải việc của tôi")
    for step, said in (("receive", {}), ("start", {}), ("report", {"text": "Đã trả hết hồ sơ trễ"})):
        task = act(client, number, step, **said)
    assert (task["state"], task["result"]) == ("reported", "Đã trả hết hồ sơ trễ")
    sign_in(Role.LEADER)
    act(client, number, "return", status=400)  # it must be said why
    act(client, number, "return", text="Còn 3 hồ sơ")
    sign_in(Role.STEWARD)
    act(client, number, "report", text="Đã trả nốt 3 hồ sơ")
    sign_in(Role.OPERATOR)
    act(client, number, "accept", status=400)  # on whose word?
    done = act(client, number, "accept", word="Phó Chủ tịch phụ trách, giao ban sáng nay")
    assert (done["state"], done["steps"][-1]["action"]) == ("accepted", "note")
    assert done["ended_at"]
    assert [line["action"] for line in done["history"]] == [
        "drafted", "issue", "receive", "start", "report", "return", "report", "accept",
    ]  # fmt: skip
    assert done["history"][-1]["word"].startswith("Phó Chủ tịch")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE task_entry SET body = '{}'")


def test_who_sees_and_may_do_what(red, client, sign_in) -> None:
    own, other = drafted(client, red), drafted(client, red, "Sở Công Thương")
    act(client, other["number"], "issue")
    assert own["number"] != other["number"]
    sign_in(Role.STEWARD)
    assert client.get("/api/tasks").json()["tasks"] == []  # a draft, and another office's
    assert [client.get(f"/api/tasks/{each['number']}").status_code for each in (own, other)] == [404, 404]
    act(client, other["number"], "receive", status=404)
    sign_in(Role.OPERATOR)
    refused = act(client, own["number"], "issue", status=400)
    assert refused["detail"].startswith("word")
    told = act(client, own["number"], "issue", word="Chủ tịch, qua điện thoại 8 giờ")
    assert told["letter"] == "2/UBND-TTĐH"
    for role in (Role.GUEST, Role.VIEWER, Role.OFFICER):
        sign_in(role)
        assert client.get("/api/tasks").status_code in (401, 403)


def test_an_office_is_asked_for_and_a_day_to_come(red, client) -> None:
    origin = {name: red[name] for name in ("indicator", "unit", "period")}
    said = {"title": "Giảm hồ sơ trễ hạn", "asked": "Làm ngay", "due_on": later(5), "agency": OFFICE, "born": origin}
    for wrong, field in (({"agency": "Ông Nguyễn Văn A"}, "agency"), ({"due_on": "2026-01-05"}, "due_on")):
        answer = client.post("/api/tasks", json=said | wrong, headers=ORIGIN)
        assert answer.status_code == 400, answer.text
        assert answer.json()["detail"].startswith(field)
    assert client.post("/api/tasks", json=said, headers={"origin": "http://elsewhere.invalid"}).status_code == 403
    names = {office["name"] for office in client.get("/api/tasks/offices").json()}
    assert {OFFICE, "UBND phường Nghĩa Lộ"} <= names
    assert "Văn phòng Ủy ban nhân dân tỉnh" not in names  # its simulated namesake stands for it here


def test_a_holiday_is_told_and_the_day_after_it_counts(client, sign_in) -> None:
    sign_in(Role.LEADER)
    year = datetime.now(UTC).year + 1
    told = client.get("/api/tasks/day", params={"day": f"{year}-09-02"}).json()
    assert not told["works"]
    assert "Quốc khánh" in told["name"]
    assert date.fromisoformat(told["due"]) > date(year, 9, 2)
    assert Workdays().is_workday(date.fromisoformat(told["due"]))


def test_its_letter_goes_over_the_axis_and_the_answers_come_back(red, client, database_url) -> None:
    number = drafted(client, red)["number"]
    act(client, number, "issue")
    document = read_document(io.BytesIO(client.get(f"/api/tasks/{number}/letter.edxml").content))
    assert (document.number, document.notation, document.kind) == ("1", "UBND-TTĐH", 18)
    assert (document.receivers[0].code, document.due_on.isoformat()) == ("H48.MP.05", later(5))
    assert document.subject.startswith("MÔ PHỎNG")
    assert OFFICE in words_of(document.attachments[0].content.open().read())
    engine, axis = make_engine(database_url), Axis([])
    with running(axis) as url, AxisClient(url, SYSTEM, SECRET) as client_of_axis:

        def turn(**more: bool) -> str:
            send_letters(engine, client_of_axis, lambda: datetime.now(UTC), **{"simulated_too": True, **more})
            return client.get(f"/api/tasks/{number}").json()["state"]

        assert turn(simulated_too=False) == "issued"
        assert axis.handed_in == {}  # a real axis gets no letter on simulated figures
        assert turn() == "issued"
        assert list(axis.handed_in) == [f"{number}-edoc"]
        axis.answer_all()
        assert turn() == "received"
        axis.answer_all()
        assert [turn(), turn()] == ["in_progress", "in_progress"]
        axis.answers.clear()  # another axis, which knows nothing of it
        turn()
        assert list(axis.answers) == [f"{number}-edoc"]
        act(client, number, "withdraw", text="Số liệu đã được sửa")
        assert turn() == "withdrawn"
        assert f"{number}-revocation" in axis.handed_in
        sent = client.get(f"/api/tasks/{number}").json()["sent"]
        assert [each["message_type"] for each in sent] == ["edoc", "revocation"]
    engine.dispose()


def test_what_is_overdue_stands_among_the_exceptions(red, client, connection) -> None:
    number = drafted(client, red)["number"]
    act(client, number, "issue")
    connection.execute("UPDATE task SET due_on = %s, due_at = %s", (date(2026, 11, 2), NOW - timedelta(days=20)))
    told = client.get(f"/api/tasks/{number}").json()
    assert told["overdue"]
    assert told["days_over"] == Workdays().count_after(date(2026, 11, 2), datetime.now(LOCAL).date())
    line = next(one for one in client.get("/api/exceptions").json()["exceptions"] if one["kind"] == "task")
    assert (line["office"]["agency"], line["due"], line["link"]) == (OFFICE, "2026-11-02", f"/tasks?task={number}")
    assert client.get("/api/tasks/counts").json()["overdue"] == 1


def test_the_number_now_stands_beside_the_number_then(red, client, connection) -> None:
    before = (date.fromisoformat(red["period"]) - timedelta(days=1)).replace(day=1).isoformat()
    task = drafted(client, red | {"period": before})
    since = task["since"]
    assert (task["born"]["period"]["since"], since["period"]["since"], since["same"]) == (before, red["period"], False)
    assert since["value"] == red["value"]
    assert since["delta"] == round(red["value"] - task["born"]["value"], 4)
    assert since["better"] == (since["delta"] > 0)


def test_figures_that_have_not_come_are_asked_for(red, client) -> None:
    late = next(one for one in client.get("/api/exceptions").json()["exceptions"] if one["kind"] == "late")
    source = late["link"].split("=")[1]
    start = client.get("/api/tasks/start", params={"source": source}).json()
    assert (start["agency"], start["born"]["kind"]) == (late["office"]["agency"], "late")
    said = {"title": start["title"], "asked": "Nộp ngay", "agency": start["agency"], "due_on": later(2)}
    task = client.post("/api/tasks", json=said | {"born": {"source": source}}, headers=ORIGIN).json()
    assert task["since"]["better"] is False
    assert "vẫn chưa nộp" in task["since"]["words"]["vi"]

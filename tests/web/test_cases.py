"""Cases through the door: the queue whose counts are its lists, one case, what may be done with it by whom."""

from datetime import UTC, datetime, timedelta

import pytest

from layers.access.roles import Role
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry
from layers.watch.cases.opening import open_by_flow

NOW = datetime.now(UTC)
ORIGIN = {"origin": "http://testserver"}
PHONES = ("0000000101", "0000000102")


def ago(hours):
    return NOW - timedelta(hours=hours)


@pytest.fixture
def boat(connection):
    """A register's boat with people; its number is 1."""
    connection.execute("INSERT INTO source (code, title_vi, title_en, origin) VALUES ('t', 't', 't', 'simulated')")
    connection.execute(
        "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
        " heard_at, owner, owner_phone, captain, captain_phone, crew, vms_provider, leads) VALUES (1, 'QNg-MP 0001',"
        " 'Thử', 17.5, 'câu', 'Sa Kỳ', 1, (SELECT id FROM source WHERE code = 't'), 1, now(), now(), 'Ông Mô Phỏng',"
        " %s, 'Ông Giả Định', %s, 8, 'A', true)",
        PHONES,
    )
    return 1


@pytest.fixture
def opened(database_url, boat):
    """Opens a case by the machine, `hours` after its beginning; gives its number."""
    engine = make_engine(database_url)

    def make(kind="silence", began=7.0, seen=None, **values):
        told = {"kind": kind, "began_at": ago(began), "origin": "simulated", "vessel_id": boat, "length_m": 17.5}
        told |= {"lon_e7": 1091000000, "lat_e7": 149900000} | values
        with write(engine) as connection:
            case_id = open_by_flow(connection, told, Entry("opened", ago(began if seen is None else seen)))
            row = connection.exec_driver_sql("SELECT number FROM watch_case WHERE id = %s", (case_id,))
            return row.scalar_one()

    yield make
    engine.dispose()


def queue(client, **asked):
    answer = client.get("/api/cases", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def card(client, number):
    answer = client.get(f"/api/cases/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def do(client, number, action, version=None, **fields):
    version = card(client, number)["version"] if version is None else version
    return client.post(f"/api/cases/{number}/do", json={"action": action, "version": version, **fields}, headers=ORIGIN)


def test_the_queue_counts_what_it_lists_and_people_in_danger_come_first(opened, sign_in):
    late, later = opened(began=30), opened(began=7)
    boundary, distress = opened("boundary", began=1), opened("distress", began=0.01)
    found = queue(sign_in(Role.OFFICER))
    assert [line["number"] for line in found["cases"]] == [distress, boundary, late, later]
    assert found["counts"] == {"distress": 1, "boundary": 1, "silence": 2}
    assert (found["total"], found["overdue"]) == (4, sum(line["due"]["overdue"] for line in found["cases"]))
    line = found["cases"][3]
    assert line["headline"]["vi"] == "Mất kết nối 7 giờ 0 phút · chưa báo vị trí"
    assert line["vessel"] == {
        "id": "v1", "label": "QNg-MP 0001", "name": "Thử", "length_m": 17.5, "home_port": "Sa Kỳ"
    }  # fmt: skip
    assert (line["state"]["title"]["vi"], line["lead"], line["crew"]) == ("Mới", "province", 8)
    for kind, number in found["counts"].items():
        narrowed = queue(sign_in(Role.OFFICER), kind=kind)
        assert (narrowed["total"], len(narrowed["cases"])) == (number, number)
        assert narrowed["counts"] == found["counts"]


def test_a_call_with_a_position_moves_the_case_on_and_sets_the_six_hour_clock(opened, sign_in):
    number, officer = opened(), sign_in(Role.OFFICER)
    before = card(officer, number)
    assert [duty["happened"] for duty in before["duties"]] == ["missed", "waiting", "waiting"]
    assert before["due"]["overdue"] is True
    answer = do(officer, number, "call", lat="14°59'24\"N", lon="109 độ 6 phút", said="máy hỏng, đang câu")
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "contacting"
    after = card(officer, number)
    assert after["acknowledged"]["by"] == officer.get("/api/me").json()["name"]
    entry = after["ledger"][-1]
    assert (entry["kind"], entry["body"]["to"], entry["body"]["result"]) == ("call", "captain", "answered")
    assert entry["text"]["vi"] == (
        "thuyền trưởng · điện thoại · nghe máy · vị trí 14°59'24\"N 109°06'00\"E · máy hỏng, đang câu"
    )
    assert [duty["happened"] for duty in after["duties"]] == ["missed", "reported", "waiting", "waiting"]
    contact = next(duty for duty in after["duties"] if (duty["kind"], duty["happened"]) == ("report", "waiting"))
    assert datetime.fromisoformat(contact["due_at"]) - datetime.fromisoformat(entry["at"]) == timedelta(hours=6)
    assert after["due"]["overdue"] is False
    assert "báo vị trí" in after["headline"]["vi"]


def test_what_the_flow_forbids_is_refused_with_words(opened, sign_in):
    number, officer = opened(), sign_in(Role.OFFICER)
    closing = do(officer, number, "close", outcome="signal_back")
    assert (closing.status_code, closing.json()["field"]) == (409, "action")
    assert closing.json()["title"] == "Ở bước “Mới” không làm được việc này"
    assert do(officer, number, "acknowledge").status_code == 200
    missing = do(officer, number, "close")
    assert (missing.status_code, missing.json()["title"]) == (400, "Thiếu: kết quả")
    old = do(officer, number, "note", version=1, text="ghi")
    assert (old.status_code, old.json()["field"]) == (409, "version")
    assert "đã tiếp nhận" in old.json()["title"]
    assert do(officer, number, "close", outcome="signal_back").status_code == 200
    closed = card(officer, number)
    assert (closed["state"]["code"], closed["due"], closed["outcome"]["en"]) == ("closed", None, "signal is back")
    assert [action["action"] for action in closed["actions"]] == ["note", "reopen"]
    assert queue(officer)["total"] == 0
    assert queue(officer, state="closed")["total"] == 1
    assert do(officer, number, "reopen", reason="lại mất tín hiệu").status_code == 200
    assert card(officer, number)["state"]["code"] == "reopened"

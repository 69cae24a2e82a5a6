"""Cases through the door: the queue whose counts are its lists, one case, what may be done with it by whom."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from layers.access.roles import Role
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry
from layers.watch.cases.opening import open_by_flow

ORIGIN = {"origin": "http://testserver"}
PHONES = ("0000000101", "0000000102")


def ago(hours):
    return datetime.now(UTC) - timedelta(hours=hours)


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
    assert re.fullmatch(r"Mất kết nối 7 giờ \d+ phút · chưa báo vị trí", line["headline"]["vi"])
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


def test_roles_leaders_read_without_people_and_others_do_not(opened, sign_in):
    number = opened()
    assert do(sign_in(Role.OFFICER), number, "call", said="nhà ông Giả Định nói vậy").status_code == 200
    leader = card(sign_in(Role.LEADER), number)
    assert (leader["can"], leader["people"], leader["actions"]) == ({"act": False}, [], [])
    assert "Giả Định" not in str(leader)
    assert "nghe máy" in leader["ledger"][-1]["text"]["vi"]
    refused = sign_in(Role.LEADER).post(
        f"/api/cases/{number}/do", json={"action": "note", "version": 2, "text": "x"}, headers=ORIGIN
    )
    assert refused.status_code == 403
    for role in (Role.STEWARD, Role.VIEWER, Role.COMMUNE):
        assert sign_in(role).get("/api/cases").status_code == 403, role
        assert sign_in(role).get(f"/api/cases/{number}").status_code == 403, role
    assert sign_in(Role.GUEST).get("/api/cases").status_code == 401
    for role in (Role.OFFICER, Role.POST, Role.OPERATOR, Role.ADMIN):
        assert queue(sign_in(role))["can"]["act"] is True
    post = [action["action"] for action in card(sign_in(Role.POST), number)["actions"]]
    assert "close" not in post
    assert do(sign_in(Role.POST), number, "close", outcome="other").status_code == 403


def test_a_telephone_is_masked_until_asked_for_and_never_in_the_ledger(opened, sign_in, connection):
    number, officer = opened(), sign_in(Role.OFFICER)
    people = card(officer, number)["people"]
    assert [(p["id"], p["phone"]) for p in people] == [("captain", "•••• 102"), ("owner", "•••• 101")]
    version = card(officer, number)["version"]
    shown = officer.post(f"/api/cases/{number}/unmask", json={"person": "captain"}, headers=ORIGIN)
    assert (shown.status_code, shown.json()["phone"]) == (200, PHONES[1])
    audit = connection.execute("SELECT action, subject, reason FROM audit").fetchall()
    assert audit == [("contacts.unmask", "v1", f"{number}: liên hệ theo vụ việc")]
    assert do(officer, number, "call", version=version).status_code == 200, "a look at a telephone is no change"
    do(officer, number, "notice", template="silence_captain", channel="print")
    ledger = connection.execute("SELECT string_agg(body::text, '') FROM case_entry").fetchone()
    assert not any(phone in ledger[0] for phone in PHONES)
    for role in (Role.OPERATOR, Role.LEADER):
        body = {"person": "captain"}
        assert sign_in(role).post(f"/api/cases/{number}/unmask", json=body, headers=ORIGIN).status_code == 403
    assert not any(phone in str(card(sign_in(role), number)) for phone in PHONES for role in (Role.POST, Role.ADMIN))


def test_a_doubtful_position_is_asked_about_and_nothing_is_kept(opened, sign_in):
    number, officer = opened(), sign_in(Role.OFFICER)
    asked = do(officer, number, "call", lat="30", lon="109")
    assert (asked.status_code, asked.json()["kept"]) == (200, False)
    assert [doubt["value"] for doubt in asked.json()["doubts"]] == ["outside", "on_land"]
    assert len(card(officer, number)["ledger"]) == 1
    assert do(officer, number, "call", lat="30", lon="109", confirmed=True).json()["state"] == "contacting"


def test_a_position_told_on_the_boats_panel_reaches_its_open_cases(opened, sign_in):
    first, second, officer = opened(), opened("boundary", began=2), sign_in(Role.OFFICER)
    call = {"lat": "15", "lon": "109,5", "caller_role": "owner", "channel": "phone"}
    assert officer.post("/api/vessels/v1/reported-positions", json=call, headers=ORIGIN).status_code == 201
    for number in (first, second):
        assert card(officer, number)["ledger"][-1]["body"]["by"] == "owner"
    assert do(officer, first, "report", lat="15,01", lon="109,5").json()["kept"] is True
    kinds = [[entry["kind"] for entry in card(officer, n)["ledger"]] for n in (first, second)]
    assert kinds == [["opened", "report", "report"], ["opened", "report", "report"]]
    assert [d["happened"] for d in card(officer, first)["duties"]].count("waiting") == 2


def test_a_case_opened_by_hand_asks_for_what_it_needs(boat, connection, put_boat, sign_in):
    officer = sign_in(Role.OFFICER)
    told = {
        "kind": "distress",
        "distress": "aground",
        "vessel": "v1",
        "what": "mắc cạn ở bãi ngầm",
        "said_by": "chủ tàu",
    }
    made = officer.post("/api/cases", json=told | {"lat": "14,99", "lon": "109,1"}, headers=ORIGIN)
    assert made.status_code == 201, made.text
    case = made.json()
    assert (case["title"]["vi"], case["origin"], case["what"]) == ("Cứu nạn: mắc cạn", "simulated", told["what"])
    assert (case["due"]["code"], case["priority"], len(case["sar"])) == ("step", 0, 2)
    assert {office["phone"] for office in case["sar"]} == {None}
    for wrong, field in (({"distress": None}, "distress"), ({"vessel": None}, "vessel"), ({"kind": "gossip"}, "kind")):
        answer = officer.post("/api/cases", json=told | wrong, headers=ORIGIN)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
    place = {"kind": "other", "what": "thấy phao trôi", "lat": "14°59'N", "lon": "109°6'E"}
    answer = officer.post("/api/cases", json=place, headers=ORIGIN).json()
    assert (answer["vessel"], answer["lat"]) == (None, 14.9833333)


def test_the_nearest_boats_to_people_in_danger_are_told_in_nautical_miles(opened, sign_in, connection, put_boat):
    for number, lon in ((2, 109.2), (3, 109.3), (4, 109.4), (5, 109.5)):
        put_boat(number, lon, 14.99)
        connection.execute(
            "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
            " heard_at, leads) SELECT %s, 'QNg-MP 000' || %s, 'x', 20, 'câu', 'x', 1, id, 1, now(), now(), true"
            " FROM source WHERE code = 't'",
            (number, number),
        )
        connection.execute("UPDATE live SET vessel_id = %s WHERE lon_e7 = %s", (number, round(lon * 1e7)))
    number = opened("distress", began=0.1)
    near = card(sign_in(Role.OFFICER), number)["nearest"]
    assert [boat["label"] for boat in near] == ["QNg-MP 0002", "QNg-MP 0003", "QNg-MP 0004"]
    assert near[0]["distance_nm"] == pytest.approx(5.81, abs=0.02)
    assert near[0]["bearing_deg"] == pytest.approx(90, abs=0.1)


def test_the_queue_of_a_moment_is_as_it_stood_then(opened, sign_in):
    number, officer = opened(began=30, seen=24), sign_in(Role.OFFICER)
    do(officer, number, "acknowledge")
    do(officer, number, "close", outcome="signal_back")
    assert queue(officer)["total"] == 0
    then = queue(officer, at=ago(23).isoformat())
    assert [(line["number"], line["state"]["code"], line["version"]) for line in then["cases"]] == [(number, "new", 1)]
    assert queue(officer, at=ago(25).isoformat())["total"] == 0
    assert officer.get("/api/cases", params={"at": "2100-01-01T00:00:00Z"}).status_code == 400


def test_searching_by_number_boat_and_person(opened, sign_in):
    number, officer = opened(), sign_in(Role.OFFICER)
    me = officer.get("/api/me").json()["name"]
    assert do(officer, number, "assign", to="nobody").status_code == 400
    assert do(officer, number, "assign", to=me).status_code == 200
    for asked in ({"q": "0001"}, {"q": "thu"}, {"q": number.lower()}, {"vessel": "v1"}, {"assigned": "me"}):
        assert queue(officer, **asked)["total"] == 1, asked
    for asked in ({"q": "9999"}, {"vessel": "v2"}, {"kind": "zone"}, {"assigned": "x"}):
        assert queue(officer, **asked)["total"] == 0, asked
    assert officer.get("/api/cases", params={"kind": "gossip"}).status_code == 400


def test_a_promise_runs_until_it_is_kept(opened, sign_in):
    number, officer = opened("boundary", began=1), sign_in(Role.OFFICER)
    until = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    assert do(officer, number, "promise", text="báo lại", due_at=ago(1).isoformat()).status_code == 400
    promise = do(officer, number, "promise", text="chủ tàu báo lại", due_at=until).json()["entry"]
    do(officer, number, "acknowledge")
    assert card(officer, number)["due"]["code"] == "promise"
    keep = next(action for action in card(officer, number)["actions"] if action["action"] == "keep")
    assert keep["needs"][0]["choices"][0]["value"] == str(promise)
    assert do(officer, number, "keep", promise=promise).status_code == 200
    assert card(officer, number)["due"]["code"] == "step"
    assert do(officer, number, "keep", promise=promise).json()["title"] == "Lời hẹn này không còn mở"


def test_family_can_be_written_down_and_is_masked_like_the_others(opened, sign_in, connection):
    number, officer = opened(), sign_in(Role.OFFICER)
    told = {"relation": "family", "name": "Bà Giả Định", "phone": "0000000103"}
    wrong = officer.post(f"/api/cases/{number}/people", json=told | {"phone": "0905 000 103"}, headers=ORIGIN)
    assert (wrong.status_code, wrong.json()["field"]) == (400, "phone"), "a simulated boat's people cannot ring"
    assert officer.post(f"/api/cases/{number}/people", json=told, headers=ORIGIN).status_code == 201
    family = card(officer, number)["people"][-1]
    assert (family["role"]["vi"], family["name"], family["phone"]) == ("Gia đình", "•••• ", "•••• 103")
    shown = officer.post(f"/api/cases/{number}/unmask", json={"person": family["id"]}, headers=ORIGIN).json()
    assert (shown["name"], shown["phone"]) == ("Bà Giả Định", "0000000103")
    mended = officer.post(
        f"/api/cases/{number}/people", json=told | {"phone": "0000000104", "code": family["id"]}, headers=ORIGIN
    )
    assert mended.status_code == 201
    rows = connection.execute("SELECT phone, superseded_at IS NULL FROM boat_contact ORDER BY id").fetchall()
    assert rows == [("0000000103", False), ("0000000104", True)]
    ledger = connection.execute("SELECT string_agg(body::text, '') FROM case_entry").fetchone()[0]
    assert "0000000103" not in ledger
    assert "Giả Định" not in ledger
    assert sign_in(Role.OPERATOR).post(f"/api/cases/{number}/people", json=told, headers=ORIGIN).status_code == 403

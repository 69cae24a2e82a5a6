"""The page's answers: who is late and whom to call, what was refused and why, set aside or read again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from fixtures import nmea
from geo.clock import LOCAL, unix_ms
from ingest.deliveries import Delivery, Opened, Sender
from ingest.outcome import Fault, Reject
from ingest.rejects import store_rejects
from layers.access.roles import Role
from layers.database import transaction
from layers.sources.pulse import Came, move_pulse

ORIGIN = {"origin": "http://testserver"}
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
SENTENCE = nmea.sentences(nmea.position_a(999_000_001, 7, MOTION), b"A", 1)[0]
SignIn = Callable[[Role], TestClient]


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def coast(connection: psycopg.Connection) -> Delivery:
    """A source with a delivery of lines."""
    return Delivery(connection, Sender("coast", "simulated", "Bờ thử"), "spool", _now, Opened(form="nmea"))


@pytest.fixture
def refuse(connection: psycopg.Connection, coast: Delivery) -> Callable[..., None]:
    def stored(*rejects: Reject) -> None:
        with transaction(connection):
            store_rejects(connection, coast.source_id, coast.id, rejects, _now(), _now())

    return stored


def _lived(connection: psycopg.Connection, hour: datetime, seconds: int = 3600) -> None:
    connection.execute("INSERT INTO process_hour VALUES ('spool', %s, %s, %s)", (hour, seconds, hour))


def _cells(client: TestClient, **asked: str) -> dict[str, Any]:
    answer = client.get("/api/sources/coast/pulse", params=asked)
    assert answer.status_code == 200, answer.text
    return {cell["t"]: cell for cell in answer.json()["cells"]}


def test_down_silent_refused_and_before_are_four_things(
    sign_in: SignIn, connection: psycopg.Connection, coast: Delivery
) -> None:
    hour = _now().replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=back) for back in range(6, 0, -1)]  # before, came, silent, refused, half up, down
    came = Came(10, 10, 9, 1, 0)
    move_pulse(connection, coast.source_id, came, hours[1] + timedelta(minutes=5))
    move_pulse(connection, coast.source_id, Came(10, 2, 2, 0, 8), hours[3])
    for each, seconds in ((hours[2], 3000), (hours[4], 1000)):
        _lived(connection, each, seconds)
    given = {"from": hours[0].isoformat(), "to": hour.isoformat()}
    cells = list(_cells(sign_in(Role.GUEST), **given).values())
    assert [cell["state"] for cell in cells] == ["before", "came", "silent", "refused", "down", "down"]
    assert [cell["lines"] for cell in cells] == [None, 10, 0, 10, None, None]
    assert (cells[1]["stored"], cells[1]["duplicates"]) == (9, 1)


def test_days_are_those_of_viet_nam_and_add_up(
    sign_in: SignIn, connection: psycopg.Connection, coast: Delivery
) -> None:
    midnight = _now().astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    for hours in (-30, -26, -25, -2, -1):
        move_pulse(connection, coast.source_id, Came(1, 1, 1), midnight + timedelta(hours=hours))
    client = sign_in(Role.GUEST)
    days = _cells(client, by="day", **{"from": (midnight - timedelta(days=3)).isoformat()})
    assert [(cell["state"], cell["lines"]) for cell in days.values()][:3] == [
        ("before", None), ("came", 3), ("came", 2)
    ]  # fmt: skip
    listed = client.get("/api/sources", params={"pulse": 28}).json()["sources"]
    pulse = next(s for s in listed if s["code"] == "coast")["pulse"]
    assert (len(pulse), [cell["lines"] for cell in pulse][-3:-1]) == (28, [3, 2])


def test_too_many_cells_and_no_such_source_are_answers(sign_in: SignIn) -> None:
    client = sign_in(Role.GUEST)
    far = (_now() - timedelta(days=400)).isoformat()
    assert client.get("/api/sources/units/pulse", params={"from": far}).json()["field"] == "from"
    assert client.get("/api/sources/units/pulse", params={"from": far, "by": "day"}).status_code == 200
    for path in ("/api/sources/none", "/api/sources/none/pulse"):
        assert client.get(path).status_code == 404


def test_an_office_answers_and_only_people_see_its_telephone(
    sign_in: SignIn, connection: psycopg.Connection, coast: Delivery
) -> None:
    said = {"office": "Chi cục Thủy sản (mô phỏng)", "duty": "Trực ban", "phone": "000 0255 01"}
    assert sign_in(Role.STEWARD).put("/api/sources/coast", json=said, headers=ORIGIN).status_code == 403
    client = sign_in(Role.OPERATOR)
    assert client.put("/api/sources/coast", json=said).status_code == 403  # from no page of ours
    assert client.put("/api/sources/coast", json=said, headers=ORIGIN).json()["contact"] == said
    rings = client.put("/api/sources/coast", json=said | {"phone": "0255 382 0000"}, headers=ORIGIN)
    assert (rings.status_code, rings.json()["field"]) == (400, "phone")
    assert client.put("/api/sources/coast", json=said | {"office": " "}, headers=ORIGIN).json()["field"] == "office"
    assert client.put("/api/sources/none", json=said, headers=ORIGIN).status_code == 404
    assert client.put("/api/sources/coast", json=said | {"phone": None}, headers=ORIGIN).status_code == 200
    log = connection.execute("SELECT action, told -> 'before', told -> 'after' FROM source_log ORDER BY id").fetchall()
    assert log[0] == ("contact", [None] * 3, list(said.values()))
    assert log[1][1] == list(said.values())
    for role, path in ((Role.LEADER, ""), (Role.OFFICER, "")):
        assert sign_in(role).get(f"/api/sources/coast{path}").json()["contact"]["office"] == said["office"]
    for role, path in ((Role.GUEST, ""), (Role.VIEWER, ""), (Role.OPERATOR, "?wall=1")):
        assert sign_in(role).get(f"/api/sources/coast{path}").json()["contact"] is None


def test_rejects_are_for_those_who_answer_for_data(sign_in: SignIn, refuse: Callable[..., None]) -> None:
    refuse(Reject("bad_checksum", "x", b"secret line"))
    for role, status in ((Role.GUEST, 401), (Role.LEADER, 403), (Role.OFFICER, 403), (Role.STEWARD, 200)):
        client = sign_in(role)
        for path in ("/api/rejects", "/api/sources/coast/rejects", "/api/sources/coast/deliveries"):
            assert client.get(path).status_code == status
        assert client.post("/api/rejects/replay", json={}, headers=ORIGIN).status_code == (
            202 if status == 200 else status
        )


def test_a_reject_tells_its_bytes_its_faults_and_its_way(sign_in: SignIn, refuse: Callable[..., None]) -> None:
    raw = "Trạm bờ,".encode() + b"\0\xff"
    fault = Fault("beds", "field beds: 'x' is no number", "‘x’ không phải số")
    refuse(Reject("bad_field", "row 3, field beds: 'x' is no number", raw, 3, unix_ms(_now()), faults=(fault,)))
    client = sign_in(Role.STEWARD)
    [group] = client.get("/api/sources/coast/rejects").json()
    assert (group["open"], group["title"]["vi"], group["seen"]) == (1, "Giá trị sai hoặc thiếu", 1)
    [listed] = client.get("/api/rejects", params={"source": "coast", "reason": "bad_field"}).json()["rejects"]
    one = client.get(f"/api/rejects/{listed['id']}").json()
    assert (one["text"], one["hex"]) == ("Trạm bờ,␀�", raw.hex(" "))
    assert one["faults"] == [{"field": "beds", "fix": {"vi": fault.vi, "en": fault.en}}]
    assert (one["form"], one["adapter"], one["line_no"], one["label"]) == ("nmea", "nmea/1", 3, "spool")
    got = client.get(f"/api/rejects/{listed['id']}/raw")
    assert (got.content, got.headers["content-type"]) == (raw, "application/octet-stream")
    assert client.get("/api/rejects/999999").status_code == 404


def test_search_without_dau_pages_by_keys_and_is_bounded(
    sign_in: SignIn, refuse: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(*(Reject("bad_row", f"hàng {n}", f"Cảng Sa Kỳ {n}".encode()) for n in range(7)))
    client = sign_in(Role.STEWARD)

    def pages(**asked: str) -> list[list[str]]:
        found, before = [], {}
        while True:
            answer = client.get("/api/rejects", params=asked | before | {"limit": 3}).json()
            found.append([each["detail"] for each in answer["rejects"]])
            if answer["next_before"] is None:
                return found
            before = {"before": str(answer["next_before"])}

    assert [len(page) for page in pages()] == [3, 3, 1]
    assert pages(q="sa ky 5") == [["hàng 5"]]
    assert pages(q="HANG 1 cảng") == [["hàng 1"]]
    assert pages(q="no such words") == [[]]
    monkeypatch.setattr("layers.sources.reject_read.SEARCHED", 2)
    assert [each for page in pages(q="sa ky 0") for each in page] == ["hàng 0"]


def test_a_reject_is_set_aside_with_a_note_once(
    sign_in: SignIn, refuse: Callable[..., None], connection: psycopg.Connection
) -> None:
    refuse(Reject("bad_row", "x", b"a"))
    client = sign_in(Role.STEWARD)
    number = client.get("/api/rejects").json()["rejects"][0]["id"]
    path = f"/api/rejects/{number}/set-aside"
    assert client.post(path, json={"note": ""}, headers=ORIGIN).status_code == 422
    done = client.post(path, json={"note": "trạm thử, không cần"}, headers=ORIGIN).json()
    assert (done["state"], done["note"], done["state_by"] != "") == ("set_aside", "trạm thử, không cần", True)
    assert client.post(path, json={"note": "lần nữa"}, headers=ORIGIN).status_code == 400
    assert client.get("/api/rejects").json()["rejects"] == []
    refuse(Reject("bad_row", "x", b"a"))  # the same again stays aside
    assert client.get("/api/sources/coast/rejects").json()[0]["open"] == 0
    assert connection.execute("SELECT action, told ->> 'note' FROM source_log").fetchall() == [
        ("set_aside", "trạm thử, không cần")
    ]


def test_the_button_reads_again_and_tells_how_far_it_is(sign_in: SignIn, refuse: Callable[..., None]) -> None:
    refuse(Reject("bad_checksum", "x", SENTENCE), Reject("not_a_sentence", "x", b"rubbish"))
    client = sign_in(Role.OPERATOR)
    assert client.get("/api/sources/coast").json()["refused_open"] == 2
    started = client.post("/api/rejects/replay", json={"source": "coast"}, headers=ORIGIN)
    assert (started.status_code, started.json()["total"]) == (202, 2)
    told = client.get(f"/api/rejects/replays/{started.json()['id']}").json()
    assert (told["done"], told["understood"], told["stored"], told["failed"]) == (2, 1, 1, None)
    assert told["finished_at"] is not None
    assert client.get("/api/sources/coast").json()["refused_open"] == 1
    newest, original = client.get("/api/sources/coast/deliveries").json()["deliveries"]
    assert newest["replay_of"] == original["id"]
    assert client.post("/api/rejects/replay", json={"source": "none"}, headers=ORIGIN).status_code == 404

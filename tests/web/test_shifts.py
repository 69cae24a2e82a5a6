"""Shifts over HTTP: who may, giao ca by two persons, and sổ trực on paper."""

from typing import Any

import psycopg
import pytest

from layers.access.keys import add_key
from layers.access.roles import OFFICERS, Role
from tests.paper import pdf_text
from tests.web.conftest import SignIn, live_now

HERE = {"origin": "http://testserver"}
READ = (
    "/api/shifts/current",
    "/api/shifts",
    "/api/shifts/people",
    "/api/shifts/1",
    "/api/shifts/1.pdf",
    "/api/handovers/1",
)


def post(client: Any, path: str, **body: Any) -> Any:
    return client.post(path, json=body, headers=HERE)


def begin(sign_in: SignIn, role: Role = Role.OFFICER) -> tuple[Any, int]:
    client = sign_in(role)
    answer = post(client, "/api/shifts")
    assert answer.status_code == 201, answer.text
    return client, answer.json()["id"]


@pytest.mark.parametrize("role", list(Role))
def test_shifts_are_for_officers(role: Role, sign_in: SignIn) -> None:
    begin(sign_in)
    post(sign_in(Role.OFFICER), "/api/shifts/1/handover")
    client = sign_in(role)
    expected = 200 if role in OFFICERS else 401 if role is Role.GUEST else 403
    assert {path: client.get(path).status_code for path in READ} == dict.fromkeys(READ, expected)
    if role not in OFFICERS:
        assert post(client, "/api/shifts/1/notes", text="x").status_code == expected


def test_a_key_is_nobody_who_could_be_on_duty(sign_in: SignIn, connection: psycopg.Connection) -> None:
    client = sign_in(Role.GUEST)
    key = {"authorization": f"Bearer {add_key(connection, Role.OFFICER, None, 'tram', live_now)}"}
    assert client.get("/api/shifts/current", headers=key).status_code == 200
    assert client.post("/api/shifts", json={}, headers=HERE | key).status_code == 403
    assert client.post("/api/shifts", json={}).status_code == 403  # another site's form


def test_a_desk_has_one_shift(sign_in: SignIn) -> None:
    client, number = begin(sign_in)
    again = post(client, "/api/shifts")
    assert (again.status_code, again.json()["field"]) == (400, "desk")
    assert post(client, "/api/shifts", desk="Đồn mô phỏng").status_code == 201
    current = client.get("/api/shifts/current").json()
    assert [s["desk"] for s in current["shifts"]] == ["Trung tâm điều hành", "Đồn mô phỏng"]
    assert current["shifts"][0]["id"] == number
    assert current["me"] == "demo-officer"
    assert current["planned_from"] < current["now"] < current["planned_until"]
    unknown = post(client, "/api/shifts", desk="Bàn ba", people=["ai-do"])
    assert (unknown.status_code, unknown.json()["field"]) == (400, "people")


def test_two_persons_hand_over_and_the_book_says_so(sign_in: SignIn) -> None:
    client, number = begin(sign_in)
    assert post(client, f"/api/shifts/{number}/notes", text="Tàu mô phỏng gọi về").status_code == 201
    handover = post(client, f"/api/shifts/{number}/handover").json()["id"]
    told = client.get(f"/api/handovers/{handover}").json()
    assert all(section["count"] == len(section["items"]) for section in told["sections"])
    assert (told["changes"], told["changes_sha256"]) == ([], "")
    said = {"side": "from", "sha256": told["sha256"]}
    assert post(client, f"/api/handovers/{handover}/confirm", **said).json() == {"id": None}
    one = post(client, f"/api/handovers/{handover}/confirm", side="to", sha256=told["sha256"])
    assert one.status_code == 403
    post(client, f"/api/shifts/{number}/notes", text="Ghi sau khi lập bàn giao")
    client = sign_in(Role.OPERATOR)
    blind = post(client, f"/api/handovers/{handover}/confirm", side="to", sha256=told["sha256"])
    assert (blind.status_code, blind.json()["field"]) == (400, "changes_sha256")
    (change,) = client.get(f"/api/handovers/{handover}").json()["changes"]
    assert (change["what"], change["item"]["words"]["vi"]) == ("new", "Ghi sau khi lập bàn giao")
    seen = client.get(f"/api/handovers/{handover}").json()["changes_sha256"]
    done = post(client, f"/api/handovers/{handover}/confirm", side="to", sha256=told["sha256"], changes_sha256=seen)
    assert done.status_code == 200, done.text
    (current,) = client.get("/api/shifts/current").json()["shifts"]
    assert (current["id"], current["people"]) == (done.json()["id"], ["demo-operator"])
    newest, former = client.get("/api/shifts").json()
    assert (newest["began_at"], former["confirmed_to_by"]) == (former["ended_at"], "demo-operator")
    text = pdf_text(client.get(f"/api/shifts/{number}.pdf").content)
    for words in ("SỔ TRỰC", "Tàu mô phỏng gọi về", "NGƯỜI GIAO CA", "NGƯỜI NHẬN CA", "demo-officer", "demo-operator",
                  "Thay đổi từ lúc lập bàn giao", "Không có."):  # fmt: skip
        assert words in text

"""The document through the door: for signed-in people, each as they may see it."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from layers.access.roles import Role

SignIn = Callable[[Role], TestClient]


def test_a_leader_takes_a_unit_along(reading: SignIn) -> None:
    answer = reading(Role.LEADER).get("/api/units/522/document")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="quang-ngai-522.html"'
    assert "Thành phố Quảng Ngãi" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


def test_wrong_questions_and_strangers_are_told_what_to_do(reading: SignIn) -> None:
    leader = reading(Role.LEADER)
    assert leader.get("/api/units/00000/document").status_code == 404
    assert leader.get("/api/units/522/document?measure=a.b").json()["field"] == "measure"
    assert leader.get("/api/units/522/document?lang=xx").status_code == 422
    assert reading(Role.GUEST).get("/api/units/522/document").status_code == 401

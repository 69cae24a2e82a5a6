"""GET/POST /api/law: by conduct, length and date; changed by those who may, with who and why; nothing taken away."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import start_of_day
from layers.access.keys import add_key
from layers.access.roles import Role

SignIn = Callable[[Role], TestClient]


def live_now() -> datetime:
    return datetime.now(UTC)


HERE = {"origin": "http://testserver"}
ROW: dict[str, Any] = {
    "kind": "penalty",
    "conduct": "device",
    "step": "repeat",
    "min_length_m": 15,
    "decree": "NĐ 999/2027/NĐ-CP",
    "text_vi": "Tái phạm",
    "text_en": "Repeated",
    "fine_from": 100_000_000,
    "fine_to": 200_000_000,
    "source": "văn bản thử",
    "valid_from": "2027-01-01",
    "reason": "thử nhập một dòng",
}


def ask(client: TestClient, **what: Any) -> dict[str, Any]:
    answer = client.get("/api/law", params=what)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client: TestClient, path: str = "/api/law", **body: Any) -> Any:
    return client.post(path, json=ROW | body, headers=HERE)


def test_the_five_dates_tell_five_laws(reading: SignIn) -> None:
    client = reading(Role.OFFICER)
    days = (date(2024, 5, 18), date(2024, 5, 19), date(2024, 5, 20), date(2025, 11, 17), date(2026, 1, 26))
    told = [ask(client, conduct="silence", length_m=25, at=start_of_day(day).isoformat()) for day in days]
    assert len({(each["decree"], each["penalty"]["decree"]) for each in told}) == 5
    assert told[0]["penalty"]["fine_from"] is None
    assert told[4]["penalty"]["fine_to"] == 500_000_000
    assert told[4]["lead"]["level"] == "central"
    assert {each["verified"] for each in told} == {False}
    assert all(row["source"] for each in told for row in each["thresholds"])
    assert [r["threshold_s"] for r in told[4]["thresholds"] if r["step"] == "report_due"] == [7200, 7200]


def test_who_may_read_and_what_cannot_be_asked(reading: SignIn) -> None:
    assert reading(Role.GUEST).get("/api/law?conduct=silence").status_code == 401
    client = reading(Role.LEADER)
    assert ask(client, conduct="boundary", length_m=18)["lead"]["level"] == "province"
    assert client.get("/api/law?conduct=nonsense").json()["field"] == "conduct"
    assert client.get("/api/law?conduct=zone&length_m=-1").status_code == 422
    assert client.get("/api/law/rows/silence.report_grace/versions").status_code == 403
    assert client.get("/api/law/rows").json()["can_edit"] is False
    numbers = {text["number"] for text in client.get("/api/law/references").json()}
    assert {"NĐ 301/2025/NĐ-CP", "QĐ 1409/QĐ-UBND", "Luật 91/2025/QH15"} <= numbers


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.STEWARD])
def test_who_may_not_change_it(reading: SignIn, role: Role) -> None:
    assert post(reading(role)).status_code == 403


def test_a_page_of_another_site_changes_nothing(reading: SignIn) -> None:
    client = reading(Role.ADMIN)
    assert client.post("/api/law", json=ROW, headers={"origin": "http://elsewhere.test"}).status_code == 403


def test_a_correction_is_a_new_row_and_the_former_stays_readable(sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATOR)
    made = post(client)
    assert made.status_code == 201, made.text
    code = made.json()["code"]
    assert made.json()["warnings"] == []
    before = live_now().isoformat()
    assert post(client, f"/api/law/rows/{code}", fine_to=300_000_000, reason="đọc lại văn bản").status_code == 200
    then = {"conduct": "device", "length_m": 20, "at": "2027-02-01T00:00:00+07:00"}

    def fines(**more: str) -> list[int]:
        return [p["fine_to"] for p in ask(client, **then, **more)["penalties"] if p["step"] == "repeat"]

    assert fines() == [300_000_000]
    assert fines(known_at=before) == [200_000_000]
    new, old = client.get(f"/api/law/rows/{code}/versions").json()
    assert (new["reason"], old["superseded_reason"]) == ("đọc lại văn bản", "đọc lại văn bản")
    assert new["stored_by"] == old["superseded_by"] is not None
    assert new["stored_at"] == old["superseded_at"]
    withdrawn = client.post(f"/api/law/rows/{code}/withdraw", json={"reason": "không có văn bản này"}, headers=HERE)
    assert withdrawn.status_code == 200
    assert fines() == []
    assert len(client.get(f"/api/law/rows/{code}/versions").json()) == 2


def test_days_that_overlap_are_refused_and_a_hole_is_warned_of(sign_in: SignIn) -> None:
    client = sign_in(Role.ADMIN)
    assert post(client, valid_to="2027-06-01").status_code == 201
    refused = post(client, valid_from="2027-05-31")
    assert refused.status_code == 400
    assert "NĐ 999/2027/NĐ-CP" in refused.json()["detail"]
    assert "01/01/2027 – 01/06/2027" in refused.json()["title"]
    assert post(client, valid_from="2027-05-31", min_length_m=12, max_length_m=15).status_code == 201
    warned = post(client, valid_from="2027-07-01")
    assert warned.status_code == 201
    assert [(w["since"], w["until"]) for w in warned.json()["warnings"]] == [("2027-06-01", "2027-07-01")]
    assert [h["since"] for h in client.get("/api/law/rows?conduct=device").json()["holes"]] == ["2027-06-01"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"valid_to": "2027-01-01"}, "valid_to"),
        ({"max_length_m": 15}, "max_length_m"),
        ({"fine_to": 1}, "fine_to"),
        ({"conduct": "nothing"}, "conduct"),
        ({"reason": "   "}, "reason"),
        ({"source": " "}, "source"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_is_not_consistent_names_its_field(reading: SignIn, wrong: dict[str, Any], field: str) -> None:
    answer = post(reading(Role.ADMIN), **wrong)
    assert answer.status_code in (400, 422)
    assert answer.json()["field"] == field


def test_a_setting_is_always_there_and_a_changed_one_holds_at_once(
    sign_in: SignIn, connection: psycopg.Connection
) -> None:
    client = sign_in(Role.ADMIN)
    path = "/api/law/rows/silence.report_grace"
    assert client.post(f"{path}/withdraw", json={"reason": "thử bỏ đi"}, headers=HERE).json()["field"] == "code"
    row = next(r for r in client.get("/api/law/rows?conduct=silence").json()["rules"] if r["step"] == "report_grace")
    names = ("kind", "conduct", "step", "min_length_m", "decree", "source", "valid_from")
    given = {name: row[name] for name in names} | {"text_vi": row["text"]["vi"], "text_en": row["text"]["en"]}
    body = given | {"threshold_s": 600, "reason": "vệ tinh đã nhanh hơn"}
    moved = client.post(path, json=body | {"valid_from": "2030-01-01"}, headers=HERE)
    assert moved.json()["field"] == "valid_from"
    assert client.post(path, json=body, headers=HERE).status_code == 200
    key = add_key(connection, Role.OFFICER, None, "tram", live_now)
    client.cookies.clear()
    told = client.get("/api/law?conduct=silence&length_m=20", headers={"authorization": f"Bearer {key}"}).json()
    assert [r["threshold_s"] for r in told["thresholds"] if r["step"] == "report_grace"] == [600]


def test_the_register_is_corrected_the_same_way(sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATOR)
    body = {"number": "NĐ 41/2026/NĐ-CP", "kind": "decree", "title_vi": "Tên đã đối chiếu", "valid_from": "2026-01-25",
            "source": "công báo (thử)", "verified": True, "reason": "đã cầm văn bản"}  # fmt: skip
    assert client.post("/api/law/references/nd-41-2026", json=body, headers=HERE).json() == {"code": "nd-41-2026"}
    (told,) = [text for text in client.get("/api/law/references").json() if text["code"] == "nd-41-2026"]
    assert (told["title_vi"], told["verified"]) == ("Tên đã đối chiếu", True)
    assert post(client, "/api/law/references/nd-41-2026").status_code == 422


def test_the_card_of_a_silent_boat_has_the_fine_and_who_leads(
    sign_in: SignIn, connection: psycopg.Connection, put_boat: Callable[..., None]
) -> None:
    put_boat(1, 110.0, 14.0)
    connection.execute(
        "INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m, gear,"
        " home_port) SELECT 1, 'QNg-MP 0369', 0, id, 1, now(), now(), 'Mô phỏng', 24.5, 'lưới', 'Sa Kỳ' FROM source"
        " WHERE code = 't'"
    )
    connection.execute("UPDATE transmitter SET kind = 'vms'")
    connection.execute("UPDATE live SET vessel_id = 1, t = now() - interval '7 hours'")
    law = sign_in(Role.OFFICER).get("/api/vessels/v1").json()["law"]
    assert law["decree"] == "NĐ 41/2026/NĐ-CP"
    assert (law["penalties"][0]["fine_from"], law["penalties"][0]["fine_to"]) == (300_000_000, 500_000_000)
    assert (law["lead"]["level"], law["lead"]["decree"]) == ("central", "QĐ 11/QĐ-TS-TTTS")
    assert law["verified"] is False

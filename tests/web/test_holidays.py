"""Ferries and flash reports from the axis to the leaders."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from fixtures.holidays import holiday_letters
from ingest.exchange.take import Incoming, take_message
from layers.access.roles import Role
from web.demo import DESK

NOW = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[2] / "docs" / "contracts" / "examples"
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def told(connection):
    for letter in holiday_letters(NOW, 7):
        taken = take_message(
            connection, Incoming(letter.data, letter.name, letter.id, letter.sent_at), DESK, lambda: NOW
        )
        assert (taken.state, taken.summary.rejected.total(), taken.summary.unaccounted) == ("done", 0, 0), taken.detail


def test_the_days_of_tet_stand_beside_those_of_the_tet_before(told, client, sign_in):
    assert client.get("/api/holidays/tet.2026").status_code == 401
    sign_in(Role.LEADER)
    report = client.get("/api/holidays/tet.2026").json()
    days = {d["day"]: d for d in report["days"]}
    first = days["2026-02-17"]
    assert (first["then"], first["name"]["vi"]) == ("2025-01-29", "mùng 1 Tết")
    old = client.get("/api/holidays/tet.2025").json()
    then = next(d for d in old["days"] if d["day"] == "2025-01-29")
    assert first["earlier"]["khach_le"] == then["values"]["khach_le"] != first["values"]["khach_le"]
    assert old["earlier"] is None
    assert report["origin"] == "simulated"
    assert report["totals"]["khach_le"]["value"] == sum(d["values"]["khach_le"] for d in report["days"])
    assert days["2026-02-17"]["values"]["chuyen_saky_lyson"] is not None
    assert 0 < report["rooms_rate"] <= 100
    assert {h["code"] for h in client.get("/api/holidays").json()["holidays"]} >= {"tet.2025", "quoc_khanh.2026"}
    assert client.get("/api/holidays").json()["current"] == "quoc_khanh.2026"


def test_ferries_of_a_month_add_up_on_the_leaders_page(told, client, sign_in):
    sign_in(Role.LEADER)
    told = client.get("/api/indicators/chuyen_saky_lyson").json()
    assert told["latest"]["period"]["since"] == "2026-11-23"
    assert told["latest"]["origin"] == "simulated"
    lost = client.get("/api/indicators/chuyen_huy_thoi_tiet").json()
    assert any(p["value"] for p in lost["points"])


def test_the_examples_are_taken_and_wrong_rows_are_told(connection):
    for name in ("ferries.json", "holiday-flash.json"):
        told = orjson.loads((EXAMPLES / name).read_bytes())
        told["rows"].append(told["rows"][0])
        told["rows"].append(told["rows"][0] | {"day": "2027-01-01"})
        told["rows"].append(
            told["rows"][0] | {"day": "2026-05-05", "phone": "0000000001", "sailings": 0, "holiday": "tet.2026"}
        )
        data = orjson.dumps(told)
        taken = take_message(connection, Incoming(data, name), replace(DESK, may=None), lambda: NOW)
        assert (taken.state, taken.summary.rejected.total()) == ("done", 3), taken.detail
    fields = {d.split("field")[0] for (d,) in connection.execute("SELECT detail FROM reject")}
    assert any("twice" in d for d in fields)
    assert any("no day of that holiday" in d for d in fields)
    assert any("passengers without a sailing" in d for d in fields)


def test_a_holiday_is_a_row(client, sign_in):
    sign_in(Role.OPERATOR)
    row = {"name_vi": "Tết 2028", "name_en": "Tết 2028", "calendar": "lunar", "anchor": "2028-01-26",
           "source": "lịch nghỉ", "valid_from": "2028-01-24", "valid_to": "2028-01-31",
           "reason": "lịch nghỉ mới"}  # fmt: skip
    said = client.post("/api/holidays/tet.2028", json=row, headers=ORIGIN)
    assert said.status_code == 200, said.text
    again = client.post("/api/holidays/tet.2028", json=row | {"valid_to": "2028-02-01"}, headers=ORIGIN).json()
    assert [h["until"] for h in again["holidays"] if h["code"] == "tet.2028"] == ["2028-02-01"]
    wrong = client.post("/api/holidays/tet.2028", json=row | {"anchor": "2028-03-01"}, headers=ORIGIN)
    assert (wrong.status_code, wrong.json()["field"]) == (400, "anchor")
    sign_in(Role.LEADER)
    assert client.post("/api/holidays/tet.2028", json=row, headers=ORIGIN).status_code == 403

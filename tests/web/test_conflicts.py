"""One school from several sources: one value shown, the others kept, marked, listed; an operator decides or leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from fixtures.letters import letter_of
from fixtures.make import books
from fixtures.school_words import school_letters
from ingest.exchange.take import Incoming, take_message
from layers.access.roles import Role
from layers.units.load import DATA
from web.demo import DESK

NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
OUTLINES = DATA / "unit-outlines.geojson"
ORIGIN = {"Origin": "http://testserver"}
EXAMPLE = Path(__file__).parents[2] / "docs" / "contracts" / "examples" / "schools-vnpt.json"


def take(connection, data, name, uid=None, at=NOW, desk=DESK):
    taken = take_message(connection, Incoming(data, name, uid), desk, lambda: at)
    assert (taken.state, taken.summary.unaccounted) == ("done", 0), taken.detail
    return taken


@pytest.fixture
def on_map(connection):
    letter = letter_of("schools.geojson", books(OUTLINES, NOW)["schools.geojson"], NOW)
    take(connection, letter.data, letter.name, letter.id)


def say(connection, who, number, at=NOW, **told):
    row = {"school": "MP-TH-0001", "year": 2026, "pupils": number, "teachers": 20, "classrooms": 10} | told
    data = orjson.dumps({"contract": f"opsmap/schools-{who}/1", "rows": [row]})
    return take(connection, data, f"{who}-{number}-{at:%d%H%M}.json", at=at, desk=replace(DESK, may=None))


def shown(client):
    return client.get("/api/indicators/so_hs", params={"unit": "facility:MP-TH-0001"}).json()["latest"]


def test_the_policy_says_whose_word_is_shown_and_the_others_stay(on_map, connection, client, sign_in):
    for who, number in (("department", 300), ("viettel", 303), ("vnpt", 305)):
        say(connection, who, number)
    sign_in(Role.LEADER)
    assert (shown(client)["value"], shown(client)["contested"]) == (300, True)
    card = client.get("/api/conflicts").json()
    (one,) = card["conflicts"]
    assert (one["indicator"], one["value"], one["state"], card["total"]) == ("so_hs", 300, "open", 1)
    assert sorted((w["value"], w["shown"]) for w in one["words"]) == [(300, True), (303, False), (305, False)]
    say(connection, "department", 301, NOW + timedelta(hours=1))
    assert shown(client)["value"] == 301
    cell = connection.execute(
        "SELECT c.commune_code FROM school AS s JOIN cell AS c ON c.id = s.cell_id WHERE s.code = 'MP-TH-0001'"
    ).fetchone()[0]
    commune = client.get("/api/indicators/so_hs", params={"unit": cell}).json()["latest"]
    assert (commune["value"], commune["contested"]) == (301, True)
    assert client.get("/api/indicators/so_truong", params={"unit": cell}).json()["latest"]["value"] == 1


def test_an_operator_decides_and_the_decision_is_kept(on_map, connection, client, sign_in):
    for who, number in (("department", 300), ("vnpt", 305)):
        say(connection, who, number)
    which = {"indicator": "so_hs", "subject": "MP-TH-0001", "period_from": "2026-01-01", "period_to": "2027-01-01"}
    body = which | {"source": "vnpt_gd_demo", "reason": "trường xác nhận 305"}
    sign_in(Role.LEADER)
    assert client.post("/api/conflicts", json=body, headers=ORIGIN).status_code == 403
    sign_in(Role.OPERATOR)
    before = datetime.now(UTC)
    told = client.post("/api/conflicts", json=body, headers=ORIGIN)
    assert told.status_code == 200, told.text
    assert (told.json()["conflicts"][0]["state"], shown(client)["value"], shown(client)["contested"]) == (
        "chosen",
        305,
        True,
    )
    then = client.get("/api/indicators/so_hs", params={"unit": "facility:MP-TH-0001", "known_at": before.isoformat()})
    assert then.json()["latest"]["value"] == 300
    left = client.post("/api/conflicts", json=which | {"reason": "chưa rõ, để ngỏ"}, headers=ORIGIN).json()
    assert (left["conflicts"][0]["state"], shown(client)["value"]) == ("left", 300)
    assert client.get("/api/conflicts", params={"state": "open"}).json()["total"] == 0
    rows = connection.execute("SELECT source_id IS NULL, reason, superseded_at IS NULL FROM figure_choice ORDER BY id")
    assert [tuple(r) for r in rows] == [(False, "trường xác nhận 305", False), (True, "chưa rõ, để ngỏ", True)]
    wrong = client.post("/api/conflicts", json=body | {"source": "viettel_gd_demo"}, headers=ORIGIN)
    assert wrong.status_code == 400


def test_when_sources_agree_again_the_conflict_is_gone(on_map, connection, client, sign_in):
    say(connection, "department", 300)
    say(connection, "vnpt", 305)
    say(connection, "vnpt", 300, NOW + timedelta(hours=1))
    sign_in(Role.VIEWER)
    assert client.get("/api/conflicts").json()["total"] == 0
    assert shown(client)["contested"] is False


def test_a_new_policy_counts_from_its_day(connection, on_map, client, sign_in):
    connection.execute("UPDATE source_rank SET valid_to = '2026-01-01' WHERE code = 'gd.so.demo'")
    say(connection, "department", 300)
    say(connection, "vnpt", 305)
    sign_in(Role.LEADER)
    assert shown(client)["value"] == 305


def test_the_demonstration_speaks_of_every_school(on_map, connection, client, sign_in):
    for letter in school_letters(OUTLINES, NOW, 7):
        take(connection, letter.data, letter.name, letter.id)
    sign_in(Role.LEADER)
    told = client.get("/api/indicators/so_truong", params={"level": "commune"}).json()
    assert told["latest"]["value"] == sum(v["value"] for v in told["map"]["values"])
    assert told["map"]["known"] == 96
    stages = [
        client.get(f"/api/indicators/so_truong_{s}").json()["latest"]["value"] for s in ("mn", "th", "thcs", "thpt")
    ]
    assert sum(stages) <= told["latest"]["value"]
    assert 10 < client.get("/api/conflicts").json()["total"] < 200


def test_wrong_rows_are_told(connection, on_map):
    told = orjson.loads(EXAMPLE.read_bytes())
    told["rows"] += [
        told["rows"][0],
        {"school": "KHONG", "year": 2026},
        told["rows"][0] | {"year": 2099, "headmaster": "x"},
    ]
    taken = take(connection, orjson.dumps(told), "x.json", desk=replace(DESK, may=None))
    assert taken.summary.rejected.total() == 3
    assert (
        connection.execute("SELECT count(*) FROM reject WHERE detail LIKE '%no school of the map%'").fetchone()[0] == 1
    )

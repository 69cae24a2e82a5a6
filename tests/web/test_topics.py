"""Online topics from the axis to the leaders: counts only, whatever else a sender puts into a row."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from fixtures.topics import topic_letters
from ingest.exchange.take import Incoming, take_message
from layers.access.roles import Role
from web.demo import DESK

NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "docs" / "contracts" / "examples" / "topics.json"
ORIGIN = {"Origin": "http://testserver"}
PLANTED = {
    "author": "NGUOI-DUNG-MP",
    "profile": {"id": "HO-SO-MP-77", "name": "Tài khoản mô phỏng"},
    "url": "https://mang.example/HO-SO-MP-77",
    "text": "NOI-DUNG-MP",
    "phone": "0000000077",
}


def take(connection, data, name="x.json", uid=None, desk=DESK):
    taken = take_message(connection, Incoming(data, name, uid), desk, lambda: NOW)
    assert (taken.state, taken.summary.unaccounted) == ("done", 0), taken.detail
    return taken


@pytest.fixture
def told(connection):
    for letter in topic_letters(NOW, 7):
        assert take(connection, letter.data, letter.name, letter.id).summary.rejected.total() == 0


def test_rising_topics_stand_first_against_their_own_four_weeks(told, client, sign_in):
    assert client.get("/api/topics").status_code == 401
    sign_in(Role.LEADER)
    found = client.get("/api/topics").json()
    assert (found["day"], found["origin"]) == ("2026-11-23", "simulated")
    order = [(not t["rises"], -(t["times"] or 0)) for t in found["topics"]]
    assert order == sorted(order)
    for topic in found["topics"]:
        days = sorted(topic["days"].items())[-35:]
        assert len(days) == 35
        recent, base = [n for _, n in days[-7:]], [n for _, n in days[:28]]
        assert abs(topic["recent"] - sum(recent) / 7) < 0.01
        assert abs(topic["base"] - sum(base) / 28) < 0.01
        assert topic["mentions"] == sum(recent) == sum(topic["platforms"].values())
    rising = sum(t["rises"] for t in found["topics"])
    hot = client.get("/api/indicators/chude_nong").json()["latest"]
    assert (hot["period"]["since"], hot["value"]) == ("2026-11-23", rising)
    share = client.get("/api/indicators/tin_tieucuc").json()["latest"]
    assert share["how"] == "computed"
    speed = client.get("/api/indicators/toc_do_lan").json()["latest"]["value"]
    assert abs(speed - found["whole"]["times"]) < 0.06


def test_nobody_is_stored_whatever_a_row_holds(connection):
    told = orjson.loads(EXAMPLE.read_bytes())
    told["rows"][0] |= PLANTED
    told["rows"].append(told["rows"][1] | PLANTED | {"topic": "NGUOI-DUNG-MP"})
    told["rows"].append(told["rows"][1] | PLANTED | {"platform": "HO-SO-MP-77"})
    told["rows"].append(told["rows"][1] | PLANTED | {"mentions": "NOI-DUNG-MP"})
    told["accounts"] = ["NGUOI-DUNG-MP"]
    taken = take(connection, orjson.dumps(told), desk=replace(DESK, may=None))
    assert taken.summary.rejected.total() == 3
    whole = "\n".join(everything(connection))
    for canary in ("NGUOI-DUNG-MP", "HO-SO-MP-77", "NOI-DUNG-MP", "mang.example", "0000000077", "Tài khoản mô phỏng"):
        assert canary not in whole, canary
    assert connection.execute("SELECT count(*) FROM topic_day").fetchone()[0] == 2


def everything(connection):
    """Every value of every table as text, and whatever base64 in them hides."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'.encode()):
            for value in row:
                data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                yield data.decode("utf-8", errors="replace")
                for run in re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", data):
                    yield base64.b64decode(run[: len(run) // 4 * 4]).decode("utf-8", errors="replace")


def test_a_topic_is_a_row_and_a_correction_is_a_new_one(connection, client, sign_in):
    row = orjson.loads(EXAMPLE.read_bytes())["rows"][1] | {"topic": "le_hoi"}
    free = replace(DESK, may=None)
    data = {"contract": "opsmap/topic-day/1", "rows": [row]}
    assert take(connection, orjson.dumps(data), desk=free).summary.rejected.total() == 1
    sign_in(Role.OPERATOR)
    change = {
        "name_vi": "Lễ hội",
        "name_en": "Festivals",
        "source": "trung tâm",
        "valid_from": "2026-11-01",
        "reason": "theo dõi thêm",
    }
    assert client.post("/api/topics/le_hoi", json=change, headers=ORIGIN).status_code == 200
    assert take(connection, orjson.dumps(data) + b" ", "y.json", desk=free).summary.stored == 2
    data["rows"][0]["mentions"] += 1
    take(connection, orjson.dumps(data), "z.json", desk=free)
    kept = connection.execute("SELECT mentions, superseded_at IS NULL FROM topic_day ORDER BY id").fetchall()
    assert [tuple(k) for k in kept] == [(44, False), (45, True)]
    sign_in(Role.LEADER)
    assert client.post("/api/topics/le_hoi", json=change, headers=ORIGIN).status_code == 403

"""The pilot's evaluation over HTTP: who reads and writes what, the files, the counters and the web's own beats."""

import io
import time
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import local_date
from layers.access.roles import Role
from layers.bulletins.pilot import READERS
from layers.database import connect, make_engine
from layers.pilot.usage import Tally, add_tally
from tests.layers.bulletins.conftest import delivered
from tests.layers.pilot.conftest import FIRST, put_twelve
from tests.paper import pdf_text
from tests.web.conftest import SignIn, live_now
from web.counting import class_of
from web.life_keeper import LifeKeeper

HERE = {"origin": "http://testserver"}
PATH = "/api/bulletins/pilot/twelve"
LESSON = {"category": "people", "text": "Trực đêm cần hai người"}


@pytest.mark.parametrize("role", list(Role))
def test_it_is_for_leaders_operators_and_admins(role: Role, sign_in: SignIn) -> None:
    client = sign_in(role)
    expected = 200 if role in READERS else 401 if role is Role.GUEST else 403
    asked = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
    paths = (PATH, "/api/pilot/lessons", "/api/pilot/lives")
    assert [client.get(path, params=asked if path.endswith("lives") else None).status_code for path in paths] == [
        expected
    ] * 3
    writes = 201 if role in (Role.OPERATOR, Role.ADMIN) else 401 if role is Role.GUEST else 403
    assert client.post("/api/pilot/lessons", json=LESSON, headers=HERE).status_code == writes
    kept = sign_in(Role.ADMIN).post(PATH, headers=HERE).json()["id"]
    assert sign_in(role).get(f"/api/bulletins/kept/{kept}").status_code == expected
    if role is Role.OFFICER:
        assert [report["name"] for report in client.get("/api/bulletins").json()["reports"]] == ["fisheries"]


def test_the_files_say_what_the_page_says(sign_in: SignIn, database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        delivered(connection)
        put_twelve(connection)
    engine.dispose()
    client = sign_in(Role.LEADER)
    told = client.get(PATH, params={"date": FIRST.isoformat()}).json()
    assert (told["origin"], told["period"]["first"], told["period"]["partial"]) == ("simulated", "2025-10-01", False)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PATH}?date={FIRST}&format=xlsx").content))
    for sheet, section in zip(book.worksheets[1:], told["sections"], strict=True):
        lines = list(sheet.iter_rows(min_row=2, max_row=1 + section["count"], values_only=True))
        for row, line in zip(section["rows"], lines, strict=True):
            said = [None if value == "" else value for value in line[: len(section["columns"])]]
            assert said == [_cell(row, column) for column in section["columns"]]
    text = pdf_text(client.get(f"{PATH}?date={FIRST}&format=pdf").content)
    assert "MÔ PHỎNG" in text
    assert "02/2026, 05/2026" in text
    assert "Evaluation of the centre's pilot" in pdf_text(client.get(f"{PATH}?date={FIRST}&format=pdf&lang=en").content)


def _cell(row: dict[str, Any], column: dict[str, Any]) -> Any:
    value = row["values"][column["name"]]
    if value is None:
        return None if column["form"] in ("text", "time", "link") else "chưa có số liệu"
    if column["form"] == "time":
        at = datetime.fromisoformat(value) + timedelta(hours=7)
        return at.replace(tzinfo=None, second=0, microsecond=0)
    said = value["vi"] if isinstance(value, dict) else value
    return None if said == "" else said


def test_lessons_are_kept_with_their_former_words(sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATOR)
    first = client.post("/api/pilot/lessons", json=LESSON, headers=HERE).json()["id"]
    again = LESSON | {"text": "Trực đêm cần ba người", "replaces": first}
    second = client.post("/api/pilot/lessons", json=again, headers=HERE).json()["id"]
    assert client.post("/api/pilot/lessons", json=again, headers=HERE).status_code == 409
    rows = client.get("/api/pilot/lessons").json()["lessons"]
    assert [(row["id"], row["replaces"], row["replaced_by"]) for row in rows] == [
        (second, first, None), (first, None, second),
    ]  # fmt: skip
    assert client.post("/api/pilot/lessons", json=LESSON).status_code == 403  # from nowhere


def test_what_is_asked_is_counted_by_class_and_role_and_nothing_else(
    sign_in: SignIn, connection: psycopg.Connection
) -> None:
    client = sign_in(Role.LEADER)
    state = client.app.state.opsmap  # type: ignore[attr-defined]
    state.tally.take()
    for path in ("/pilot", "/api/status", "/api/me", "/api/nothing", "/healthz", "/readyz", "/a/b?x=1"):
        client.get(path)
    client.cookies.clear()
    client.get("/api/status")
    today = local_date(live_now())
    counted = state.tally.take()
    answers = {route: sum(n for (_, r, step), n in counted.answers.items() if r == route and step != "failed")
               for _, route, _ in counted.answers}  # fmt: skip
    assert answers == {"page": 2, "api": 4}
    assert dict(counted.uses) == {
        (today.replace(day=1), "leader", "page"): 1, (today.replace(day=1), "leader", "api"): 2,
        (today.replace(day=1), "guest", "api"): 1,
    }  # fmt: skip
    add_tally(connection, counted)
    add_tally(connection, counted)
    assert connection.execute("SELECT times FROM role_month WHERE role = 'leader' AND use = 'api'").fetchone() == (4,)
    columns = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name IN ('request_day', 'role_month')"
    ).fetchall()
    assert {name for (name,) in columns} == {
        "day", "route", "failed", "within_100ms", "within_300ms", "within_1s", "within_3s", "within_10s", "later",
        "month", "role", "use", "times",
    }  # fmt: skip


def test_paths_fall_into_few_classes() -> None:
    told = {"/": "page", "/cases": "page", "/api": "api", "/api/ingest/ais": "send", "/apis": "page",
            "/ogc/x": "ogc", "/tiles/unit/1/2/3.mvt": "tile", "/static/a.js": "static", "/live/events": None,
            "/readyz": None}  # fmt: skip
    assert {path: class_of(path) for path in told} == told


def test_the_web_beats_and_tells_of_a_database_that_was_away(database_url: str) -> None:
    moment = live_now()
    tally = Tally()
    tally.count_answer(date(2026, 11, 1), "api", 120.0, failed=True)
    keeper = LifeKeeper(database_url, lambda: moment, tally)
    assert keeper.beat(Tally())
    away = LifeKeeper("postgresql://nobody@/nothing?host=/nowhere", lambda: moment, tally)
    moment += timedelta(seconds=30)
    assert not away.beat(tally)
    since = moment
    away._url = database_url  # it answers again
    moment += timedelta(seconds=20)
    assert away.beat(tally.take())
    with connect(database_url) as connection:
        rows = connection.execute(
            "SELECT process, state, since, until, told_by FROM process_life ORDER BY id"
        ).fetchall()
        counted = connection.execute("SELECT route, failed, within_300ms FROM request_day").fetchall()
    assert rows == [
        ("web", "up", moment - timedelta(seconds=50), moment, "web"),
        ("database", "down", since, moment, "web"),
    ]
    assert counted == [("api", 1, 1)]


def test_a_served_app_has_beaten(client: TestClient, connection: psycopg.Connection) -> None:
    assert client.get("/healthz").status_code == 200
    until = time.monotonic() + 20
    while not connection.execute("SELECT 1 FROM process_life WHERE process = 'web'").fetchone():
        assert time.monotonic() < until, "the web process has not beaten"

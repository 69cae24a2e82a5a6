"""Reports over HTTP: who reads what, and the same numbers in JSON, workbook and PDF."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient

from layers.access.roles import OFFICERS, Role
from layers.bulletins.period import period_of
from layers.bulletins.spec import READERS
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry, open_case
from tests.layers.bulletins.conftest import delivered, put_event
from tests.paper import pdf_text
from tests.web.conftest import SignIn, live_now
from tiles.bulletin.paper import is_nothing
from tiles.bulletin.say import say, say_difference

HERE = {"origin": "http://testserver"}
PATH = "/api/bulletins/fisheries/day"


@pytest.fixture
def day(database_url: str) -> date:
    """Yesterday, on which something happened."""
    period = period_of("day", (live_now() + timedelta(hours=7)).date() - timedelta(days=1))
    engine = make_engine(database_url)
    with write(engine) as connection:
        delivered(connection)
        for n in range(3):
            at = period.since + timedelta(hours=n)
            put_event(connection, f"b{n}", at, at + timedelta(hours=1.7 * n), vessels=[n], length_m=15.5 + n)
            open_case(connection, {"kind": "boundary", "began_at": at, "origin": "simulated"}, Entry("opened", at))
        put_event(connection, "z", period.before().since, None, conduct="zone", step="wrong_belt")
    engine.dispose()
    return period.first


def get(client: TestClient, path: str, day: date, **told: Any) -> Any:
    return client.get(path, params={"date": day.isoformat(), **told})


@pytest.mark.parametrize("role", list(Role))
def test_reports_are_for_their_readers_and_boats_for_officers(role: Role, sign_in: SignIn, day: date) -> None:
    kept = sign_in(Role.OFFICER).post(PATH, params={"date": day.isoformat()}, headers=HERE).json()["id"]
    client = sign_in(role)
    expected = 200 if role in READERS else 401 if role is Role.GUEST else 403
    answers = [client.get("/api/bulletins"), get(client, PATH, day), client.get(f"/api/bulletins/kept/{kept}")]
    assert [answer.status_code for answer in answers] == [expected] * 3
    if expected == 200:
        names = [{section["name"] for section in answer.json()["sections"]} for answer in answers[1:]]
        assert [("beyond" in each) for each in names] == [role in OFFICERS] * 2
        assert {"fleet", "silences", "cases"} <= names[0] == names[1]
        pdf = pdf_text(client.get(f"/api/bulletins/kept/{kept}?format=pdf").content)
        assert ("Tàu vượt ranh giới trong kỳ" in pdf) is (role in OFFICERS)


def test_a_workbook_and_a_pdf_say_what_the_json_says(sign_in: SignIn, day: date) -> None:
    client = sign_in(Role.OFFICER)
    kept = client.post(PATH, params={"date": day.isoformat()}, headers=HERE).json()["id"]
    path = f"/api/bulletins/kept/{kept}"
    told = client.get(path).json()
    assert told["kept"]["version"] == 1
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}?format=xlsx").content))
    sheets = book.worksheets[1:]
    assert len(sheets) == len(told["sections"])
    figures = 0
    for sheet, section in zip(sheets, told["sections"], strict=True):
        lines = list(sheet.iter_rows(min_row=2, values_only=True))
        for row, line in zip(
            [*section["rows"], *([section["total"]] if section["total"] else [])], lines, strict=False
        ):
            assert list(line)[: len(_cells(section, row))] == _cells(section, row), section["name"]
            figures += 1
    assert figures > 60
    pdf = client.get(f"{path}?format=pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    text = pdf_text(pdf.content)
    assert told["kept"]["sha256"] in text.replace(" ", "")
    assert "MÔ PHỎNG" in text
    for section, words in _apart(text, told["sections"]):
        rows = [*section["rows"], *([section["total"]] if section["total"] else [])]
        for row in rows:
            if section["sort"] == "figures" and is_nothing(row):
                assert row is section["total"] or bare(row["title"]["vi"]) <= words, (section["name"], row["key"])
                continue
            said = [
                say(row["values"][c["name"]], c["form"], "vi") for c in section["columns"] if c["name"] in row["values"]
            ]
            assert all(bare(one) <= words for one in said), (section["name"], said)
    assert re.search(r"hôm trước 0 \(\+3\)", text)
    english = pdf_text(client.get(f"{path}?format=pdf&lang=en").content)
    assert "Fleet by status at the end" in english
    assert client.get(f"{path}?format=xlsx").content == client.get(f"{path}?format=xlsx").content


def _cells(section: dict[str, Any], row: dict[str, Any]) -> list[Any]:
    """A row as the workbook must have it."""
    if section["sort"] == "records":
        return [_cell(row["values"][c["name"]], c["form"]) for c in section["columns"]]
    cells: list[Any] = [row["title"]["vi"]]
    for column in section["columns"]:
        value = row["values"][column["name"]]
        cells.append(value)
        for other in ("before", "same"):
            was = None if row[other] is None else row[other][column["name"]]
            cells += ["chưa có số liệu"] * 2 if was is None else [was, pytest.approx(value - was)]
    return cells


def _cell(value: Any, form: str) -> Any:
    if value is None:
        return "chưa có số liệu" if form in ("count", "number", "hours", "days", "money") else None
    if form == "time":
        at = datetime.fromisoformat(value) + timedelta(hours=7)
        return at.replace(tzinfo=None, second=0, microsecond=0)
    return value["vi"] if isinstance(value, dict) else value


def bare(text: str) -> set[str]:
    """Its words without what stands around them."""
    return {word.strip(";.:,()") for word in text.split()}


def _apart(text: str, sections: list[dict[str, Any]]) -> list[tuple[dict[str, Any], set[str]]]:
    """Each section with the words that stand between its title and the next, which must stand in their order."""
    places = [0]
    for section in sections:
        places.append(text.index(section["title"]["vi"], places[-1]))
    ends = [*places[2:], len(text)]
    return [(s, bare(text[a:b])) for s, a, b in zip(sections, places[1:], ends, strict=True)]


def test_numbers_are_written_as_people_here_write_them() -> None:
    assert [say(v, f, "vi") for v, f in ((1234567, "count"), (1234.56, "hours"), (None, "count"))] == [
        "1.234.567", "1.234,6", "–",
    ]  # fmt: skip
    assert say(1234.56, "hours", "en") == "1,234.6"
    assert [say_difference(a, b, "count", "vi") for a, b in ((3, 5), (5, 3), (4, 4))] == ["−2", "+2", "0"]
    assert say_difference(1.04, 1.0, "hours", "vi") == "0,0"
    assert say(datetime(2026, 11, 23, 7, 5, tzinfo=UTC).isoformat(), "time", "vi") == "23/11/2026 14:05"


def test_a_report_of_then_says_what_has_changed_since(
    sign_in: SignIn, day: date, connection: psycopg.Connection
) -> None:
    client = sign_in(Role.OFFICER)
    kept = client.post(PATH, params={"date": day.isoformat()}, headers=HERE).json()["id"]
    connection.execute("UPDATE event SET superseded_at = now() WHERE key = 'b2'")
    later = client.get(f"/api/bulletins/kept/{kept}").json()["later"]
    assert {(d["section"], d["row"], d["column"], d["was"], d["now"]) for d in later} >= {
        ("conducts", "boundary/beyond", "begun", 3, 2), ("beyond", "b2", None, "gone", None),
    }  # fmt: skip
    end = (period_of("day", day).until - timedelta(hours=1)).isoformat()
    then = get(client, PATH, day, known_at=end).json()
    (row,) = [
        r for s in then["sections"] if s["name"] == "conducts" for r in s["rows"] if r["key"] == "boundary/beyond"
    ]
    assert row["values"]["begun"] == 3
    assert ("conducts", "begun", 3, 2) in {(d["section"], d["column"], d["was"], d["now"]) for d in then["later"]}


def test_what_cannot_be_asked_is_said(sign_in: SignIn, day: date) -> None:
    client = sign_in(Role.OFFICER)
    tomorrow = day + timedelta(days=3)
    assert get(client, PATH, tomorrow).json()["field"] == "date"
    assert get(client, PATH, day, known_at="2031-01-01T00:00:00Z").json()["field"] == "known_at"
    assert get(client, "/api/bulletins/nothing/day", day).status_code == 404
    assert get(client, "/api/bulletins/fisheries/year", day).status_code == 422
    assert client.get("/api/bulletins/kept/99").status_code == 404
    assert get(client, PATH, date(2026, 1, 1)).status_code == 404
    assert get(sign_in(Role.LEADER), PATH, day).status_code == 200
    assert client.post(PATH, headers=HERE).status_code == 403

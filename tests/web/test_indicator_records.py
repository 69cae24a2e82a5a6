"""The records behind a counted figure: as many as it says, the same later, and no boat for who may not see boats."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from ingest.counted import count_due
from layers.access.accounts import make_link
from layers.access.roles import Role
from layers.catalog.citizen_report import CitizenReport
from layers.database import make_engine, write
from tests.ingest.test_counted import FIRST, NOW, Books
from tests.web.conftest import SignIn
from web.main import create_app
from web.settings import WebSettings

SECRET = "QNg-MP"
"""How the boats of this test are called."""


@pytest.fixture
def books(database_url):
    """Books of three months, counted as of today."""
    engine = make_engine(database_url)
    with write(engine) as connection:
        made = Books(connection, 11)
        made.fill()
        count_due(connection, lambda: NOW)
    yield made, engine
    engine.dispose()


@pytest.fixture
def sign_in(database_url, connection):
    """A browser of a role on an app that lives at NOW."""
    app = create_app(WebSettings(), database_url, lambda: NOW)
    with TestClient(app, base_url="http://testserver", raise_server_exceptions=False) as client:

        def signed(role: Role) -> TestClient:
            client.cookies.clear()
            if role is not Role.GUEST:
                token = make_link(connection, role, lambda: NOW)
                assert client.get("/login", params={"link": token}, follow_redirects=False).status_code == 303
            return client

        yield signed


def ask(client: Any, code: str, period: str, **more: str) -> Any:
    answer = client.get(f"/api/indicators/{code}/records", params={"period": period, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def figure(client: Any, code: str, period: str, unit: str = "51") -> float:
    found = client.get(f"/api/indicators/{code}", params={"unit": unit, "from": period}).json()["points"]
    return next(p["value"] for p in found if p["period"]["since"] == period)


def test_the_list_is_the_number(books, sign_in: SignIn):
    client = sign_in(Role.LEADER)
    period = "2026-10-01"
    for code in ("vu_xu_phat", "pa_tong", "pa_xong", "pa_quahan", "tien_phat"):
        told = ask(client, code, period)
        assert told["lists"][0]["total"] == pytest.approx(figure(client, code, period)), code
        assert told["origin"] == "simulated"
        assert len(told["lists"][0]["records"]) == min(200, told["lists"][0]["count"])
    whole = ask(client, "vu_xu_phat", period)["lists"][0]
    communes = client.get("/api/indicators/vu_xu_phat", params={"level": "commune", "period": period}).json()["map"]
    assert sum(v["value"] for v in communes["values"]) + whole["unplaced"] == whole["count"]
    assert sum(not r["placed"] for r in whole["records"]) == whole["unplaced"] > 0
    unit = max(communes["values"], key=lambda v: v["value"])
    assert ask(client, "vu_xu_phat", period, unit=unit["code"])["lists"][0]["count"] == unit["value"] > 0


def test_of_a_share_the_list_begins_with_what_fell_short(books, sign_in: SignIn):
    told = ask(sign_in(Role.LEADER), "pa_dunghan", "2026-10-01")
    missed, above, below = told["lists"]
    assert (missed["code"], above["code"], below["code"]) == ("pa_dunghan.missed", "pa_xong_dunghan", "pa_xong")
    assert missed["count"] == below["count"] - above["count"] > 0
    late = {r["label"] for r in missed["records"]}
    assert late.isdisjoint(r["label"] for r in above["records"])


def test_only_officers_see_which_boat(books, sign_in: SignIn):
    officer = ask(sign_in(Role.OFFICER), "vu_xu_phat", "2026-10-01")
    assert any(SECRET in (r["label"] or "") for r in officer["lists"][0]["records"])
    assert any(r["link"] for r in officer["lists"][0]["records"])
    for role in (Role.LEADER, Role.COMMUNE, Role.STEWARD):
        client = sign_in(role)
        for code, period in (("vu_xu_phat", "2026-10-01"), ("tau_tong", "2026-10-01"), ("xuat_ben", "2026-11-22")):
            answer = client.get(f"/api/indicators/{code}/records", params={"period": period})
            listed = [record for each in answer.json()["lists"] for record in each["records"]]
            assert answer.json()["masked"] is bool(listed)
            assert listed or code == "xuat_ben"  # of one day there may be none
            assert SECRET not in answer.text, (role, code)
            assert "vessel=v" not in answer.text


@pytest.mark.parametrize(("role", "status"), [(Role.GUEST, 401), (Role.VIEWER, 403)])
def test_neither_guests_nor_the_wall_read_records(books, sign_in: SignIn, role: Role, status: int):
    assert sign_in(role).get("/api/indicators/pa_tong/records").status_code == status


def test_what_comes_after_the_counting_is_not_in_its_list(books, sign_in: SignIn):
    made, engine = books
    client = sign_in(Role.LEADER)
    before = ask(client, "pa_tong", "2026-10-01")["lists"][0]["count"]
    with write(engine) as connection:
        got = datetime(2026, 10, 9, tzinfo=UTC)
        row = {"id": 9999, "code": "LATE", "content_hash": 1, "source_id": made.source, "delivery_id": 1, "t": got,
               "heard_at": FIRST, "received_at": got, "category": "other", "state": "received",
               "stored_at": NOW + timedelta(minutes=1), "geom": "SRID=4326;POINT(108 15)"}  # fmt: skip
        connection.execute(insert(CitizenReport).values(**row))
    assert ask(client, "pa_tong", "2026-10-01")["lists"][0]["count"] == before
    assert figure(client, "pa_tong", "2026-10-01") == before


def test_there_is_no_list_where_somebody_else_told_the_figure(books, sign_in: SignIn):
    told = ask(sign_in(Role.LEADER), "thu_ns", "2026-10-01")
    assert (told["lists"], told["counted"]) == ([], None)


def test_a_counted_figure_leads_to_its_query_and_window(books, sign_in: SignIn):
    client = sign_in(Role.LEADER)
    number = ask(client, "vu_xu_phat", "2026-10-01")["counted"]
    fact = client.get(f"/api/lineage/observation/{number}").json()["facts"][0]
    assert fact["delivery"]["adapter"] == "counted/1"
    assert fact["delivery"]["origin"] == "simulated"
    assert '"query":"count:vu_xu_phat/1"' in fact["line"]


def test_agencies_stand_in_a_list_of_their_own(books, sign_in: SignIn):
    client = sign_in(Role.LEADER)
    found = client.get("/api/indicators/pa_dunghan", params={"level": "agency", "period": "2026-10-01"}).json()["map"]
    assert {v["code"] for v in found["values"]} == {"Sở A", "UBND xã B"}
    assert all(v["light"] in ("green", "yellow", "red") for v in found["values"])
    none = client.get("/api/indicators/pa_dunghan", params={"level": "facility"}).json()["map"]
    assert none["values"] == []

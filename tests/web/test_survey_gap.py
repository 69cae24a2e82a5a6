"""The gap between catalogue and sources over HTTP: it follows answers and figures, as a list, a sheet and a map."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import psycopg
from fastapi.testclient import TestClient

from geo.workdays import DAY
from layers.access.roles import Role
from layers.database import transaction
from layers.indicators.current import rebuild_figures

SignIn = Callable[[Role], TestClient]
OURS = {"Origin": "http://testserver"}
INDICATOR = {
    "indicator": "giuong", "unit": "giường", "period": "month", "level": ["province"], "system": "HIS (mô phỏng)",
    "format": "xlsx", "contact": "Phòng Tổng hợp",
}  # fmt: skip


def today() -> date:
    return datetime.now(UTC).date()


def path(number: int) -> str:
    return f"/api/surveys/rounds/{number}/agencies/so_y_te"


def post(client: TestClient, where: str, body: Any) -> Any:
    return client.post(where, json=body, headers=OURS)


PUT = """
INSERT INTO observation (source_id, indicator, subject_kind, subject, period_from, period_to, value, unit, status,
                         delivery_id, raw, heard_at)
VALUES ((SELECT id FROM source WHERE code = 'nguon'), %s, 'unit', %s, %s, %s, 1, 'x', 'official', 1, '', now())
"""


def put_figure(connection: psycopg.Connection, indicator: str, days: tuple[date, date], unit: str = "51") -> None:
    """One figure of a unit for the days [from, to)."""
    with transaction(connection):
        connection.execute(
            "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('nguon', 'Nguồn thử', 'Test', 'simulated')"
            " ON CONFLICT DO NOTHING"
        )
        connection.execute(PUT, (indicator, unit, *days))
        rebuild_figures(connection)


def month_before(until: date) -> tuple[date, date]:
    """The month that ends before a day."""
    return (until - DAY).replace(day=1), until


def state_of(client: TestClient, code: str) -> dict[str, Any]:
    found = client.get("/api/surveys/gap").json()
    assert sum(found["counts"].values()) == found["total"] == len(found["indicators"])
    return next(i for i in found["indicators"] if i["code"] == code)


def test_the_gap_follows_answers_and_figures(
    sign_in: SignIn, rounds_open: dict[str, int], connection: psycopg.Connection
) -> None:
    assert state_of(sign_in(Role.OPERATOR), "giuong")["state"] == "none"
    own = path(rounds_open["indicators"])
    beyond = INDICATOR | {"indicator": "Số giường dịch vụ (thử)"}
    draft = post(sign_in(Role.STEWARD), own, {"rows": [INDICATOR, beyond]}).json()
    assert state_of(sign_in(Role.OPERATOR), "giuong")["state"] == "none"  # a draft is nobody's word
    sent = post(sign_in(Role.STEWARD), own, {"rows": [INDICATOR, beyond], "over": draft["id"], "submit": True}).json()
    assert sent["state"] == "submitted"
    told = state_of(sign_in(Role.OPERATOR), "giuong")
    assert (told["state"], told["claims"][0]["agency"]["code"], told["claims"][0]["system"]) == (
        "told",
        "so_y_te",
        "HIS (mô phỏng)",
    )
    agencies = {a["agency"]["code"]: a for a in sign_in(Role.OPERATOR).get("/api/surveys/gap").json()["agencies"]}
    assert [claim["says"] for claim in agencies["so_y_te"]["beyond"]] == ["Số giường dịch vụ (thử)"]
    assert agencies["so_y_te"]["standings"]["indicators"]["state"] == "on_time"
    put_figure(connection, "giuong", month_before(date(2026, 1, 1)))
    silent = state_of(sign_in(Role.OPERATOR), "giuong")
    assert silent["state"] == "silent"
    assert silent["overdue"] > 0
    assert silent["fed"]["last_day"] == "2025-12-31"
    put_figure(connection, "giuong", month_before(today().replace(day=1)))
    assert state_of(sign_in(Role.OPERATOR), "giuong")["state"] == "heard"


def test_the_gap_narrowed_and_as_a_sheet(sign_in: SignIn, rounds_open: dict[str, int]) -> None:
    client = sign_in(Role.OPERATOR)
    health = client.get("/api/surveys/gap?domain=yt").json()
    assert {i["domain"] for i in health["indicators"]} == {"yt"}
    finance = client.get("/api/surveys/gap?agency=so_tai_chinh&state=none").json()
    assert {i["owner"] for i in finance["indicators"]} == {"Sở Tài chính"}
    assert [a["agency"]["code"] for a in finance["agencies"]] == ["so_tai_chinh"]
    sheet = client.get("/api/surveys/gap?domain=yt&format=xlsx")
    page = openpyxl.load_workbook(io.BytesIO(sheet.content)).active
    assert page.max_row == health["total"] + 2
    assert "chỉ tiêu" in page["A1"].value
    for query in ("domain=khong", "agency=khong"):
        assert client.get(f"/api/surveys/gap?{query}").status_code == 400
    own = sign_in(Role.STEWARD).get("/api/surveys/gap").json()
    assert {a["agency"]["code"] for a in own["agencies"]} == {"so_y_te"}
    assert {i["owner"] for i in own["indicators"]} == {"Sở Y tế"}


def test_where_figures_reach(sign_in: SignIn, connection: psycopg.Connection) -> None:
    client = sign_in(Role.OPERATOR)
    nobody = client.get("/api/surveys/coverage?indicator=dan_so").json()
    assert (nobody["covered"], nobody["bare"], len(nobody["values"])) == (0, 96, 96)
    for unit in ("21028", "51"):
        put_figure(connection, "dan_so", (date(2025, 1, 1), date(2026, 1, 1)), unit)
    found = client.get("/api/surveys/coverage?indicator=dan_so").json()
    told = {v["code"]: v for v in found["values"]}
    assert told["21028"]["value"] == 100
    assert (found["covered"], found["bare"]) == (1, 95)  # what is split from the province's figure is nobody's own
    assert sum(v["estimated"] for v in found["values"]) <= 95
    assert sum(c["count"] for c in found["classes"]) == 1
    domain = client.get("/api/surveys/coverage?domain=kt&level=former_district").json()
    assert len(domain["values"]) == 23
    assert len(domain["indicators"]) > 5
    for query in ("", "?domain=kt&indicator=dan_so", "?indicator=khong", "?domain=kt&level=nha"):
        assert client.get("/api/surveys/coverage" + query).status_code == 400

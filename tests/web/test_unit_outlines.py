"""Pages, API and tiles say whose outlines they draw."""

from datetime import date

import psycopg
from fastapi.testclient import TestClient

TITLE = "Sở Nông nghiệp và Môi trường"


def test_ours_say_that_they_are_ours(client: TestClient) -> None:
    outline = client.get("/api/units").json()["outline"]
    assert (outline["official"], outline["source"], outline["as_of"]) == (False, None, None)
    assert "tự khái quát" in outline["title"]["vi"]
    assert client.get("/tiles/unit.json").json()["attribution"] == outline["title"]["vi"]
    assert "attribution" not in client.get("/tiles/health_facility.json").json()


def test_official_ones_name_their_source_and_day(client: TestClient, connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO outline_source VALUES ('commune', %s, %s, 'xa.gpkg', '', now())", (TITLE, date(2026, 1, 15))
    )
    outline = client.get("/api/units?level=district&at=2021-01-01").json()["outline"]
    assert (outline["official"], outline["source"], outline["as_of"]) == (True, TITLE, "2026-01-15")
    assert outline["title"]["vi"] == f"Ranh giới: bản chính thức, {TITLE}, 15/01/2026"
    assert client.get("/tiles/unit.json").json()["attribution"] == outline["title"]["vi"]

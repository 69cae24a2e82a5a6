"""The document of a unit: whole in itself, telling what the map tells, to the reader it is for."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from geo.errors import BadInput, NotFound
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.access.roles import Role
from layers.database import make_async_engine, read
from layers.registry import load_layers
from tiles.document.facts import Facts, read_facts
from tiles.document.page import document
from tiles.document.seal import UnsealedDocument, check_sealed, seal

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
NASTY = "</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}"
ReadFacts = Callable[..., Facts]


def facility(code: str, name: str, lon: float, lat: float) -> dict[str, Any]:
    properties = {"code": code, "name": name, "kind": "hospital", "beds": 120, "as_of": "2026-11-01"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


@pytest.fixture
def hospital(connection: psycopg.Connection, tmp_path: Path) -> Callable[[str], None]:
    """Load one simulated hospital of a name into Cẩm Thành."""

    def loaded(name: str) -> None:
        path = tmp_path / "health.geojson"
        features = [facility("H1", name, 108.80, 15.12)]
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
        sender = Sender("health_test", "simulated", "Bệnh viện thử")
        result = load_table(connection, load_layers()["health_facility"], path, sender, lambda: NOW)
        assert result.summary.stored == 1

    return loaded


@pytest.fixture
def facts_of(database_url: str) -> ReadFacts:
    def facts(code: str, role: Role = Role.GUEST, measure: str = "unit.population") -> Facts:
        async def told() -> Facts:
            engine = make_async_engine(database_url, pool_size=1)
            try:
                async with read(engine) as reading:
                    return await read_facts(reading, load_layers(), role, (code, measure), NOW)
            finally:
                await engine.dispose()

        return asyncio.run(told())

    return facts


def test_a_district_is_told_by_its_communes_and_facilities(
    hospital: Callable[[str], None], facts_of: ReadFacts
) -> None:
    hospital("Bệnh viện Mẫu")
    facts = facts_of("522")
    assert {"Phường Cẩm Thành", "Phường Nghĩa Lộ"} <= {p.name for p in facts.parts}
    assert [row["name"] for s in facts.shown if s.layer.name == "health_facility" for row in s.rows] == [
        "Bệnh viện Mẫu"
    ]
    page = document(facts, "vi")
    assert "SỐ LIỆU MÔ PHỎNG" in page
    assert all(text in page for text in ("Bệnh viện Mẫu", "Hoàng Sa", "Trường Sa", "01/11/2026", "Cẩm Thành"))
    assert len(page.encode()) < 2_000_000


def test_real_figures_alone_carry_no_mark(facts_of: ReadFacts) -> None:
    facts = facts_of("522")
    assert facts.origin == "real"
    assert "MÔ PHỎNG" not in document(facts, "vi")


def test_what_somebody_typed_stays_text(hospital: Callable[[str], None], facts_of: ReadFacts) -> None:
    hospital(NASTY)
    page = document(facts_of("522"), "vi")
    assert "<img src=x" not in page
    told = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert escape(NASTY).replace("{", "&#123;").replace("}", "&#125;") in told


@pytest.fixture
def tracked(connection: psycopg.Connection, tmp_path: Path) -> None:
    """A simulated boat of Cẩm Thành, a piece of its track and a gap."""
    path = tmp_path / "registry.csv"
    path.write_text(
        "reg_no,name,length_m,gear,home_port,commune_code\nQNg-MP 0007,Mẫu Bảy,17,lưới rê,Sa Kỳ,21172\n",
        encoding="utf-8",
    )
    loaded = load_table(
        connection, load_layers()["vessel"], path, Sender("registry_test", "simulated", "thử"), lambda: NOW
    )
    assert loaded.summary.stored == 1
    connection.execute(
        "INSERT INTO vessel_track (boat, vessel, hour, kind, t_from, t_to, duration_s, points, source_id, geom)"
        " SELECT v.id, 'v' || v.id, 0, k.kind, %(t)s, %(t)s, 0, 2, v.source_id,"
        " ST_SetSRID(ST_MakeLine(ST_MakePoint(109, 15.1), ST_MakePoint(109.1, 15.2)), 4326)"
        " FROM vessel AS v, (VALUES ('piece'), ('gap')) AS k (kind)",
        {"t": NOW},
    )


@pytest.mark.usefixtures("tracked")
def test_only_those_who_may_see_boats_get_a_track_and_nobody_its_number(facts_of: ReadFacts) -> None:
    officer, guest = document(facts_of("522", Role.OFFICER), "vi"), document(facts_of("522", Role.GUEST), "vi")
    assert ("Lưu hành nội bộ" in officer, "Lưu hành nội bộ" in guest) == (True, False)
    assert ("mất tín hiệu" in officer, "mất tín hiệu" in guest) == (True, False)
    assert "dashArray" in officer
    assert "QNg-MP" not in officer + guest


def test_the_same_facts_give_the_same_bytes(facts_of: ReadFacts) -> None:
    facts = facts_of("522")
    assert document(facts, "vi") == document(facts, "vi")


def test_it_says_whose_outlines_it_draws(connection: psycopg.Connection, facts_of: ReadFacts) -> None:
    assert "bản tự khái quát" in document(facts_of("522"), "vi")
    connection.execute(
        "INSERT INTO outline_source (level, title, as_of, file_name, sha256, replaced_at)"
        " VALUES ('commune', 'Sở Mẫu', '2026-01-02', 'a.gpkg', ''::bytea, now())"
    )
    page = document(facts_of("522"), "vi")
    assert "bản chính thức, Sở Mẫu, 02/01/2026" in page
    assert "bản tự khái quát" not in page


def test_a_province_is_told_by_its_former_districts(facts_of: ReadFacts) -> None:
    assert len(facts_of("51").parts) == 23


def test_a_wrong_question_is_answered_with_the_fix(facts_of: ReadFacts) -> None:
    with pytest.raises(NotFound, match="code"):
        facts_of("00000")
    with pytest.raises(BadInput, match=r"unit\.population"):
        facts_of("522", measure="unit.happiness")


@pytest.mark.parametrize(
    "address",
    [
        '<img src="//elsewhere.example/a.png">',
        "<style>@import 'https://elsewhere.example/a.css';</style>",
        '<a href="https://elsewhere.example">x</a>',
        "<div style='background: url(tiles/1.png)'></div>",
    ],
)
def test_a_page_that_would_ask_the_network_is_refused(address: str) -> None:
    with pytest.raises(UnsealedDocument):
        check_sealed(f"<html><head></head><body>{address}</body></html>")


def test_a_library_that_does_not_travel_is_refused() -> None:
    with pytest.raises(UnsealedDocument):
        seal('<html><head><script src="https://elsewhere.example/lib.js"></script></head></html>')

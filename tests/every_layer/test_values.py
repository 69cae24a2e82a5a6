"""One measure over all units of a level: the same total whatever the structure, classes that say what is in them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from layers.registry import load_layers
from web.main import create_app
from web.settings import WebSettings

LEVELS = (("commune", "2025", 96), ("former_district", "2025", 23), ("province", "2025", 1), ("district", "2021", 23),
          ("province", "2021", 2))  # fmt: skip
MEASURES = [f"{m.name}.{measure.name}" for m in load_layers().values() if m.cell is not None for measure in m.measures]


@pytest.fixture(scope="module")
def filled(province: str) -> Iterator[TestClient]:
    """A browser on the province that has one of every layer in each cell."""
    app = create_app(WebSettings(), province, lambda: datetime.now(UTC))
    with TestClient(app, base_url="http://testserver", raise_server_exceptions=False) as made:
        yield made


def test_every_structure_has_the_same_total_of_every_measure(filled: TestClient) -> None:
    for measure in MEASURES:
        totals = []
        for level, structure, count in LEVELS:
            answer = filled.get(f"/api/units/values?measure={measure}&level={level}&structure={structure}")
            if answer.status_code == 400 and "use one of" in answer.json()["detail"]:
                break  # a guest does not read it
            body = answer.json()
            assert len(body["values"]) == count
            totals.append(body["total"])
        assert totals == pytest.approx(totals[:1] * len(totals)), measure


def test_a_card_adds_up_to_its_parts(filled: TestClient) -> None:
    card = filled.get("/api/units/522?structure=2021").json()
    said = {f"{m['layer']}.{m['name']}": m["value"] for m in card["measures"]}
    values = filled.get("/api/units/values?measure=school.pupils&level=district&structure=2021").json()["values"]
    assert said["school.pupils"] == next(v["value"] for v in values if v["code"] == "522")


def test_classes_count_every_unit_that_has_a_figure(filled: TestClient) -> None:
    body = filled.get("/api/units/values?measure=health_facility.hospitals&level=commune").json()
    known = [v["value"] for v in body["values"] if v["value"] is not None]
    assert sum(each["count"] for each in body["classes"]) == len(known)
    zero = body["classes"][0]
    assert (zero["low"], zero["high"], zero["count"]) == (0, 0, known.count(0))
    assert len(body["classes"]) == len(body["breaks"]) + 1


def test_units_without_ground_have_no_figures_not_zeros(filled: TestClient) -> None:
    body = filled.get("/api/units/values?measure=school.pupils&level=commune&structure=2021").json()
    assert len(body["values"]) == 173
    assert {v["value"] for v in body["values"]} == {None}
    assert body["total"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [("level=district", "level"), ("level=former_district&structure=2021", "level"), ("structure=1999", "structure")],
)
def test_a_level_that_was_not_there_is_refused(query: str, field: str, filled: TestClient) -> None:
    answer = filled.get(f"/api/units/values?measure=unit.area&{query}")
    assert answer.status_code == 400
    assert answer.json()["field"] == field

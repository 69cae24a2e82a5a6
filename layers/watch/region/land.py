"""The land no boat is on: every outline that travels with the product, islands and reefs with it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from geo.water import Water

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = ("land.geojson", "background-outlines.geojson", "unit-outlines.geojson")
FINE, LIGHT = 64, 16
"""Steps a degree: some 1.7 km for one boat, some 7 km for all silent ones at once."""


@cache
def read_land(data: Path = DATA) -> Any:
    """All land in one geometry, EPSG:4326."""
    features = [f for name in FILES for f in json.loads((data / name).read_text(encoding="utf-8"))["features"]]
    return shapely.union_all([shapely.make_valid(shape(f["geometry"])) for f in features])


@cache
def water(steps_a_degree: int = FINE) -> Water:
    """The sea around it; kept, with everything that was looked at."""
    return Water(read_land(), steps_a_degree)

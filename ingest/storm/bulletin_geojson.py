"""A bulletin as GeoJSON: a FeatureCollection of points (EPSG:4326), the columns of the CSV as properties.

Radii may also stand as `"radii": {"6": [ne, se, sw, nw]}` in nautical miles.
"""

import csv
import io
import json
from typing import Any

from ingest.storm.bulletin_csv import read_csv
from ingest.storm.scale import Scale
from layers.storm.draft import QUADRANTS, Fault, PointDraft


def read_geojson(body: bytes, scale: Scale) -> tuple[list[PointDraft], list[Fault]]:
    """The points, and what cannot be read; features count from 1."""
    try:
        features = json.loads(body)["features"]
        rows = [_row(feature) for feature in features]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return [], [Fault(0, "file", "no FeatureCollection of points with properties; export it as GeoJSON")]
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    table = csv.DictWriter(out, names, restval="")
    table.writeheader()
    table.writerows(rows)
    points, faults = read_csv(out.getvalue().encode(), scale)
    moved = [PointDraft(**{**vars(point), "row": point.row - 1}) for point in points]
    return moved, [Fault(max(fault.row - 1, 0), fault.field, fault.said) for fault in faults]


def _row(feature: Any) -> dict[str, Any]:
    lon, lat = feature["geometry"]["coordinates"][:2]
    told = {name: "" if value is None else value for name, value in feature["properties"].items() if name != "radii"}
    for force, quads in (feature["properties"].get("radii") or {}).items():
        told |= {f"r{force}_{quadrant}": miles for quadrant, miles in zip(QUADRANTS, quads, strict=True)}
    return told | {"lon": lon, "lat": lat}

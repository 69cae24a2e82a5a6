"""Load the units, their cells and outlines, and the background, from the files that travel with the product.

Idempotent: a bundle that was already loaded (same bytes) is left alone.
"""

import csv
import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import shapely
from shapely.geometry import shape
from sqlalchemy import Connection, delete, insert, select, update

from geo.clock import Clock
from layers.bunches import refresh_bunches
from layers.catalog.background import Background, BackgroundShape
from layers.citizens.seed import seed_reports
from layers.disclosure.seed import FILES as DISCLOSURE
from layers.disclosure.seed import seed_disclosure
from layers.indicators.seed import TABLES as CATALOGUE
from layers.indicators.seed import seed_catalogue
from layers.registry import load_layers
from layers.scores.seed import TABLES as FRESHNESS
from layers.scores.seed import seed_freshness
from layers.sources.models import Delivery, Source
from layers.sources.register import ensure_sources
from layers.storm.seed import seed_storms
from layers.sums import refresh_sums
from layers.surveys.seed import FILES as SURVEYS
from layers.surveys.seed import seed_surveys
from layers.tasks.seed import seed_tasks
from layers.topics.seed import FILES as TOPICS
from layers.topics.seed import seed_topics
from layers.tourism.seed import FILES as HOLIDAYS
from layers.tourism.seed import seed_holidays
from layers.units.ground import lay, own_ground
from layers.units.models import Cell, Unit, UnitCell, UnitShape
from layers.units.relocate import relocate
from layers.units.shapes import bands, many, stored_wkb
from layers.versions import LayerVersion
from layers.watch.cases.institutions import seed_institutions
from layers.watch.cases.seed import seed_flow, seed_templates
from layers.watch.law_seed import seed_kept, seed_law
from layers.watch.policy import NotifyPolicy, policy_of

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = (
    "units.csv",
    "cells.csv",
    "rules.csv",
    "legal-references.csv",
    "notify-policy.csv",
    "case-flow.csv",
    "notice-templates.csv",
    "institutions.csv",
    "report-categories.csv",
    "report-flow.csv",
    "task-flow.csv",
    "task-letterheads.csv",
    "wind-forces.csv",
    "sea-areas.geojson",
    *CATALOGUE,
    *SURVEYS,
    *FRESHNESS,
    *DISCLOSURE,
    *HOLIDAYS,
    *TOPICS,
    "unit-outlines.geojson",
    "background-outlines.geojson",
    "land.geojson",
)
LAND_BANDS = ((0, 4, 0.06), (5, 6, 0.015), (7, 8, 0.006), (9, 24, 0.0))

Row = dict[str, Any]


def load_reference(connection: Connection, clock: Clock, data: Path = DATA) -> bool:
    """Bring units, cells, rules and background to the bundled state; True when anything was written."""
    ensure_sources(connection, read_csv(data / "sources.csv"))
    refresh_all(connection)
    digest = hashlib.sha256(b"".join((data / name).read_bytes() for name in FILES)).digest()
    source = connection.execute(select(Source.id).where(Source.code == "units")).scalar_one()
    last = select(Delivery.sha256).where(Delivery.source_id == source).order_by(Delivery.id.desc()).limit(1)
    if connection.execute(last).scalar() == digest:
        return False
    for table in (UnitShape, UnitCell, Unit, Cell, BackgroundShape, Background):
        connection.execute(delete(table))
    seed_law(connection, read_csv(data / "rules.csv"), read_csv(data / "legal-references.csv"), clock())
    seed_kept(connection, NotifyPolicy, [policy_of(row) for row in read_csv(data / "notify-policy.csv")], clock())
    seed_cases(connection, data, clock())
    seed_reports(connection, read_csv(data / "report-categories.csv"), read_csv(data / "report-flow.csv"), clock())
    seed_tasks(connection, read_csv(data / "task-flow.csv"), read_csv(data / "task-letterheads.csv"), clock())
    seed_storms(connection, read_csv(data / "wind-forces.csv"), read_json(data / "sea-areas.geojson"), clock())
    seed_catalogue(connection, data, read_csv, clock())
    seed_surveys(connection, data, read_csv, read_json, clock())
    seed_freshness(connection, data, read_csv, clock())
    seed_disclosure(connection, driver(connection), [read_csv(data / name) for name in DISCLOSURE], clock())
    seed_topics(connection, [read_csv(data / name) for name in TOPICS], clock())
    seed_holidays(connection, read_csv(data / HOLIDAYS[0]), clock())
    load_units(connection, data)
    relocate(driver(connection))  # the borders may not be those the facts were placed in
    load_background(connection, data)
    record(connection, source, digest, clock())
    return True


def seed_cases(connection: Connection, data: Path, now: datetime) -> None:
    """How cases go, the words of notices, whom to call."""
    seed_flow(connection, read_csv(data / "case-flow.csv"), now)
    seed_templates(connection, read_csv(data / "notice-templates.csv"), now)
    seed_institutions(connection, read_csv(data / "institutions.csv"), now)


def refresh_all(connection: Connection) -> None:
    """Make every kept sum and bunch what the facts say: a new version may measure what the former did not."""
    for layer in load_layers().values():
        refresh_sums(driver(connection), layer)
        refresh_bunches(driver(connection), layer)


def driver(connection: Connection) -> psycopg.Connection:
    """The driver's own connection, within the same transaction."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def record(connection: Connection, source: int, digest: bytes, now: datetime) -> None:
    """Note the delivery and bump the two layers it changed."""
    row = {
        "source_id": source,
        "label": "layers/data",
        "sha256": digest,
        "started_at": now,
        "finished_at": now,
    }
    connection.execute(insert(Delivery).values(**row))
    for layer in ("unit", "background"):
        changed = update(LayerVersion).where(LayerVersion.layer == layer)
        values = {"version": LayerVersion.version + 1, "changed_at": now}
        if connection.execute(changed.values(**values)).rowcount == 0:
            connection.execute(insert(LayerVersion).values(layer=layer, version=1, changed_at=now))


def load_units(connection: Connection, data: Path) -> None:
    """Units with dates, cells with ground, which unit holds which cells, and the outlines per zoom."""
    ground, cells = own_ground(data), read_csv(data / "cells.csv")
    units = [unit_row(key, row) for key, row in enumerate(read_csv(data / "units.csv"), 1)]
    connection.execute(insert(Unit), units)
    connection.execute(insert(Cell), [cell_row(c, g) for c, g in zip(cells, ground, strict=True)])
    links = [{"unit_key": u["key"], "cell_id": i} for u in units for i in cells_of(u, cells)]
    connection.execute(insert(UnitCell), links)
    lay(driver(connection), data)


def cells_of(unit: Row, cells: list[Row]) -> list[int]:
    """The cells that make up a unit; none for a unit that has figures only."""
    code, level, today = unit["code"], unit["level"], unit["valid_to"] is None
    if level == "province":
        return [int(c["id"]) for c in cells if today or (int(c["district_code"]) < 600) == (code == "51")]
    if level == "former_district" or (level == "district" and unit["label"] is not None):
        return [int(c["id"]) for c in cells if c["district_code"] == code]
    return [int(c["id"]) for c in cells if today and c["commune_code"] == code]


def unit_row(key: int, row: Row) -> Row:
    """One line of units.csv as a row of `unit`."""
    label = stored_wkb(shapely.Point(float(row["lon"]), float(row["lat"]))) if row["lon"] else None
    given = {k: v or None for k, v in row.items() if k not in ("lon", "lat")}
    dates = {
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    }
    return given | dates | {"key": key, "label": label}


def cell_row(row: Row, polygon: Any) -> Row:
    """One line of cells.csv with its outline as a row of `cell`."""
    return {
        "id": int(row["id"]),
        "commune_code": row["commune_code"],
        "district_code": row["district_code"],
        "area_km2": float(row["area_km2"]) if row["area_km2"] else None,
        "population": int(row["population"]) if row["population"] else None,
        "split": row["split"] == "1",
        "geom": stored_wkb(many(polygon)),
    }


def load_background(connection: Connection, data: Path) -> None:
    """Land, province outlines and the two archipelagos, each with its outlines per zoom."""
    features = json.loads((data / "land.geojson").read_text())["features"]
    features += json.loads((data / "background-outlines.geojson").read_text())["features"]
    rows, shapes = [], []
    for key, feature in enumerate(features, 1):
        p, polygon = feature["properties"], shape(feature["geometry"])
        label = stored_wkb(shapely.point_on_surface(polygon)) if p["kind"] != "land" else None
        rows.append(
            {
                "key": key,
                "kind": p["kind"],
                "code": p.get("code", ""),
                "name": p.get("name", ""),
                "label": label,
            }
        )
        for band in LAND_BANDS if p["kind"] != "archipelago" else ((0, 24, 0.0),):
            simple = shapely.simplify(polygon, band[2])
            shapes += bands([key], [shapely.make_valid(simple)], [(band[0], band[1], 0.0)])
    connection.execute(insert(Background), rows)
    values = [_only(vars(s) | {"background_key": s.key, "geom": s.wkb}, BackgroundShape) for s in shapes]
    connection.execute(insert(BackgroundShape), values)


def read_csv(path: Path) -> list[Row]:
    """The lines of one of our own CSV files."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_json(path: Path) -> Any:
    """What one of our own JSON files holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def _only(row: Row, model: Any) -> Row:
    return {k: v for k, v in row.items() if k in model.__table__.columns}

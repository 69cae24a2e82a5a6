"""Rows that are wrong: each refused alone, naming row, field and fix, kept with its bytes; the others stored."""

from datetime import UTC, datetime, timedelta

import orjson
import psycopg
import pytest

from layers.vessels.registry import Vessel

ROW = {
    "code": "H1",
    "name": "Trạm Một",
    "kind": "hospital",
    "beds": "10",
    "his": "",
    "precision_m": "25",
    "note": "",
    "as_of": "2026-11-01",
    "lon": "108.8",
    "lat": "15.1",
}
BOAT = {
    "reg_no": "QNg-MP 0901",
    "name": "Thử Một",
    "length_m": "15.5",
    "gear": "câu",
    "home_port": "Sa Kỳ",
    "commune_code": "21025",
    "mmsi": "999000901",
    "vms_provider": "A",
    "vms_device_id": "0901",
    "valid_from": "2026-01-01",
}
BARE = {name: value for name, value in ROW.items() if name not in ("lon", "lat")}


HEALTH, REGISTRY = ",".join(ROW) + "\n", ",".join(BOAT) + "\n"


def health_row(**changed: str) -> str:
    return ",".join((ROW | changed).values())


def boat_row(**changed: str) -> str:
    return ",".join((BOAT | changed).values())


def one(connection: psycopg.Connection, statement: str) -> tuple:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("changed", "field", "fix"),
    [
        ({"beds": "mười"}, "beds", "write digits, with a point"),
        ({"beds": '"12,5"'}, "beds", "not a whole number"),
        ({"precision_m": "15.000"}, "precision_m", "may be 15000 or 15; write 15000"),
        ({"beds": "12.5"}, "beds", "not a whole number"),
        ({"beds": "nan"}, "beds", "leave it empty"),
        ({"beds": "inf"}, "beds", "leave it empty"),
        ({"beds": "-1"}, "beds", "below 0"),
        ({"beds": "5001"}, "beds", "above 5000"),
        ({"precision_m": "99999999999"}, "precision_m", "too large"),
        ({"kind": "spa"}, "kind", "use one of hospital, polyclinic"),
        ({"kind": ""}, "kind", "it is required"),
        ({"name": " "}, "name", "it is required"),
        ({"name": "a\0b"}, "name", "NUL"),
        ({"as_of": "31/02/2026"}, "as_of", "write 2026-11-23"),
        ({"as_of": "2027-01-01"}, "as_of", "in the future"),
        ({"as_of": "1999-12-31"}, "as_of", "before 2000"),
        ({"as_of": "9999-12-31T23:59-23:59"}, "as_of", "not a time"),
        ({"lat": "91"}, "geometry", "nowhere"),
        ({"lon": "15.1", "lat": "108.8"}, "geometry", "east and north swapped"),
        ({"lon": "587123.4", "lat": "1671234.5"}, "geometry", "in metres"),
        ({"lon": ""}, "lon", "in degrees"),
        ({"lat": "15°76'"}, "lat", "not a number"),
    ],
)
def test_a_bad_row_names_row_field_and_fix(check, changed, field, fix):
    good, (reject,), lines = check(
        "health_facility", "h.csv", HEALTH + health_row(code="H0") + "\n" + health_row(**changed)
    )
    assert reject.detail.startswith(f"row 2, {'' if field == 'geometry' else 'field '}{field}: ")
    assert fix in reject.detail
    assert reject.raw.decode() == health_row(**changed)
    assert (len(good), lines) == (1, 2)


def test_what_is_refused_is_kept_and_counted_beside_what_is_stored(health, connection):
    bad = health_row(beds="mười", note='"a ""b"""')
    loaded = health(health_row(code="H0"), bad)
    assert (loaded.summary.lines, loaded.summary.stored, loaded.summary.unaccounted) == (2, 1, 0)
    raw, line, seen = one(connection, "SELECT raw, line_no, seen FROM reject")
    assert (bytes(raw).decode(), line, seen) == (bad, 2, 1)


def test_a_row_with_too_few_columns_is_refused_alone(check):
    good, (reject,), _ = check("health_facility", "h.csv", HEALTH + "H0,too short\n" + health_row())
    assert (reject.reason, len(good)) == ("bad_row", 1)
    assert "2 columns, the header has 10" in reject.detail


def test_of_a_code_given_twice_the_first_row_stands(health, connection):
    loaded = health(health_row(), health_row(name="Trạm Hai"), health_row(code="H2"))
    (reject,) = loaded.rejects
    assert reject.detail == "row 2, field code: 'H1' stands in row 1 too; keep one"
    assert (loaded.summary.stored, loaded.summary.unaccounted) == (2, 0)
    assert one(connection, "SELECT name FROM health_facility WHERE code = 'H1'") == ("Trạm Một",)


def test_a_place_outside_the_province_is_kept_without_a_cell(health, connection, inside):
    lon, lat, cell = inside
    health(health_row(code="IN", lon=str(lon), lat=str(lat)), health_row(code="OUT", lon="105.8", lat="21.0"))
    cells = dict(connection.execute("SELECT code, cell_id FROM health_facility").fetchall())
    assert cells == {"IN": cell, "OUT": None}


@pytest.mark.parametrize(
    ("feature", "reason", "words"),
    [
        ({"properties": BARE, "geometry": None}, "bad_geometry", "row 1, geometry: give a Point"),
        ({"properties": BARE}, "bad_geometry", "row 1, geometry: give a Point"),
        ({"properties": ROW, "geometry": {"type": "Point", "coordinates": []}}, "bad_geometry", "lon, lat in degrees"),
        ({"properties": ROW, "geometry": {"type": "Point", "coordinates": ["1", 2]}}, "bad_geometry", "not readable"),
        ({"properties": ROW, "geometry": {"type": "LineString", "coordinates": []}}, "bad_geometry", "give a Point"),
        ({"properties": ROW, "geometry": {"type": "Nothing"}}, "bad_geometry", "not readable as GeoJSON"),
        ({"properties": None, "geometry": None}, "bad_row", "row 1: a feature needs properties"),
        ("text", "bad_row", "row 1: a feature needs properties"),
        ({"properties": ROW, "geometry": {"type": "Point", "coordinates": [15.1, 108.8]}}, "bad_geometry", "swapped"),
        (
            {"properties": ROW | {"name": ["a"]}, "geometry": {"type": "Point", "coordinates": [108.8, 15.1]}},
            "bad_field",
            "row 1, field name: a list is not text",
        ),
    ],
)
def test_a_bad_feature_is_refused_alone(check, feature, reason, words):
    good = {"properties": ROW | {"code": "H0"}, "geometry": {"type": "Point", "coordinates": [108.8, 15.1]}}
    content = orjson.dumps({"type": "FeatureCollection", "features": [feature, good]})
    kept, (reject,), _ = check("health_facility", "h.geojson", content)
    assert (reject.reason, len(kept)) == (reason, 1)
    assert words in reject.detail


def test_a_day_without_an_offset_is_a_day_in_viet_nam(load, connection):
    early = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 01:00 on the 23rd in Việt Nam
    loaded = load("health_facility", "h.csv", HEALTH + health_row(as_of="2026-11-23") + "\n", at=early)
    assert loaded.rejects == []
    assert one(connection, "SELECT t FROM health_facility") == (early - timedelta(hours=1),)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"length_m": "1"}, "row 1, field length_m: 1 is below 2"),
        ({"length_m": "nan"}, "row 1, field length_m: 'nan' is not a number"),
        ({"mmsi": "12345"}, "row 1, field mmsi: '12345' is no MMSI; write its nine digits"),
        ({"vms_device_id": ""}, "row 1, field vms_device_id: empty; give all of vms_provider, vms_device_id, or none"),
        ({"reg_no": ""}, "row 1, field reg_no: empty; it is required"),
    ],
)
def test_a_bad_boat_is_refused_with_the_fix(check, changed, words):
    good, (reject,), _ = check("vessel", "r.csv", REGISTRY + boat_row(**changed))
    assert reject.detail.startswith(words)
    assert good == []


def test_a_commune_that_does_not_exist_is_refused_with_the_fix(boats, connection):
    (reject,) = boats(boat_row(commune_code="99999"), boat_row(reg_no="QNg-MP 0902")).rejects
    words = "row 1, field commune_code: '99999' is no commune of today; use a commune's code as of 1 July 2025"
    assert (reject.reason, reject.detail[: len(words)]) == ("unknown_commune", words)
    assert one(connection, "SELECT count(*), count(cell_id) FROM vessel") == (1, 1)
    assert one(connection, "SELECT line_no, raw FROM reject") == (1, boat_row(commune_code="99999").encode())


def test_a_boat_whose_commune_is_not_known_is_still_a_boat(boats, connection):
    assert boats(boat_row(commune_code="")).rejects == []
    assert one(connection, "SELECT count(*), count(cell_id) FROM vessel") == (1, 0)


def test_a_boat_mended_after_a_refusal_is_stored(boats, connection):
    boats(boat_row(commune_code="99999"))
    assert boats(boat_row()).summary.stored == 1
    assert one(connection, f"SELECT count(cell_id) FROM {Vessel.__tablename__}") == (1,)

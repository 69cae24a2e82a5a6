"""Make layers/data/units.csv and cells.csv from the project's source tables, when these are at hand.

Run: .venv/bin/python deploy/make_reference.py ../shared/data [node_modules/world-atlas/land-10m.json]
What travels is codes, names, dates, counts and label positions, with their source line (see NOTICE).
"""

import csv
import json
import sys
from pathlib import Path

import shapely
from shapely.geometry import shape

OUT = Path(__file__).resolve().parent.parent / "layers" / "data"
UNIT_COLUMNS = [
    "code", "level", "name", "full_name", "type", "valid_from", "valid_to", "parent_code", "province_code",
    "successor_codes", "lon", "lat", "note_vi", "note_en",
]  # fmt: skip
LONG_AGO = "1900-01-01"
TWO_TIERS = "2025-07-01"
DISTRICTS_OF_2020 = "2020-02-01"


def unit(**given: object) -> dict[str, object]:
    """One row with every column."""
    return {column: given.get(column, "") for column in UNIT_COLUMNS}


def provinces() -> list[dict[str, object]]:
    """Quảng Ngãi before and after the merger, Kon Tum until then."""
    merged_vi = "Hợp nhất tỉnh Kon Tum và tỉnh Quảng Ngãi từ 01/7/2025 (NQ 202/2025/QH15)"
    merged_en = "Kon Tum and Quảng Ngãi became one on 1 July 2025"
    common = {"level": "province", "type": "tinh"}
    return [
        unit(code="51", name="Quảng Ngãi", full_name="Tỉnh Quảng Ngãi", valid_from=LONG_AGO, valid_to=TWO_TIERS,
             province_code="51", successor_codes="51", lon=108.62, lat=15.0, **common),
        unit(code="62", name="Kon Tum", full_name="Tỉnh Kon Tum", valid_from=LONG_AGO, valid_to=TWO_TIERS,
             province_code="62", successor_codes="51", lon=107.95, lat=14.65, **common),
        unit(code="51", name="Quảng Ngãi", full_name="Tỉnh Quảng Ngãi", valid_from=TWO_TIERS, province_code="51",
             lon=108.3, lat=14.85, note_vi=merged_vi, note_en=merged_en, **common),
    ]  # fmt: skip


def districts(data: Path) -> list[dict[str, object]]:
    """The 13 districts of 2020–2025, what differed before, and the 23 former districts of today."""
    rows: list[dict[str, object]] = []
    for f in json.loads((data / "quang-ngai-districts-2021.geojson").read_text())["features"]:
        p = f["properties"]
        where = {"lon": p["label_lon"], "lat": p["label_lat"], "province_code": "51", "parent_code": "51"}
        since = DISTRICTS_OF_2020 if p["code"] in ("525", "534") else LONG_AGO
        rows.append(
            unit(
                code=p["code"],
                level="district",
                name=p["name"],
                full_name=p["full_name"],
                type=p["type"],
                valid_from=since,
                valid_to=TWO_TIERS,
                **where,
            )
        )
        rows.append(former(p["code"], p["name"], p["full_name"], p["type"], where))
    rows += districts_of_2019(rows)
    return rows + kon_tum(data)


def districts_of_2019(later: list[dict[str, object]]) -> list[dict[str, object]]:
    """Tây Trà and the Trà Bồng beside it: figures only, for no outline of ours parts them. Đức Phổ kept its ground."""
    town = next(row for row in later if row["code"] == "534")
    note = {"note_vi": "Chỉ có số liệu, không có ranh giới", "note_en": "Figures only, no outline"}
    common = {"level": "district", "type": "huyen", "valid_from": LONG_AGO, "valid_to": DISTRICTS_OF_2020,
              "province_code": "51", "parent_code": "51"}  # fmt: skip
    return [
        unit(code="526", name="Tây Trà", full_name="Huyện Tây Trà", successor_codes="525", **common, **note),
        unit(code="525", name="Trà Bồng", full_name="Huyện Trà Bồng", successor_codes="525", **common, **note),
        unit(
            code="534",
            name="Đức Phổ",
            full_name="Huyện Đức Phổ",
            successor_codes="534",
            lon=town["lon"],
            lat=town["lat"],
            **common,
        ),
    ]


def former(code: str, name: str, full: str, kind: str, where: dict[str, object]) -> dict[str, object]:
    """Today's values grouped by a district of before."""
    return unit(code=code, level="former_district", name=name, full_name=full, type=kind, valid_from=TWO_TIERS, **where)


def kon_tum(data: Path) -> list[dict[str, object]]:
    """The ten districts of Kon Tum, as the outlines name them, with a label inside the largest piece."""
    pieces: dict[tuple[str, str], list[object]] = {}
    for f in json.loads((data / "unit-outlines.geojson").read_text())["features"]:
        p = f["properties"]
        if p["province_2021"] == "62":
            pieces.setdefault((p["district_code"], p["district"]), []).append(shape(f["geometry"]))
    rows: list[dict[str, object]] = []
    for (code, full), shapes in sorted(pieces.items()):
        at = shapely.maximum_inscribed_circle(shapely.union_all(shapes)).coords[0]
        kind, name = ("thanh-pho", full.removeprefix("Thành phố ")) if full.startswith("Thành phố") else (
            "huyen", full.removeprefix("Huyện "))  # fmt: skip
        where = {"lon": round(at[0], 5), "lat": round(at[1], 5), "province_code": "62", "parent_code": "62"}
        rows.append(unit(code=code, level="district", name=name, full_name=full, type=kind, valid_from=LONG_AGO,
                         valid_to=TWO_TIERS, **where))  # fmt: skip
        rows.append(former(code, name, full, kind, {**where, "province_code": "51", "parent_code": "51"}))
    return rows


def communes(data: Path) -> list[dict[str, object]]:
    """173 communes of 2021 (and Lý Sơn, which had none), and the 96 of today."""
    rows: list[dict[str, object]] = []
    with (data / "quang-ngai-communes-2021.csv").open(encoding="utf-8") as file:
        for r in csv.DictReader(file):
            if r["type"] == "huyen-khong-co-xa":
                continue
            rows.append(unit(code=r["code"], level="commune", name=r["name"], full_name=r["full_name"], type=r["type"],
                             valid_from=DISTRICTS_OF_2020, valid_to=TWO_TIERS, parent_code=r["district_code"],
                             province_code="51", successor_codes=r["successor_codes_2025"], lon=r["lon"], lat=r["lat"],
                             note_vi="Chỉ có số liệu, không có ranh giới",
                             note_en="Figures only, no outline"))  # fmt: skip
    for f in json.loads((data / "quang-ngai-communes-2025.geojson").read_text())["features"]:
        p = f["properties"]
        rows.append(unit(code=p["code"], level="commune", name=p["name"], full_name=p["full_name"], type=p["type"],
                         valid_from=TWO_TIERS, parent_code="51", province_code="51", lon=p["label_lon"],
                         lat=p["label_lat"]))  # fmt: skip
    return rows


def cells(data: Path) -> list[dict[str, object]]:
    """Area and population of each commune of 2025, as published; the split commune's figures are shared."""
    figures = {
        f["properties"]["code"]: f["properties"]
        for f in json.loads((data / "quang-ngai-communes-2025.geojson").read_text())["features"]
    }
    features = json.loads((data / "unit-outlines.geojson").read_text())["features"]
    ground: dict[str, float] = {}
    for f in features:
        code = f["properties"]["commune_code"]
        ground[code] = ground.get(code, 0.0) + shape(f["geometry"]).area
    return [
        cell(number, f["properties"], figures[f["properties"]["commune_code"]],
             shape(f["geometry"]).area / ground[f["properties"]["commune_code"]])
        for number, f in enumerate(features, 1)
    ]  # fmt: skip


def cell(number: int, piece: dict[str, str], figures: dict[str, object], part: float) -> dict[str, object]:
    """One cell, `part` of its commune's ground; Đông Sơn's people are shared 27/73 by the census of 2009."""
    split = part < 1
    people, area = figures["population_2025"], figures["area_km2"]
    share = (0.27 if piece["district_code"] == "522" else 0.73) if split else 1.0
    return {
        "id": number, "commune_code": piece["commune_code"], "district_code": piece["district_code"],
        "area_km2": "" if area is None else round(float(str(area)) * part, 3),
        "population": "" if people is None else round(int(str(people)) * share), "split": int(split),
    }  # fmt: skip


def write(name: str, rows: list[dict[str, object]]) -> None:
    """One CSV, header first."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def arcs_of(topology: dict[str, object]) -> list[list[tuple[float, float]]]:
    """The arcs of a quantised TopoJSON, in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]  # type: ignore[index]
    decoded = []
    for arc in topology["arcs"]:  # type: ignore[attr-defined]
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        decoded.append(line)
    return decoded


SEAWARD = [
    (107.2, 21.0), (105.9, 20.2), (105.5, 19.0), (106.1, 17.9), (107.0, 16.6), (108.0, 15.7), (108.6, 15.0),
    (108.8, 14.0), (108.9, 13.0), (108.5, 11.8), (106.9, 10.9), (106.0, 10.0), (105.3, 9.4), (104.9, 9.3),
    (104.2, 8.0), (112.0, 8.0), (112.0, 21.0),
]  # fmt: skip
"""Round the country's eastern coast, inland of it: where our own outlines, not the world's, say what is sea."""


def off_our_coast() -> object:
    """The strip of sea along our coast that the world's coarser land would cover."""
    ours = [
        shape(f["geometry"]).buffer(0)
        for name in ("background-outlines.geojson", "unit-outlines.geojson")
        for f in json.loads((OUT / name).read_text())["features"]
    ]
    country = shapely.union_all(ours)
    strip = shapely.difference(shapely.buffer(country, 0.2), shapely.buffer(country, 0.0005))
    return shapely.intersection(strip, shapely.Polygon(SEAWARD))


def land(atlas: Path) -> None:
    """Natural Earth's land around Biển Đông, from the npm package world-atlas (land-10m.json)."""
    topology = json.loads(atlas.read_text())
    arcs = arcs_of(topology)

    def ring(indices: list[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for i in indices:
            line = arcs[i] if i >= 0 else arcs[~i][::-1]
            points += line[1:] if points else line
        return points

    window = shapely.box(92, -4, 130, 30)
    found = []
    for polygon in topology["objects"]["land"]["geometries"][0]["arcs"]:
        rings = [ring(r) for r in polygon]
        whole = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
        if whole.intersects(window):
            found.append(whole.intersection(window))
    merged = shapely.difference(shapely.union_all(found), off_our_coast())
    merged = shapely.simplify(merged, 0.003)
    merged = shapely.set_precision(merged, 0.001)
    feature = {
        "type": "Feature",
        "properties": {"kind": "land"},
        "geometry": json.loads(shapely.to_geojson(merged)),
    }
    (OUT / "land.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))


if __name__ == "__main__":
    source = Path(sys.argv[1])
    write("units.csv", provinces() + districts(source) + communes(source))
    write("cells.csv", cells(source))
    if len(sys.argv) > 2:
        land(Path(sys.argv[2]))

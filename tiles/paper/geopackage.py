"""The places of a dossier as a GeoPackage (EPSG:4326) that QGIS opens: one layer for each kind of word."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from geo import crs

Columns = dict[str, list[Any]]


def dossier_gpkg(told: dict[str, Any]) -> bytes:
    """The file. Equal dossiers give equal bytes."""
    import pyogrio  # late: GDAL is large, and few processes write a file
    import shapely

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dossier.gpkg"
        before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": told["made"]["at"]})
        try:
            for name, kind, shapes, columns in _layers(told, shapely):
                _write(path, name, kind, shapely.to_wkb(np.array(shapes, dtype=object)), columns)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
        return path.read_bytes()


def _write(path: Path, name: str, kind: str, shapes: Any, columns: Columns) -> None:
    import pyogrio.raw

    fields = list(columns)
    data = [_column(values) for values in columns.values()]
    pyogrio.raw.write(
        path, shapes, data, fields, layer=name, driver="GPKG", geometry_type=kind, crs=f"EPSG:{crs.STORED}",
        append=path.exists(), dataset_metadata=None,
    )  # fmt: skip


def _column(values: list[Any]) -> Any:
    if values and all(isinstance(v, int | float) or v is None for v in values) and any(v is not None for v in values):
        return np.array([np.nan if v is None else float(v) for v in values])
    return np.array(["" if v is None else str(v) for v in values], dtype=object)


def _layers(told: dict[str, Any], shapely: Any) -> list[tuple[str, str, list[Any], Columns]]:
    """Name, kind of geometry, geometries and columns of each layer; an empty one is left out, the case never."""
    about = {"case_number": told["case"]["number"], "origin": told["origin"], "dossier_sha256": told["sha256"]}
    names = (
        "t",
        "heard_at",
        "stored_at",
        "sog_kn",
        "cog_deg",
        "flags",
        "device",
        "kind",
        "source",
        "raw_sha256",
        "row_sha256",
    )
    said = ("t", "heard_at", "caller", "channel_title", "taken_by", "said", "note", "corrects", "corrected_by")
    kinds = (("vi_tri_thiet_bi", "positions", names), ("vi_tri_nhap_tay", "typed", names),
             ("vi_tri_nguoi_bao", "reported", said))  # fmt: skip
    layers = [_points(shapely, layer, told[section], columns) for layer, section, columns in kinds]
    track = told["track"]
    pieces = [piece for piece in track["pieces"] if len(piece) > 1]
    lines = [shapely.LineString([spot[1:] for spot in piece]) for piece in pieces]
    ends = {"t_from": [piece[0][0] for piece in pieces], "t_to": [piece[-1][0] for piece in pieces]}
    layers.append(("hanh_trinh", "LineString", lines, ends))
    gaps = [gap for gap in track["gaps"] if len(gap["ends"]) > 1]
    lines = [shapely.LineString([spot[1:] for spot in gap["ends"]]) for gap in gaps]
    layers.append(("mat_tin_hieu", "LineString", lines, {n: [gap[n] for gap in gaps] for n in ("from", "to")}))
    place = told["case"]["place"]
    spot = shapely.Point(place["lon"], place["lat"]) if place else shapely.Point()
    whole = ("vu_viec", "Point", [spot], {"title": [told["case"]["title_vi"]], "began_at": [told["case"]["began_at"]]})
    kept = [whole, *(layer for layer in layers if layer[2])]
    return [(n, k, s, columns | {name: [value] * len(s) for name, value in about.items()}) for n, k, s, columns in kept]


def _points(
    shapely: Any, name: str, rows: list[dict[str, Any]], names: tuple[str, ...]
) -> tuple[str, str, list[Any], Columns]:
    placed = [row for row in rows if row["lon"] is not None and row["lat"] is not None]
    shapes = [shapely.Point(row["lon"], row["lat"]) for row in placed]
    return name, "Point", shapes, {column: [row[column] for row in placed] for column in names}

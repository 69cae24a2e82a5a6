"""The only file with EPSG numbers, and the one place that says how VN-2000 is shifted.

Positions are stored as WGS 84 longitude/latitude; the map is drawn in Web Mercator; areas and official
papers use the province's VN-2000 zones (TM-3, 108°00′ for the coast, 107°30′ for former Kon Tum).

VN-2000 shares its ellipsoid with WGS 84 but lies some 225 m away. The shift is EPSG:6960, seven parameters in the
coordinate-frame convention, stated accuracy 1 m; it is written out here, so that no library's choice among several
operations, no missing grid and no network can turn it into nothing.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.transformer import TransformerGroup

from geo.errors import BadInput

STORED = 4326
MAP = 3857
VN2000 = 4756
PROVINCE_EAST = 5898
PROVINCE_WEST = 9216
SHIFT = "EPSG:6960"
SHIFT_M = (-191.90441429, -39.30318279, -111.45032835)

Floats = NDArray[np.float64]

_HELMERT = (
    "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
    "+step +proj=helmert +x={} +y={} +z={} "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
).format(*SHIFT_M)


@dataclass(frozen=True)
class Zone:
    """One projection on VN-2000: central meridian (degrees), scale on it, and where it is used."""

    meridian: float
    scale: float
    place: str = ""
    code: int | None = None


TM3, TM6 = 0.9999, 0.9996
ZONES = (
    Zone(108.0, TM3, "Quảng Ngãi, Lý Sơn", PROVINCE_EAST),
    Zone(107.5, TM3, "Kon Tum cũ", PROVINCE_WEST),
    Zone(107.75, TM3, "Đà Nẵng, Quảng Nam cũ", 5899),
    Zone(108.25, TM3, "Bình Định cũ", 9217),
    Zone(108.5, TM3, "Gia Lai", 9218),
    Zone(105.0, TM6, "UTM 48", 3405),
    Zone(111.0, TM6, "UTM 49", 3406),
)
SISTER = {PROVINCE_EAST: PROVINCE_WEST, PROVINCE_WEST: PROVINCE_EAST}
"""The province's two zones: a file read in the wrong one lands some 54 km away."""


@dataclass(frozen=True)
class Frame:
    """A frame that positions come in: what people call it, and how it becomes WGS 84.

    `shift` names the operation, None when none is needed; `note` says what had to be put right in what was declared.
    """

    title: str
    code: int | None
    shift: str | None
    pipeline: str
    metric: bool
    note: str = ""

    def to_stored(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """East, north (metres, or degrees of longitude, latitude) as WGS 84 lon, lat; infinite where it cannot be."""
        if not self.pipeline:
            return np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        lon, lat = _transformer(self.pipeline).transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        return np.asarray(lon), np.asarray(lat)


@cache
def _transformer(pipeline: str) -> Transformer:
    return Transformer.from_pipeline(pipeline)


WGS84 = Frame(f"WGS 84 (EPSG:{STORED})", STORED, None, "", metric=False)


def vn2000_frame(zone: Zone | None, note: str = "") -> Frame:
    """The frame of a zone of VN-2000, or of its longitudes and latitudes."""
    if zone is None:
        begin = "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        return Frame(f"VN-2000 (EPSG:{VN2000})", VN2000, SHIFT, begin + _HELMERT, metric=False, note=note)
    begin = f"+proj=pipeline +step +inv +proj=tmerc +lat_0=0 +lon_0={zone.meridian!r} +k={zone.scale!r} "
    begin += "+x_0=500000 +y_0=0 +ellps=WGS84 "
    return Frame(_zone_title(zone), zone.code, SHIFT, begin + _HELMERT, metric=True, note=note)


def _zone_title(zone: Zone) -> str:
    minutes = round(zone.meridian * 60)
    projection = "TM-3" if zone.scale == TM3 else "UTM"
    number = f" (EPSG:{zone.code})" if zone.code else ""
    return f"VN-2000 / {projection} {minutes // 60}°{minutes % 60:02d}′{number}"


def other_frame(crs: CRS, title: str) -> Frame:
    """Any other frame, by the best operation that needs nothing this machine lacks. BadInput when there is none."""
    group = TransformerGroup(crs, STORED, always_xy=True, allow_ballpark=False)
    if not group.transformers:
        raise BadInput(
            f"crs {title!r}: no way to WGS 84 without a grid; convert the file to EPSG:{STORED}", field="crs"
        )
    best = group.transformers[0]
    sure = f", ± {best.accuracy:g} m" if best.accuracy and best.accuracy > 0 else ""
    pipeline = "" if crs.is_geographic and _same(best) else best.definition
    shifted = None if not pipeline or _same(best) else f"{best.description}{sure}"
    return Frame(title, crs.to_epsg(), shifted, pipeline, metric=crs.is_projected)


def _same(operation: Transformer) -> bool:
    """Whether an operation leaves the datum as it is."""
    return not any(step in operation.definition for step in ("helmert", "molodensky", "grid", "geogoffset"))


def zone_of(code: int) -> Zone | None:
    """The zone of VN-2000 with that EPSG number."""
    return next((zone for zone in ZONES if zone.code == code), None)


def choices() -> list[tuple[int, str]]:
    """What a file without a declared frame may be in: EPSG number and Vietnamese words, the likeliest first."""
    zones = [(z.code, f"{_zone_title(z).split(' (')[0]}: {z.place}") for z in ZONES if z.code is not None]
    return [*zones, (VN2000, "VN-2000 kinh độ, vĩ độ"), (STORED, "WGS 84 kinh độ, vĩ độ (GPS)")]

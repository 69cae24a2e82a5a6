"""Which frame a file means by what it declares: many a VN-2000 file says WGS 84, or says it without the shift.

MapInfo writes VN-2000 with datum 104 or 9999, old QGIS with `+towgs84=0,0,0`, ESRI by names of its own; all of them
are the same grid and need the same shift. What could be either of two frames is asked, never guessed.
"""

import re

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo import crs
from geo.crs import Frame, Zone
from geo.errors import BadInput

_VN2000 = re.compile(r"vn[ _-]*2000|viet[ _-]*nam[ _-]*2000|ha[ _-]*noi[ _-]*2000", re.IGNORECASE)
_UNNAMED = re.compile(r"unknown|unnamed|not[ _]specified|undefined|user", re.IGNORECASE)
_UNDECLARED = re.compile(r"undefined|nonearth", re.IGNORECASE)
_ELLIPSOID = (6378137.0, 298.257223563)
UNSHIFTED = "khai báo không có phép chuyển hệ (như WGS 84) nhưng là lưới VN-2000"


class FrameNeeded(BadInput):
    """Nobody said which frame the numbers are in; `choices` are (EPSG number, Vietnamese words)."""

    title = "Chưa biết hệ tọa độ của tệp"

    def __init__(self, why: str) -> None:
        self.choices = crs.choices()
        self.why = why
        listed = "\n".join(f"  --crs {code}  {words}" for code, words in self.choices)
        super().__init__(f"{why}; give --crs, one of\n{listed}", field="crs")


def frame_given(given: str) -> Frame:
    """The frame a person names: `5898`, `EPSG:5898`, WKT or a PROJ string. BadInput when it is none."""
    text = given.strip()
    frame = frame_declared(f"EPSG:{text}" if text.isdigit() else text)
    if frame is None:
        raise BadInput(f"crs={given!r}: no frame on earth; give a number such as {crs.PROVINCE_EAST}", field="crs")
    return frame


def frame_declared(declared: str | None) -> Frame | None:
    """The frame a file declares, None when it declares none.

    FrameNeeded when it could be one of two, BadInput when it is not understood.
    """
    if not declared or not declared.strip():
        return None
    try:
        told = CRS.from_user_input(declared.strip())
    except CRSError:
        raise BadInput(f"crs={declared.strip()[:80]!r}: not understood; give --crs EPSG number", field="crs") from None
    if told.is_engineering or _UNDECLARED.search(told.name):
        return None
    shifted = _is_shifted_as_vn2000(told)
    told = _horizontal(told)
    ours = shifted or _names_vn2000(told)
    zone = _zone(told, ours)
    if zone is not None:
        return crs.vn2000_frame(zone, "" if ours else UNSHIFTED)
    if told.is_geographic and ours:
        return crs.vn2000_frame(None)
    if _UNNAMED.search(_datum(told)):
        raise FrameNeeded(f"the declared frame ({told.name}) names no datum: VN-2000 or WGS 84")
    return _other(told)


def _is_shifted_as_vn2000(told: CRS) -> bool:
    """Whether the frame carries a shift to WGS 84 that can only be VN-2000's, within a few metres."""
    operation = told.coordinate_operation if told.is_bound else None
    shift = list(operation.towgs84) if operation is not None else []
    return len(shift) >= 3 and max(abs(a - b) for a, b in zip(shift[:3], crs.SHIFT_M, strict=True)) < 5


def _horizontal(told: CRS) -> CRS:
    """The frame without a bound shift and without heights."""
    while told.is_bound or told.is_compound:
        inner = told.source_crs if told.is_bound else told.sub_crs_list[0]
        assert inner is not None  # a bound frame has a source
        told = inner
    return told


def _datum(told: CRS) -> str:
    return told.datum.name if told.datum is not None else "unknown"


def _names_vn2000(told: CRS) -> bool:
    return bool(_VN2000.search(_datum(told)) or _VN2000.search(told.name))


def _zone(told: CRS, ours: bool) -> Zone | None:
    """The zone of VN-2000 that a projection is, whatever datum it claims: nobody else uses this grid."""
    operation = told.coordinate_operation
    if not told.is_projected or operation is None or operation.method_name != "Transverse Mercator":
        return None
    value = {p.name: float(p.value) for p in operation.params}
    if not _on_our_ellipsoid(told) or any(abs(a.unit_conversion_factor - 1) > 1e-9 for a in told.axis_info):
        return None
    if (value["False easting"], value["False northing"], value["Latitude of natural origin"]) != (500000.0, 0.0, 0.0):
        return None
    scale, meridian = value["Scale factor at natural origin"], round(value["Longitude of natural origin"], 6)
    if abs(scale - crs.TM3) > 1e-9 and not (abs(scale - crs.TM6) < 1e-9 and ours):
        return None
    known = (z for z in crs.ZONES if z.meridian == meridian and abs(z.scale - scale) < 1e-9)
    return next(known, Zone(meridian, scale))


def _on_our_ellipsoid(told: CRS) -> bool:
    """WGS 84's ellipsoid; MapInfo's datum 157 makes it a centimetre larger."""
    ellipsoid = told.ellipsoid
    if ellipsoid is None:
        return False
    apart = abs(ellipsoid.semi_major_metre - _ELLIPSOID[0]), abs(ellipsoid.inverse_flattening - _ELLIPSOID[1])
    return apart[0] < 0.5 and apart[1] < 1e-3


def _other(told: CRS) -> Frame:
    """Any other frame; WGS 84 itself under all its names needs nothing."""
    code = told.to_epsg()
    wgs84 = told.is_geographic and ("World Geodetic System 1984" in _datum(told) or "WGS_1984" in _datum(told))
    if wgs84 and _on_our_ellipsoid(told):
        return crs.WGS84
    return crs.other_frame(told, f"{told.name} (EPSG:{code})" if code else told.name)

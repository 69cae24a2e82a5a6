"""VN-2000 in and out: the official points, the reference values, and every way files have of declaring it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from pyproj.transformer import TransformerGroup

from geo import crs
from geo.declared import UNSHIFTED, FrameNeeded, frame_declared, frame_given
from geo.errors import BadInput
from geo.measure import distance_m

LY_SON = {  # Thông tư 37/2019/TT-BGTVT, phụ lục: vùng nước cảng biển Quảng Ngãi tại khu vực đảo Lý Sơn (vĩ độ, kinh độ)
    "LS1": (("15 22 29", "109 06 07"), ("15 22 32.7", "109 06 00.5")),
    "LS2": (("15 20 32", "109 05 35"), ("15 20 35.7", "109 05 28.5")),
    "LS3": (("15 20 10", "109 07 06"), ("15 20 13.7", "109 06 59.5")),
    "LS4": (("15 22 24", "109 07 43"), ("15 22 27.7", "109 07 36.5")),
}
REFERENCE = [(5898, 108.80, 15.12, 585791.005, 1672370.101), (9216, 108.00, 14.35, 553734.270, 1587082.469)]
GRID = 'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000],PARAMETER["False_Northing",0],'
GRID += 'PARAMETER["Central_Meridian",{0}],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0],'
GRID += 'UNIT["Meter",1]]'
SPHEROID = 'SPHEROID["WGS_1984",6378137,298.257223563]'
SHIFTED = "TOWGS84[-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278]"


def degrees(text: str) -> float:
    whole, minutes, seconds = map(float, text.split())
    return whole + minutes / 60 + seconds / 3600


def projected(name: str, datum: str, meridian: float = 108) -> str:
    return (
        f'PROJCS["{name}",GEOGCS["g",{datum},PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],'
        + GRID.format(meridian)
    )


@pytest.mark.parametrize("point", LY_SON)
def test_the_four_points_off_ly_son_agree_with_the_circular(point):
    (lat, lon), (vn_lat, vn_lon) = (tuple(map(degrees, pair)) for pair in LY_SON[point])
    found = crs.vn2000_frame(None).to_stored(vn_lon, vn_lat)
    assert distance_m(*found, lon, lat) < 0.85  # the circular rounds to a tenth of a second, 3 m
    assert distance_m(vn_lon, vn_lat, lon, lat) > 220  # what no shift at all would cost


@pytest.mark.parametrize(("code", "lon", "lat", "east", "north"), REFERENCE)
def test_the_reference_values_of_both_zones(code, lon, lat, east, north):
    assert distance_m(*frame_given(str(code)).to_stored(east, north), lon, lat) < 0.002


@given(st.floats(107.2, 109.3), st.floats(13.9, 15.6), st.sampled_from([z.code for z in crs.ZONES]))
def test_there_and_back_by_the_named_operation(lon, lat, code):
    forward = TransformerGroup(crs.STORED, code, always_xy=True).transformers[0]
    assert "Inverse of VN-2000 to WGS 84 (2)" in forward.description
    assert distance_m(*frame_given(f"EPSG:{code}").to_stored(*forward.transform(lon, lat)), lon, lat) < 0.001


def test_the_wrong_zone_is_some_54_km_away():
    _, lon, lat, east, north = REFERENCE[1]
    assert distance_m(*frame_given("5898").to_stored(east, north), lon, lat) == pytest.approx(53_900, abs=500)


VN_DATUM = 'DATUM["D_Vietnam_2000",' + SPHEROID + "]"
MAPINFO = 'DATUM["MIF 9999,28,-191.9",SPHEROID["WGS 84",6378137,298.257223563],' + SHIFTED + "]"
WORLD = 'DATUM["WGS_1984",' + SPHEROID + "]"


@pytest.mark.parametrize(
    ("declared", "code", "noted"),
    [
        ("EPSG:5898", 5898, False),
        ("EPSG:9217", 9217, False),
        ("EPSG:3406", 3406, False),
        ("EPSG:4756", 4756, False),
        (projected("VN_2000_TM-3_zone_491", VN_DATUM), 5898, False),
        (projected("VN2000 KTT 107-30", 'DATUM["VN_2000",' + SPHEROID + "]", 107.5), 9216, False),
        (projected("unnamed", WORLD), 5898, True),
        (projected("unnamed", MAPINFO, 107.5), 9216, False),
        (projected("unnamed", WORLD.replace("6378137", "6378137.01")), 5898, True),
        ("+proj=tmerc +lat_0=0 +lon_0=108 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m +no_defs", 5898, True),
        ("+proj=tmerc +lon_0=107.5 +k=0.9999 +x_0=500000 +ellps=WGS84 +towgs84=0,0,0,0,0,0,0 +units=m", 9216, True),
        ('GEOGCS["unnamed",' + MAPINFO + ',PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]', 4756, False),
    ],
)  # fmt: skip
def test_every_way_of_saying_vn2000_is_shifted(declared, code, noted):
    frame = frame_declared(declared)
    assert frame is not None
    assert (frame.code, frame.shift, frame.note == UNSHIFTED) == (code, crs.SHIFT, noted)
    assert distance_m(*frame.to_stored(*(500000, 1650000) if frame.metric else (108, 15)), 108, 14.9) < 350_000


def test_a_zone_of_another_province_is_shifted_too():
    frame = frame_declared(projected("VN-2000", VN_DATUM, 106.25))
    assert frame is not None
    assert (frame.title, frame.code, frame.shift) == ("VN-2000 / TM-3 106°15′", None, crs.SHIFT)


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        'LOCAL_CS["Nonearth",UNIT["Meter",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]',
        'GEOGCS["Undefined geographic SRS",DATUM["unknown",SPHEROID["unknown",6378137,298.257223563]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]',
    ],
)
def test_what_declares_nothing_is_not_guessed(declared):
    assert frame_declared(declared) is None


@pytest.mark.parametrize(
    "declared",
    ["+proj=utm +zone=49 +ellps=WGS84 +towgs84=0,0,0 +units=m", "+proj=longlat +ellps=WGS84 +no_defs"],
)
def test_what_may_be_either_is_asked(declared):
    with pytest.raises(FrameNeeded, match="VN-2000 or WGS 84"):
        frame_declared(declared)


@pytest.mark.parametrize("declared", ["EPSG:4326", "OGC:CRS84", "WGS84"])
def test_wgs84_needs_nothing(declared):
    assert frame_declared(declared) is crs.WGS84


@pytest.mark.parametrize(("declared", "shifted"), [("EPSG:32649", False), ("EPSG:3857", False), ("EPSG:4131", True)])
def test_other_frames_go_by_the_best_way_known_here(declared, shifted):
    frame = frame_declared(declared)
    assert frame is not None
    assert (frame.shift is not None) is shifted
    there = Transformer.from_crs(crs.STORED, declared, always_xy=True).transform(108.8, 15.12)
    assert distance_m(*frame.to_stored(*there), 108.8, 15.12) < 0.01


@pytest.mark.parametrize("given", ["utm", "EPSG:1", "999999", "5898 9216"])
def test_a_frame_that_does_not_exist_is_refused(given):
    with pytest.raises(BadInput, match="crs"):
        frame_given(given)


def test_the_choices_name_the_province_first():
    with pytest.raises(FrameNeeded) as raised:
        raise FrameNeeded("no frame")
    assert [code for code, _ in raised.value.choices] == [5898, 9216, 5899, 9217, 9218, 3405, 3406, 4756, 4326]
    assert "--crs 9216  VN-2000 / TM-3 107°30′: Kon Tum cũ" in raised.value.detail


def test_what_cannot_be_is_infinite_not_an_error():
    assert not np.isfinite(frame_given("5898").to_stored([1e12], [1e12])[0]).any()

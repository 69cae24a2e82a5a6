"""Places as people type them, and distances on the ellipsoid, for whoever is signed in."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from geo.degrees import parse_place
from geo.errors import BadInput
from geo.measure import METRES_PER_NM, area_m2, bearing_deg, distance_m
from layers.access.roles import SIGNED_IN
from web.access import require
from web.views import Problem

MOST_POINTS = 500
router = APIRouter(prefix="/api", responses={401: {"model": Problem}})


class PlaceView(BaseModel):
    """A place as it was understood (EPSG:4326)."""

    lon: float
    lat: float


class LegView(BaseModel):
    """From one point to the next: nautical miles, kilometres, and the bearing at its start in degrees from north."""

    nm: float
    km: float
    bearing_deg: float


class MeasureView(BaseModel):
    """Every leg, their sum, and with `closed` the area of the ring (the last leg leads back to the first point)."""

    legs: list[LegView]
    nm: float
    km: float
    area_km2: float | None


@router.get("/degrees")
async def get_place(request: Request, text: Annotated[str, Query(max_length=120)]) -> PlaceView:
    """A place as people write it: `15°20'30"N 109°05'E`, `15 độ 20 phút bắc, 109,08 đông`, `15.34 109.08`."""
    await require(request, SIGNED_IN)
    found = parse_place(text)
    if found is None:
        raise BadInput(f"text={text[:60]!r}: latitude, then longitude", field="text", title="Không đọc được tọa độ")
    return PlaceView(lat=found[0], lon=found[1])


@router.get("/measure")
async def get_measure(
    request: Request, points: Annotated[str, Query(max_length=20_000)], closed: bool = Query(False)
) -> MeasureView:
    """Distances along `lon,lat;lon,lat;…` on the WGS 84 ellipsoid; with `closed` the area inside as well."""
    await require(request, SIGNED_IN)
    lon, lat = _parse_points(points)
    if closed and len(lon) > 2:
        lon, lat = np.append(lon, lon[0]), np.append(lat, lat[0])
    metres = distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    bearings = bearing_deg(lon[:-1], lat[:-1], lon[1:], lat[1:])
    legs = [
        LegView(nm=m / METRES_PER_NM, km=m / 1000, bearing_deg=b)
        for m, b in zip(metres.tolist(), bearings.tolist(), strict=True)
    ]
    total, has_area = float(metres.sum()), closed and len(lon) > 3
    area = area_m2(lon, lat) / 1e6 if has_area else None
    return MeasureView(legs=legs, nm=total / METRES_PER_NM, km=total / 1000, area_km2=area)


def _parse_points(text: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        spots = np.array([[float(each) for each in spot.split(",")] for spot in text.split(";")])
        lon, lat = spots.T
    except ValueError:
        raise BadInput("points: write lon,lat;lon,lat;… in degrees", field="points") from None
    if not np.isfinite(spots).all() or (np.abs(lon) > 180).any() or (np.abs(lat) > 90).any():
        raise BadInput("points: longitude within 180, latitude within 90", field="points")
    if len(lon) > MOST_POINTS:
        raise BadInput(f"points: at most {MOST_POINTS}", field="points")
    return lon, lat

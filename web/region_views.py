"""What the API answers of regions: GeoJSON whose properties say since when, how large, and what the figure is worth."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.views import Words

Ring = Literal["inner", "outer"]


class CalibrationView(BaseModel):
    """On what the reach was learned; while not `calibrated` on real tracks no share of likelihood is stated."""

    calibrated: bool
    origin: Origin
    words: Words
    source: Words
    learned_on: date
    boats: int
    cases: int


class LimitView(BaseModel):
    """The limit of permitted fishing: none is loaded, not within a day from now, or from `at` on (past or to come)."""

    state: Literal["not_loaded", "not_within", "reached", "ahead"]
    at: datetime | None
    words: Words


class RegionProperties(BaseModel):
    """The rings nest: `outer` is where the boat may be, `inner` where it more likely is."""

    ring: Ring
    vessel: str
    label: str
    status: str
    since: datetime
    elapsed_s: int
    area_km2: float


class RegionFeature(BaseModel):
    """One ring; EPSG:4326."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any]
    properties: RegionProperties


class RegionView(BaseModel):
    """One boat's region. `too_long`: so long silent that nothing can be said; there are no features then.

    `counted_from`: the device's last fix, or a later position that somebody reported.
    """

    type: Literal["FeatureCollection"] = "FeatureCollection"
    vessel: str
    label: str
    status: str
    origin: Origin
    at: datetime
    since: datetime
    elapsed_s: int
    counted_from: Literal["device", "reported"]
    behaviour: Words
    too_long: bool
    words: Words
    calibration: CalibrationView
    limit: LimitView | None
    features: list[RegionFeature]


class RegionsView(BaseModel):
    """The wider ring of every silent boat, roughly; `too_long` boats are counted and have none."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    at: datetime
    total: int
    too_long: int
    calibration: CalibrationView
    features: list[RegionFeature]

"""What the API answers of storms, as typed models."""

from datetime import datetime

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.views import Words


class StormView(BaseModel):
    """One storm. `last_at` is the last moment that its newest bulletin speaks of: it is current until then."""

    id: int
    code: str
    name: str
    number: int | None
    origin: Origin
    opened_at: datetime
    bulletins: int = 0
    issued_at: datetime | None = None
    last_at: datetime | None = None
    current: bool = False


class PointView(BaseModel):
    """The storm at one moment; radii in nautical miles to NE, SE, SW, NW by force."""

    t: datetime
    lon: float
    lat: float
    wind_kt: float | None
    force: int | None
    radii: dict[str, list[float]]


class HeadView(BaseModel):
    """One bulletin without its points; `corrected_by` is the one that took its place."""

    id: int
    bulletin: str
    issued_at: datetime
    source: str
    document: str | None
    origin: Origin
    form: str
    corrects: int | None
    corrected_by: int | None = None
    reason: str | None
    stored_at: datetime
    stored_by: str


class BulletinView(HeadView):
    """One bulletin. `danger_force`: the lowest force with radii that counts as danger, told until `told_until`."""

    age_s: int
    forces: list[int]
    danger_force: int | None
    told_until: datetime | None
    points: list[PointView]


class DispatchView(BaseModel):
    """One công điện; `left_s` seconds are left until its deadline, negative once it has passed."""

    id: int
    number: str
    issued_at: datetime
    deadline_at: datetime
    left_s: int
    agency: str
    said: str
    areas: list[str]
    origin: Origin
    stored_by: str


class StormCard(BaseModel):
    """A storm with all its bulletins and công điện, the newest first."""

    storm: StormView
    bulletins: list[HeadView]
    dispatches: list[DispatchView]
    can_edit: bool


class TallyView(BaseModel):
    """Boats, people aboard as far as known, and of how many of the boats nobody knows the people."""

    boats: int
    people: int
    unknown: int


class StateView(TallyView):
    """The boats of one state."""

    state: str
    title: Words


class AreaRow(BaseModel):
    """One row of the report: the same boats by positions, border guard and ports, side by side."""

    code: str
    title: Words
    positions: TallyView
    border: TallyView
    port: TallyView


class ShelterView(BaseModel):
    """One shelter. `room` is null where no capacity was ever reported; `sent` boats were given a place here.

    `live` are boats seen there by their positions, `booked` those that the ports' book has there: neither is merged
    with what was reported.
    """

    code: str
    name: str
    lon: float
    lat: float
    capacity: int | None
    occupied: int | None
    reported_at: datetime | None
    reported_by: str | None
    source: str | None
    origin: Origin | None
    live: int
    booked: int
    room: int | None
    sent: int
    danger_at: datetime | None


class BoatView(BaseModel):
    """One boat. `reach` says when each force first reaches it; null or absent: not within the forecast.

    `why` it is too late: wind or deadline; never_heard: it is out by a book and no device was heard. `given`: the
    shelter is a place kept for it, else merely the nearest. `speed_from` is own (its last days) or setting (by length).
    """

    id: str
    reg_no: str | None
    name: str | None
    home_port: str | None
    kind: str
    length_m: float | None
    lon: float | None
    lat: float | None
    t: datetime | None
    age_s: int | None
    sog_kn: float | None
    cog_deg: float | None
    in_port: bool
    crew: int | None
    crew_from: str
    area: str
    state: str
    why: str
    force_now: int | None
    reach: dict[str, datetime]
    danger_at: datetime | None
    track_nm: float | None
    speed_kn: float
    speed_from: str
    usual_kn: float | None
    shelter: str | None
    given: bool
    way_nm: float | None
    eta_at: datetime | None
    limit_at: datetime | None
    spare_s: int | None
    captain: str | None
    captain_phone: str | None
    owner_phone: str | None


class Board(BaseModel):
    """Who is in it at `at`. `calls` are ids of boats, the most urgent first; states add up to `fleet`.

    `boats` is empty for roles that may not see each boat (`boats_shown` false). `aboard` are the people on boats that
    are asked after. `strangers` are devices on no registered boat: in no total. `shelters_full`: boats in need of a
    place for whom there is none.
    """

    at: datetime
    is_past: bool
    storm: StormView
    bulletin: BulletinView | None
    dispatch: DispatchView | None
    fleet: int
    strangers: int
    aboard: TallyView
    states: list[StateView]
    areas: list[AreaRow]
    areas_source: str
    shelters: list[ShelterView]
    shelters_full: int
    boats_shown: bool
    boats: list[BoatView]
    calls: list[str]
    danger_force: int
    silent_after_s: float
    detour_share: float
    pace_over_s: float
    origin: Origin


class ScaleView(BaseModel):
    """One force of the wind scale: knots from `min_kt` to below `max_kt`."""

    force: int
    min_kt: float
    max_kt: float | None
    source: str
    verified: bool


class AreaView(BaseModel):
    """One part of the sea as we drew it."""

    code: str
    title: Words
    ring: list[tuple[float, float]]


class StormWords(BaseModel):
    """What a form needs: the wind scale and the areas of the sea."""

    forces: list[ScaleView]
    areas: list[AreaView]
    states: dict[str, Words]


class Added(BaseModel):
    """What was written down, by our number."""

    id: int

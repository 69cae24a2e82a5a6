"""What the API answers, as typed models: the OpenAPI document and the pages' types come from these."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from layers.sources.freshness import Origin, Stale
from layers.spec import Text

Status = Literal["official", "estimate", "partial", "none"]


def timed(t: datetime | None, now: datetime) -> dict[str, Any]:
    """The two keys that say when: `time` (UTC) and `age_s`."""
    return {"time": t, "age_s": None if t is None else max(0, round((now - t).total_seconds()))}


class Words(BaseModel):
    """The same words in Vietnamese and English."""

    vi: str
    en: str

    @classmethod
    def of(cls, text: Text) -> "Words":
        """A Text as the API writes it."""
        return cls(vi=text.vi, en=text.en)


class SourceView(BaseModel):
    """Who gave a number."""

    code: str
    title: Words


class UnitView(BaseModel):
    """One unit in one vintage; `shape` says whether we have its ground."""

    key: int
    code: str
    name: str
    full_name: str
    type: str
    level: str
    valid_from: date | None
    valid_to: date | None
    parent: str | None
    province: str
    successors: list[str]
    label: tuple[float, float] | None
    shape: bool
    note: Words | None


class OutlineView(BaseModel):
    """Whose outlines the units have: our own generalisation, or official ones with source and day."""

    official: bool
    title: Words
    source: str | None
    as_of: date | None


class UnitList(BaseModel):
    """The units of a level on a date, and whose outlines they have."""

    at: date
    level: str
    outline: OutlineView
    units: list[UnitView]


class MeasureView(BaseModel):
    """One number with everything that makes it trustworthy; `value` null is "no figure", not zero."""

    layer: str
    layer_title: Words
    name: str
    title: Words
    value: float | None
    unit: Words
    digits: int
    time: datetime | None
    age_s: int | None
    source: SourceView | None
    origin: Origin
    status: Status
    coverage: str | None
    stale: Stale


class PartView(BaseModel):
    """A commune inside a unit."""

    code: str
    name: str


class UnitCard(BaseModel):
    """One click on a unit. `values_at`: the past moment the values are of; null means now."""

    unit: UnitView
    vintage: Words
    values_at: datetime | None
    parts: list[PartView]
    measures: list[MeasureView]


class UnitValue(BaseModel):
    """One unit's value of one measure."""

    key: int
    code: str
    value: float | None
    status: Status


class MeasureHead(BaseModel):
    """Which measure a map is coloured by."""

    layer: str
    name: str
    title: Words
    unit: Words
    digits: int


class ClassView(BaseModel):
    """One class of a choropleth: the values that are in it, how many units, its colour and the ink on it."""

    low: float
    high: float
    count: int
    color: str
    ink: str


class UnitValues(BaseModel):
    """One measure over all units of a level, with honest classes (`breaks` between them)."""

    measure: MeasureHead
    level: str
    structure: str
    values: list[UnitValue]
    breaks: list[float]
    classes: list[ClassView]
    total: float | None
    time: datetime | None
    age_s: int | None
    origin: Origin
    source: SourceView | None
    stale: Stale


class VesselView(BaseModel):
    """One boat in a list; null means nobody said.

    `station`: what its number says it is, ship, beacon (distress), aircraft, craft, handheld, unassigned. `shared`: its
    number was heard in two places at once within the last day.
    """

    id: str
    label: str
    name: str | None
    length_m: float | None
    status: str
    t: datetime | None
    age_s: int | None
    lon: float | None
    lat: float | None
    sog_kn: float | None
    cog_deg: float | None
    kind: str
    origin: Origin
    station: str | None = None
    shared: bool = False


class VesselList(BaseModel):
    """Boats found, now or `at` a moment; the counts by status add up to the denominator."""

    at: datetime | None = None
    total: int
    denominator: int
    counts: dict[str, int]
    vessels: list[VesselView]


class TransmitterView(BaseModel):
    """A device on a boat; `counted` is the one that speaks for it, `seal` the number on its seal where it is known."""

    key: str
    kind: str
    provider: str | None
    seal: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    t: datetime | None
    counted: bool


class TurnView(BaseModel):
    """A monitoring device counted in [since, until). `reason`: first, silent (the former one, `silent_s`), removed."""

    key: str
    since: datetime
    until: datetime | None
    reason: Literal["first", "silent", "removed"]
    silent_s: int | None
    former: str | None


class FixView(BaseModel):
    """One reported position; `also_heard_by` are the further sources that heard the same transmission."""

    t: datetime
    lon: float
    lat: float
    sog_kn: float | None
    source: str
    also_heard_by: list[str]


class PenaltyView(BaseModel):
    """What a conduct costs, in đồng; null fines are not zero: nobody has read them."""

    step: str
    text: Words
    decree: str
    article: str | None
    fine_from: int | None
    fine_to: int | None
    measures: Words | None
    verified: bool
    source: str


class LeadView(BaseModel):
    """Who leads a case of that length, and by which paper."""

    level: Literal["central", "province"]
    text: Words
    decree: str
    verified: bool
    source: str


class LawView(BaseModel):
    """The rule that stands behind a status, and whether anybody verified its text.

    With what it costs and who leads, for the boat's length; a boat of unknown length has every band.
    """

    text: Words
    decree: str
    article: str | None
    verified: bool
    source: str
    penalties: list[PenaltyView]
    lead: LeadView | None


class DisagreementView(BaseModel):
    """More devices on a boat at once than the rule allows."""

    text: Words
    keys: list[str]
    law: LawView


class ZoneView(BaseModel):
    """A zone that holds a boat; not `verified` is said beside its name wherever it is shown."""

    code: str
    name: str
    kind: str
    verified: bool
    origin: Origin


class SaidView(BaseModel):
    """What a transmitter said it was: name, callsign, imo or ship_type (the raw number), from when to when."""

    key: str
    field: str
    value: str
    t_from: datetime
    t_to: datetime
    origin: Origin


class PlaceView(BaseModel):
    """One of two places: the last position there and how many there were."""

    t: datetime
    lon: float
    lat: float
    fixes: int


class SharedView(BaseModel):
    """Evidence that one number was in two places by turns: two devices, or one whose receiver was led astray."""

    t_from: datetime
    t_to: datetime
    turns: int
    apart_nm: float
    places: list[PlaceView]


class VesselCard(VesselView):
    """One boat's panel, now or `at` a moment. `zones` null: no position, or no zones are known here.

    `turns`: which of several monitoring devices counted, newest first, empty where there never were two.
    `disagreement`: more of them at once than the rule allows. `reported_at`: the newest moment of which somebody said
    where the boat was, by radio or telephone. `sos_at`: a call for help in the last day.
    """

    at: datetime | None = None
    gear: str | None
    home_port: str | None
    commune: PartView | None
    transmitters: list[TransmitterView]
    turns: list[TurnView]
    disagreement: DisagreementView | None
    reported_at: datetime | None
    sos_at: datetime | None
    heard_at: datetime | None
    stored_at: datetime | None
    source: SourceView
    zones: list[ZoneView] | None
    law: LawView | None
    recent: list[FixView]
    said: list[SaidView]
    two_places: list[SharedView]


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None

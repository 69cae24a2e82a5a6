"""What the API answers of boats, as typed models."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.views import PartView, SourceView, Words


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

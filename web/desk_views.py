"""What the API answers of the officers' desk, as typed models, and what it is asked with."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from layers.desk.numbers import Candidate, Report
from layers.sources.freshness import Origin

Name = Annotated[str, Field(min_length=1, max_length=80)]
Note = Annotated[str, Field(max_length=400)]
Vessel = Annotated[str, Field(pattern=r"^[vt]\d{1,9}$")]
How = Literal["panel", "area", "list", "numbers", "group"]


class BoatHere(BaseModel):
    """A boat of a list: its last report and what the register says of it; null where nobody said."""

    id: str
    label: str
    name: str | None
    status: str
    t: datetime | None
    age_s: int | None
    lon: float | None
    lat: float | None
    sog_kn: float | None
    cog_deg: float | None
    length_m: float | None
    gear: str | None
    crew: int | None
    home_port: str | None
    official: str | None
    origin: Origin


class Sums(BaseModel):
    """What the boats of a list come to. `crew` sums the boats whose register says a crew: `crew_of` of `boats`."""

    boats: int
    by_status: dict[str, int]
    by_length: dict[str, int]
    crew: int
    crew_of: int


class BoatsHere(BaseModel):
    """A list of boats, now or `at` a moment, with its sums."""

    at: datetime
    is_now: bool
    origin: Origin
    sums: Sums
    boats: list[BoatHere]


class GroupView(BaseModel):
    """A group; `mine`: the reader made it; `may_change`: the reader may add and remove."""

    id: int
    name: str
    note: str | None
    owner: str
    shared: bool
    mine: bool
    may_change: bool
    boats: int
    stored_by: str
    stored_at: datetime


class CandidateView(BaseModel):
    """A boat that a number may mean."""

    id: str
    label: str
    name: str | None
    former: bool

    @classmethod
    def of(cls, boat: Candidate) -> "CandidateView":
        """As the API writes it."""
        return cls(id=boat.vessel, label=boat.label, name=boat.name, former=boat.former)


class FoundView(BaseModel):
    """A number that means one boat."""

    typed: str
    boat: CandidateView


class AmbiguousView(BaseModel):
    """A number that means several; none of them was taken."""

    typed: str
    boats: list[CandidateView]


class ReportView(BaseModel):
    """What became of each number that was pasted."""

    found: list[FoundView]
    ambiguous: list[AmbiguousView]
    missing: list[str]
    repeated: int

    @classmethod
    def of(cls, report: Report) -> "ReportView":
        """As the API writes it."""
        return cls(
            found=[FoundView(typed=typed, boat=CandidateView.of(boat)) for typed, boat in report.found],
            ambiguous=[
                AmbiguousView(typed=typed, boats=[CandidateView.of(boat) for boat in boats])
                for typed, boats in report.ambiguous
            ],
            missing=report.missing,
            repeated=report.repeated,
        )


class GroupChanged(BaseModel):
    """A group after a change: which boats were new or taken out, and what became of pasted numbers."""

    group: GroupView
    added: list[str]
    removed: int
    report: ReportView | None


class NewGroup(BaseModel):
    """A group to make, with its first boats: named, pasted as numbers, or everything in a working list."""

    name: Name
    note: Note | None = None
    shared: bool = False
    vessels: list[Vessel] = Field(default_factory=list, max_length=10_000)
    numbers: Annotated[str, Field(max_length=60_000)] = ""
    how: How = "panel"


class GroupChange(BaseModel):
    """What to change of a group; what is left out stays."""

    name: Name | None = None
    note: Note | None = None
    shared: bool | None = None
    ended: bool = False
    add: list[Vessel] = Field(default_factory=list, max_length=10_000)
    remove: list[Vessel] = Field(default_factory=list, max_length=10_000)
    numbers: Annotated[str, Field(max_length=60_000)] = ""
    how: How = "panel"


class ZoneView(BaseModel):
    """An officer's own zone: never a legal one. `outline` is GeoJSON; `version` the row that is current."""

    id: int
    version: int
    name: str
    purpose: str | None
    owner: str
    shared: bool
    mine: bool
    may_change: bool
    valid_from: datetime
    valid_to: datetime | None
    in_force: bool
    color: str
    warn: bool
    came_as: str
    stored_by: str
    stored_at: datetime
    outline: dict[str, Any]
    area_km2: float


class NewZone(BaseModel):
    """A zone to keep: its outline is a `ring` of (longitude, latitude), or a text of a `form`."""

    name: Name
    purpose: Note | None = None
    shared: bool = False
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    color: Literal["teal", "orange", "purple", "pink", "yellow"] = "teal"
    warn: bool = False
    ring: list[tuple[float, float]] | None = Field(default=None, max_length=5_000)
    text: Annotated[str, Field(max_length=400_000)] = ""
    form: Literal["geojson", "kml", "coordinates"] = "coordinates"


class ZoneChange(BaseModel):
    """A new version of a zone; what is left out stays as it was. `version` is the row that was read."""

    version: int
    name: Name | None = None
    purpose: Note | None = None
    shared: bool | None = None
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    open_end: bool = False
    color: Literal["teal", "orange", "purple", "pink", "yellow"] | None = None
    warn: bool | None = None
    ended: bool = False
    ring: list[tuple[float, float]] | None = Field(default=None, max_length=5_000)
    text: Annotated[str, Field(max_length=400_000)] = ""
    form: Literal["geojson", "kml", "coordinates"] = "coordinates"


class PassageView(BaseModel):
    """A boat that came into (`in`) or left (`out`) a zone between two reports."""

    vessel: str
    label: str
    way: Literal["in", "out"]
    t: datetime
    before_t: datetime | None
    lon: float
    lat: float


class ZoneNow(BaseModel):
    """Who is in a zone, and who came or left in the hours before; positions only, what the law says is not here."""

    at: datetime
    since: datetime
    hours: float
    origin: Origin
    inside: BoatsHere
    passages: list[PassageView]
    written: int


class ZoneVersion(BaseModel):
    """One version of a zone."""

    version: int
    name: str
    purpose: str | None
    shared: bool
    valid_from: datetime
    valid_to: datetime | None
    color: str
    warn: bool
    stored_by: str
    stored_at: datetime
    superseded_at: datetime | None
    ended: bool

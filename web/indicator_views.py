"""What the API answers about indicators, as typed models."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from layers.indicators.lights import Light
from layers.sources.freshness import Origin, Stale
from web.views import ClassView, SourceView, UnitCard, Words

Status = Literal["official", "preliminary", "estimate", "none"]
How = Literal["reported", "difference", "tiled", "summed", "split", "computed", "withheld", "none"]


class FormulaView(BaseModel):
    """factor × Σ numerator ÷ Σ denominator, in codes."""

    numerator: str
    denominator: str
    factor: float


class IndicatorView(BaseModel):
    """One row of the catalogue; `verified` false: nobody has checked the wording against a text."""

    code: str
    domain: str
    domain_title: Words
    name: Words
    definition: Words
    kind: str
    formula: FormulaView | None
    unit: Words
    period: str
    direction: str
    owner: str
    basis: str | None
    subjects: list[str]
    accumulation: str
    decimals: int
    source: str
    verified: bool


class PlaceView(BaseModel):
    """Whom a value is about: a unit in one vintage, a group of ground, or an office."""

    kind: str
    code: str
    key: int | None
    level: str
    name: Words


class PeriodView(BaseModel):
    """The days [from, to) in Việt Nam and what people call them."""

    since: date
    until: date
    label: Words


class ValueView(BaseModel):
    """A value and how it came about. `value` null: no figure, never zero. `coverage` as in 11/13, where not whole.

    `part`, `whole`: the two sums of a ratio; `reported`: what was told of it beside the sums. `pending`: it stands on a
    figure that nobody has approved yet. `withheld`: what to show instead where it is kept from readers ("<5").
    """

    value: float | None
    withheld: Words | None
    status: Status
    how: How
    how_words: Words | None
    known: int
    of: int
    coverage: Words | None
    part: float | None
    whole: float | None
    reported: float | None
    contested: bool
    pending: bool


class ChangeView(BaseModel):
    """Against another period. `unit`: of `delta` (percentage points for per cent); `percent` null for those."""

    period: PeriodView
    value: float | None
    delta: float | None
    unit: Words
    percent: float | None
    comparable: bool


class LightView(BaseModel):
    """The traffic light with its bounds, by whose word, and the words why."""

    light: Light
    label: Words
    why: Words | None
    threshold: str | None
    green: float | None
    red: float | None
    verified: bool | None


class TargetView(BaseModel):
    """The target of the subject and how far it is reached."""

    code: str
    value: float
    percent: float | None
    period: PeriodView
    paper: str | None
    source: str
    verified: bool


class PaperBrief(BaseModel):
    """The paper a figure stands in; `id` leads on to /api/lineage/paper/{id}."""

    id: int
    number: str | None
    notation: str | None
    issued_on: date | None
    agency: str | None
    state: str


class RevisionView(BaseModel):
    """One word on a figure: each status stands beside the others, a correction is a new one.

    `approval`: as it stood at the moment asked for; null where nobody had to approve it. Who decided and why is told to
    whoever may know, never to the wall.
    """

    id: int
    value: float | None
    withheld: Words | None
    status: Status
    source: SourceView | None
    stored_at: datetime
    superseded_at: datetime | None
    retracted_at: datetime | None
    paper: PaperBrief | None
    approval: Literal["pending", "approved", "returned", "replaced"] | None
    decided_at: datetime | None
    decided_by: str | None
    decided_why: str | None


class PointView(ValueView):
    """One period of one place. `observations`: ids for /api/lineage/observation/{id}, the first of `count`."""

    period: PeriodView
    cumulative: ValueView | None
    before: ChangeView | None
    year_before: ChangeView | None
    light: LightView
    target: TargetView | None
    observations: list[int]
    count: int
    paper: PaperBrief | None
    revisions: list[RevisionView]
    source: SourceView | None
    origin: Origin
    time: datetime | None
    age_s: int | None
    stale: Stale


class ToDateView(BaseModel):
    """A period that is not over: so far, against the same days before."""

    period: PeriodView
    value: ValueView
    before: ChangeView
    year_before: ChangeView


class LatestView(BaseModel):
    """An indicator with its last value at one place; `point` null: no figure, or not for this role."""

    indicator: IndicatorView
    point: PointView | None


class FullCard(UnitCard):
    """A unit's card with every indicator that has a figure there; none for guests."""

    indicators: list[LatestView]


class DomainView(BaseModel):
    """What a domain is called."""

    code: str
    title: Words


class Catalogue(BaseModel):
    """Every indicator, with its last value at the province."""

    now: datetime
    place: PlaceView
    domains: list[DomainView]
    can_edit: bool
    origin: Origin
    indicators: list[LatestView]


class MapValue(BaseModel):
    """One unit's value on the map; `key` is that of the unit in the vector tiles. `class_` is null without a figure."""

    key: int | None
    code: str
    name: str
    value: float | None
    withheld: Words | None
    status: Status
    how: How
    coverage: Words | None
    light: Light
    observations: list[int]
    contested: bool
    pending: bool
    rank: int | None


class MapView(BaseModel):
    """The period over all units of a level of a structure, with honest classes."""

    level: str
    structure: str
    period: PeriodView | None
    values: list[MapValue]
    breaks: list[float]
    classes: list[ClassView]
    known: int
    of: int


class Series(BaseModel):
    """An indicator of one place over time, its last point, and the map where a level was asked for."""

    now: datetime
    known_at: datetime | None
    indicator: IndicatorView
    place: PlaceView
    structure: str
    points: list[PointView]
    latest: PointView | None
    to_date: ToDateView | None
    map: MapView | None
    origin: Origin

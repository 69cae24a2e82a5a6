"""What the gap between catalogue and sources looks like, as a list and as a map."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.survey_views import AgencyView, Named, StandingView
from web.views import ClassView, SourceView, Words


class FedView(BaseModel):
    """The last figure: the last of its days, when it was heard, from which sources."""

    last_day: date
    heard_at: datetime
    sources: list[SourceView]


class ClaimView(BaseModel):
    """An agency's word that it has an indicator."""

    agency: AgencyView
    says: str
    unit: str | None
    period: str | None
    system: str | None
    form: str | None
    since: str | None
    origin: Origin


class IndicatorGapView(BaseModel):
    """How an indicator of the catalogue stands."""

    code: str
    name: Words
    domain: str
    period: str
    owner: str
    agency: str | None
    state: Literal["heard", "silent", "told", "none"]
    overdue: int
    fed: FedView | None
    claims: list[ClaimView]


class AgencyGapView(BaseModel):
    """What an agency told of, and its indicators by state."""

    agency: AgencyView
    systems: list[str]
    connected: int
    owns: int
    states: dict[str, int]
    told_of: int
    beyond: list[ClaimView]
    standings: dict[str, StandingView]


class Gap(BaseModel):
    """The gap between the catalogue and those who have its figures; `counts` add up to `total`."""

    now: datetime
    origin: Origin
    total: int
    counts: dict[str, int]
    indicators: list[IndicatorGapView]
    agencies: list[AgencyGapView]


class CoverValue(BaseModel):
    """One unit: `value` is the share known in per cent, null where nothing is. `missing` names indicators."""

    key: int
    code: str
    name: str
    value: float | None
    known: int
    estimated: int
    of: int
    missing: list[str]


class Coverage(BaseModel):
    """Which units have no value, of an indicator or of a domain's, in the last period told of each."""

    level: str
    title: Words
    indicators: list[Named]
    values: list[CoverValue]
    breaks: list[float]
    classes: list[ClassView]
    covered: int
    bare: int
    origin: Origin

"""What the API answers where it is asked why an indicator changed, as typed models."""

from datetime import datetime

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.indicator_views import IndicatorView, PaperBrief, PeriodView, PlaceView
from web.views import Words


class WhyRow(BaseModel):
    """One part. `effect` is exact (`exact` as a fraction), `shown` rounded so that all `shown` sum to `shown_delta`.

    `numerator`, `denominator`: the two effects of a ratio. `place` null: the line that no part explains.
    """

    place: PlaceView | None
    name: Words
    then: float | None
    value: float | None
    effect: float
    exact: str
    shown: float
    numerator: float
    denominator: float
    observations: list[int]
    paper: PaperBrief | None
    pending: bool


class WhyView(BaseModel):
    """Why a value changed, or misses its bound: `delta` = `end` − `start` = the sum of the rows, exactly.

    `period_against` null: against a bound, which is `start` then. `levels`: what it may be told by (`by`).
    """

    now: datetime
    indicator: IndicatorView
    place: PlaceView
    period: PeriodView
    against: str
    period_against: PeriodView | None
    start: float
    end: float
    delta: float
    exact: str
    unit: Words
    shown_start: float
    shown_end: float
    shown_delta: float
    by: str | None
    levels: list[str]
    known: int
    of: int
    pending: bool
    rows: list[WhyRow]
    sentence: Words
    origin: Origin

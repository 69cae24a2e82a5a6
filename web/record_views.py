"""What the API answers about the records behind a counted figure, as typed models."""

from datetime import datetime

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.indicator_views import IndicatorView, PeriodView, PlaceView
from web.views import Words


class RecordView(BaseModel):
    """One thing that was counted. What this role may not know of it is null: a boat's number, and what leads to it.

    `link` is the page of the record, `lineage` its `KIND/ID` at /api/lineage. `placed` false: in no unit's figure.
    """

    kind: str
    kind_title: Words
    label: str | None
    at: datetime | None
    unit: str | None
    office: str | None
    field: Words | None
    amount: float | None
    placed: bool
    link: str | None
    lineage: str | None


class GroupView(BaseModel):
    """How many of the records are of one sort."""

    title: Words
    records: int


class RecordList(BaseModel):
    """The records of one count: all there are in `count` and `total`, the first of them listed.

    `unplaced` are in the province's figure and in that of no unit (or no office). `query` names the count.
    """

    code: str
    title: Words
    query: str
    count: int
    total: float
    unit: Words
    unknown: int
    unplaced: int
    groups: list[GroupView]
    records: list[RecordView]


class RecordsView(BaseModel):
    """Every list behind a figure; none where it is not counted here. `known_at`: as it was known when it was counted.

    `counted` is the figure of our own, by its observation; `masked` says that this role does not see boats.
    """

    now: datetime
    indicator: IndicatorView
    place: PlaceView
    period: PeriodView
    known_at: datetime | None
    counted: int | None
    origin: Origin
    masked: bool
    lists: list[RecordList]

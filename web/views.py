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


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None

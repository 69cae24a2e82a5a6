"""Reports as the API writes them: for anybody, for the holder of the code, for those who work on them."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel

from layers.citizens.masking import mask_text
from layers.watch.cases.flow_graph import Flow
from web.views import Words

SHOWN = ("told", "acknowledge", "assign", "start", "ask", "supply", "approve", "publish", "reject", "forward", "return",
         "reopen", "merge", "join", "unmerge", "rated", "supported")  # fmt: skip
"""Lines of history that the citizen sees."""
FOR_CITIZEN = ("ask", "reject", "forward", "return")
"""Whose text is said to the citizen."""


class ReportFiled(BaseModel):
    """What a citizen gets back: the code to follow it by (null when another's report was joined)."""

    number: str
    code: str | None
    due_at: AwareDatetime | None
    agency: str
    unit: str
    supporters: int
    origin: str


class Line(BaseModel):
    """One step of a report: when, into which state, what was said to the citizen."""

    at: AwareDatetime
    state: str
    title: Words
    text: str | None


class ReportView(BaseModel):
    """A report in its public fields. `text`, place and photos are null or empty until a person releases them.

    The place is rounded to 0.001° for everybody. `late`: open, its clock running, past its day.
    """

    number: str
    category: Words
    category_code: str
    unit: str
    agency: str
    state: str
    state_title: Words
    received_at: AwareDatetime
    changed_at: AwareDatetime
    due_at: AwareDatetime
    ended_at: AwareDatetime | None
    late: bool
    text: str | None
    answer: str | None
    lon: float | None
    lat: float | None
    photos: list[str]
    supporters: int
    origin: str
    history: list[Line] | None = None
    own: bool = False
    rating: int | None = None


class NearView(BaseModel):
    """An open report near a place: enough to tell whether it is the same thing."""

    number: str
    text: str | None
    photo: str | None
    received_at: AwareDatetime
    metres: int
    supporters: int
    state_title: Words


def report_view(row: Any, categories: dict[str, Any], flow: Flow, now: datetime) -> ReportView:
    """A row of `public_statement` as anybody sees it."""
    known = categories.get(row.category)
    title = Words(vi=known.title_vi, en=known.title_en) if known else Words(vi=row.category, en=row.category)
    return ReportView(
        number=row.number,
        category=title,
        category_code=row.category,
        unit=row.unit_name,
        agency=row.agency,
        state=row.state,
        state_title=Words.of(flow.title_of(row.state)),
        received_at=row.received_at,
        changed_at=row.changed_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        late=row.ended_at is None and row.paused_at is None and row.due_at <= now,
        text=mask_text(row.text) if row.text else None,
        answer=row.answer,
        lon=degrees(row.lon_e7),
        lat=degrees(row.lat_e7),
        photos=[photo_path(token) for token in row.photos],
        supporters=row.supporters,
        origin=row.origin,
    )


def line_views(rows: Any, flow: Flow) -> list[Line]:
    """The steps the citizen sees, without who did them."""
    return [
        Line(
            at=row.at,
            state=row.to_state,
            title=Words.of(flow.title_of(row.to_state)),
            text=row.body.get("text") if row.action in FOR_CITIZEN else None,
        )
        for row in rows
        if row.action in SHOWN and (row.from_state != row.to_state or row.action == "told")
    ]


def near_view(row: Any, flow: Flow) -> NearView:
    """A row of `near_reports`; words and photo only of what was released."""
    return NearView(
        number=row.number,
        text=mask_text(row.text) if row.released else None,
        photo=photo_path(row.photo) if row.released and row.photo else None,
        received_at=row.received_at,
        metres=round(row.metres),
        supporters=row.supporters,
        state_title=Words.of(flow.title_of(row.state)),
    )


def photo_path(token: str) -> str:
    """Where a photo is."""
    return f"/api/reports/photos/{token}.jpg"


def degrees(value_e7: int | None) -> float | None:
    """Ten-millionths of a degree as degrees."""
    return None if value_e7 is None else value_e7 / 1e7

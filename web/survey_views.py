"""What `/surveys` shows: rounds and how agencies stand, an answer with what is refused, the gap and its map."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from layers.sources.freshness import Origin
from layers.surveys.answers import Answer, Standing
from layers.surveys.body import SurveyBody
from layers.surveys.rounds import Agency, Edition, Round
from web.indicator_views import DomainView
from web.views import Words

State = Literal["on_time", "late", "not_due", "missing"]
Door = Literal["page", "form"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class AgencyView(BaseModel):
    """An agency by its official name."""

    code: str
    title: Words


class EditionView(BaseModel):
    """An edition of a survey; `within_days` are working days."""

    code: str
    survey: str
    edition: str
    title: Words
    purpose: Words
    basis: str
    source: str
    verified: bool
    valid_from: date
    valid_to: date | None
    within_days: int
    agencies: list[str]
    body: SurveyBody


class StandingView(BaseModel):
    """How an agency stands in a round. `workdays` late by, or overdue by; `draft`: something is saved and not sent."""

    agency: AgencyView
    state: State
    workdays: int
    submitted_at: datetime | None
    corrections: int
    lines: int | None
    draft: bool
    draft_at: datetime | None
    door: Door | None


class RoundView(BaseModel):
    """A survey asked once, and how many answered; `past`: a later round asks the same; `own` is the reader's agency."""

    id: int
    survey: str
    edition: str
    title: Words
    opens_on: date
    due_on: date
    within_days: int
    origin: Origin
    asked: int
    answered: int
    late: int
    missing: int
    past: bool
    own: StandingView | None


class Surveys(BaseModel):
    """Everything there is to answer or to watch. `agency`: the one the reader is held to; null: all."""

    now: datetime
    agency: AgencyView | None
    can_answer: bool
    can_open: bool
    rounds: list[RoundView]
    editions: list[EditionView]
    agencies: list[AgencyView]
    domains: list[DomainView]


class Named(BaseModel):
    """An indicator to choose."""

    code: str
    name: str


class RoundCard(BaseModel):
    """A round whole: what is asked, how every agency stands (a steward: its own), the indicators to choose from."""

    round: RoundView
    body: SurveyBody
    standings: list[StandingView]
    indicators: list[Named]


class WrongView(BaseModel):
    """A cell refused, or one that is needed before it is sent: where, what stood there, how to mend it."""

    row: int
    question: str
    title: Words
    said: str
    fix: Words


class SavedLine(BaseModel):
    """One save of an answer."""

    id: int
    state: Literal["draft", "submitted"]
    saved_at: datetime
    saved_by: str
    door: Door
    lines: int


class AnswerView(BaseModel):
    """An agency's answer. `id` is what the next save is made over; `carried`: begun from the round before.
    `past`: a later round asks the same, so nothing is saved here.

    `faults` and `missing` number lines from 1.
    """

    round: int
    agency: AgencyView
    id: int | None
    state: Literal["none", "draft", "submitted"]
    rows: list[dict[str, Any]]
    origin: Origin
    carried: str | None
    past: bool
    submitted_at: datetime | None
    faults: list[WrongView]
    missing: list[WrongView]
    history: list[SavedLine]


class SaveIn(BaseModel):
    """An answer as the page sends it: its lines by question, over the id that was read."""

    model_config = ConfigDict(extra="forbid")
    rows: list[dict[str, Any]] = Field(max_length=600)
    over: int | None = None
    submit: bool = False


class TakeIn(BaseModel):
    """A form to be taken, over the id its preview told."""

    model_config = ConfigDict(extra="forbid")
    over: int | None = None
    submit: bool = False


class EditionIn(BaseModel):
    """An edition of a survey as a person gives it; `reason` says why it is new or corrected."""

    model_config = ConfigDict(extra="forbid")
    body: SurveyBody
    basis: Text
    source: Text
    reason: Text
    verified: bool = False
    valid_from: date
    valid_to: date | None = None


class RoundIn(BaseModel):
    """A round to be opened; what is left out is as the edition says."""

    model_config = ConfigDict(extra="forbid")
    survey: str = Field(max_length=60)
    opens_on: date
    within_days: int | None = None
    agencies: list[str] | None = Field(None, max_length=200)


class LineView(BaseModel):
    """One line of a form as it will be taken, in words; `changed` names the questions that are answered anew."""

    row: int
    name: str
    cells: dict[str, str]
    change: Literal["new", "same", "changed"]
    changed: list[str]


class FormPreview(BaseModel):
    """A form understood and nothing stored; `gone`: lines of the answer that the form no longer has."""

    file: str
    name: str
    edition: str
    notes: list[Words]
    lines: list[LineView]
    gone: list[str]
    faults: list[WrongView]
    missing: list[WrongView]
    over: int | None
    can_submit: bool


def agency_view(agencies: dict[str, Agency], code: str) -> AgencyView:
    """An agency; one nobody knows any more by its code."""
    found = agencies.get(code, Agency(code, code, code))
    return AgencyView(code=found.code, title=Words(vi=found.title_vi, en=found.title_en))


def edition_view(edition: Edition) -> EditionView:
    """An edition as the API tells it."""
    body = edition.body
    names = ("code", "survey", "edition", "basis", "source", "verified", "valid_from", "valid_to")
    return EditionView(
        **{name: getattr(edition, name) for name in names},
        title=Words(vi=body.title.vi, en=body.title.en),
        purpose=Words(vi=body.purpose.vi, en=body.purpose.en),
        within_days=body.within_days,
        agencies=list(body.agencies),
        body=body,
    )


def standing_view(standing: Standing, agencies: dict[str, Agency]) -> StandingView:
    """How an agency stands."""
    draft, submitted = standing.present
    return StandingView(
        agency=agency_view(agencies, standing.agency),
        state=standing.state,
        workdays=standing.workdays,
        submitted_at=standing.submitted_at,
        corrections=standing.corrections,
        lines=None if submitted is None else len(submitted.rows),
        draft=draft is not None,
        draft_at=None if draft is None else draft.saved_at,
        door=None if submitted is None else submitted.door,  # type: ignore[arg-type]
    )


def round_view(asked: Round, days: tuple[date, bool], standings: list[StandingView], own: str | None) -> RoundView:
    """A round with its counts; `days`: when it is due, whether a later one has taken its place."""
    body, (due_on, past) = asked.edition.body, days
    mine = [s for s in standings if s.agency.code == own]
    return RoundView(
        id=asked.id,
        survey=asked.edition.survey,
        edition=asked.edition.edition,
        title=Words(vi=body.title.vi, en=body.title.en),
        opens_on=asked.opens_on,
        due_on=due_on,
        within_days=asked.within_days,
        origin=asked.origin,  # type: ignore[arg-type]
        asked=len(standings),
        answered=sum(s.submitted_at is not None for s in standings),
        late=sum(s.state == "late" for s in standings),
        missing=sum(s.state == "missing" for s in standings),
        past=past,
        own=mine[0] if mine else None,
    )


def answer_state(answer: Answer | None) -> Literal["none", "draft", "submitted"]:
    """How far an answer is."""
    return "none" if answer is None else answer.state

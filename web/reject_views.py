"""What the API answers about rejects, as typed models."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import RowMapping

from ingest.reasons import reason_fix, reason_title
from layers.sources.freshness import Origin
from web.views import Words

State = Literal["open", "replayed", "set_aside"]
Id = Annotated[int, Field(ge=1, le=2**62)]


class GroupView(BaseModel):
    """A source's rejects of one reason: how many different ones in each state, how often seen, from when to when."""

    reason: str
    title: Words
    open: int
    replayed: int
    set_aside: int
    seen: int
    first_seen: datetime
    last_seen: datetime


class RejectView(BaseModel):
    """One reject in a list; `text` is the beginning of its bytes."""

    id: int
    source: str
    reason: str
    title: Words
    detail: str
    line_no: int | None
    delivery_id: int
    seen: int
    first_seen: datetime
    last_seen: datetime
    state: State
    state_at: datetime | None
    state_by: str | None
    note: str | None
    text: str


class FaultView(BaseModel):
    """One thing wrong: the field (null: the row as a whole), and what to do."""

    field: str | None
    fix: Words


class RejectDetail(RejectView):
    """One reject whole: its bytes as text and in hexadecimal digits, its faults, and the way it came.

    `fix`: what to do about rejects of this reason in general, where we have words for it.
    """

    origin: Origin
    fix: Words | None
    hex: str
    size: int
    faults: list[FaultView]
    heard_at: datetime | None
    arrived_at: datetime | None
    into_id: int | None
    label: str | None
    form: str | None
    adapter: str | None
    started_at: datetime | None
    sha256: str | None
    paper_id: int | None
    number: str | None
    notation: str | None
    issued_on: date | None


class RejectList(BaseModel):
    """Newest first; `next_before` is where the next page begins, null at the end. A search may go on after nothing."""

    rejects: list[RejectView]
    next_before: int | None


class RejectQuery(BaseModel):
    """Which rejects: of a source (code), a reason, a state, a delivery, with words in them; before an id, how many."""

    source: str | None = None
    reason: str | None = None
    state: State = "open"
    delivery: Id | None = None
    q: Annotated[str, Field(max_length=80)] = ""
    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Note(BaseModel):
    """Why a reject is set aside."""

    note: Annotated[str, Field(min_length=3, max_length=500)]


class ReplayWanted(BaseModel):
    """Which open rejects to read again: of a source (its code), a reason, last seen since, or one; null: any."""

    source: str | None = None
    reason: str | None = None
    since: AwareDatetime | None = None
    id: Id | None = None


class ReplayView(BaseModel):
    """How far a run is: of `total` rejects `done` are looked at, `understood` now, `stored` new facts of them.

    `failed` says what could not be read again, and why.
    """

    id: int
    asked_at: datetime
    asked_by: str
    total: int
    done: int
    understood: int
    stored: int
    finished_at: datetime | None
    failed: str | None


def listed(row: RowMapping) -> dict[str, Any]:
    """A row of `layers.sources.reject_read` as `RejectView` wants it."""
    told = {name: value for name, value in row.items() if name not in ("raw", "whole", "faults", "sha256")}
    return told | {"title": Words.of(reason_title(row["reason"])), "text": text_of(bytes(row["raw"]))}


def text_of(raw: bytes) -> str:
    """Bytes as text for people; what is no letter shows as �."""
    return raw.decode(errors="replace").replace("\0", "␀")


def fix_of(reason: str) -> Words | None:
    """What to do about it, in words."""
    found = reason_fix(reason)
    return None if found is None else Words.of(found)

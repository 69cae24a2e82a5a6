"""What the API says of shifts and handovers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from layers.sources.freshness import Origin
from web.views import Words

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Begin(BaseModel):
    """A shift to begin now: at which desk, with whom (user names; nobody named: who asks)."""

    model_config = ConfigDict(extra="forbid")
    desk: Name | None = None
    people: Annotated[list[Name], Field(max_length=20)] = []


class NewLine(BaseModel):
    """A line for the log; `case` is a case's number; `at` when it happened, now unless told."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    case: Name | None = None
    at: AwareDatetime | None = None


class Prepare(BaseModel):
    """Who takes over (user names); whoever confirms for the next shift is one of them anyhow."""

    model_config = ConfigDict(extra="forbid")
    to_people: Annotated[list[Name], Field(max_length=20)] = []


class Confirm(BaseModel):
    """Which side, which summary was read, and which changes since (`changes_sha256` of the answer; "": none)."""

    model_config = ConfigDict(extra="forbid")
    side: Literal["from", "to"]
    sha256: Hash
    changes_sha256: Hash | Literal[""] = ""


class ShiftRow(BaseModel):
    """One shift of the list. Times in UTC; people are user names."""

    id: int
    desk: str
    people: list[str]
    planned_from: datetime | None
    planned_until: datetime | None
    began_at: datetime
    begun_by: str
    ended_at: datetime | None
    handover_id: int | None = None
    confirmed_from_by: str | None = None
    confirmed_to_by: str | None = None


class LineView(BaseModel):
    """One line of the log; `actor` null: the machine."""

    at: datetime
    actor: str | None
    words: Words
    case: str | None
    boat: str | None


class ItemView(BaseModel):
    """One thing that is handed over. `at`: when it happened or began; `due_at` with `due_what`: its clock."""

    key: str
    words: Words
    case: str | None
    boat: str | None
    actor: str | None
    at: datetime | None
    due_at: datetime | None
    due_what: Words | None


class SectionView(BaseModel):
    """One section of what is handed over: how many items, and the items."""

    name: str
    title: Words
    count: int
    items: list[ItemView]


class ChangeView(BaseModel):
    """What is new, gone or changed since the handover was prepared; `was` is the item as it had been."""

    section: str
    section_title: Words
    what: Literal["new", "gone", "changed"]
    item: ItemView
    was: ItemView | None


class HandoverView(BaseModel):
    """A handover as it was frozen, who confirmed it, and what has changed since (`changes_sha256` names these)."""

    id: int
    shift_id: int
    to_shift_id: int | None
    to_people: list[str]
    prepared_at: datetime
    prepared_by: str
    sha256: str
    next_since: datetime | None
    next_until: datetime | None
    sections: list[SectionView]
    confirmed_from_by: str | None
    confirmed_from_at: datetime | None
    confirmed_to_by: str | None
    confirmed_to_at: datetime | None
    withdrawn_at: datetime | None
    changes: list[ChangeView]
    changes_sha256: str


class NowView(BaseModel):
    """One shift with its log, what it would hand over now, and its handover if one was prepared."""

    shift: ShiftRow
    log: list[LineView]
    left_out: int
    matters: list[SectionView]
    handover: HandoverView | None
    origin: Origin


class CurrentView(BaseModel):
    """The shifts that last; the hours of the settings now; the desks there have been; `me` is who asks."""

    now: datetime
    me: str | None
    planned_from: datetime | None
    planned_until: datetime | None
    desk: str
    shifts: list[ShiftRow]


class PersonView(BaseModel):
    """Somebody who can be on duty."""

    username: str
    role: str


class Made(BaseModel):
    """The number of what was made; of a confirmation, the number of the shift that began (null: the other side)."""

    id: int | None

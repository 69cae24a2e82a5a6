"""What the API answers of the fisheries' books, as typed models."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from layers.sources.freshness import Origin
from web.views import SourceView, Words

State = Literal["new", "checking", "settled"]


class DocumentView(BaseModel):
    """What a row came as: its source, its file, and the paper it came with (số, ký hiệu), where there was one."""

    source: SourceView
    origin: Origin
    label: str
    paper: str | None
    paper_on: date | None
    agency: str | None
    paper_state: str | None


class PersonView(BaseModel):
    """A boat's people; masked (`•••• 412`) or null for who may not see them."""

    owner: str | None = None
    owner_phone: str | None = None
    captain: str | None = None
    captain_phone: str | None = None


class RegisterView(BaseModel):
    """A boat as one register has it; `leads` is the one the map shows. Days left count from today in Việt Nam."""

    reg_no: str
    leads: bool
    name: str
    length_m: float
    gear: str
    second_gear: str | None
    power_kw: float | None
    hull: str | None
    built_year: int | None
    home_port: str
    crew: int | None
    official: str | None
    state: str | None
    licence_no: str | None
    licence_to: date | None
    inspected_to: date | None
    food_safety_to: date | None
    vms_provider: str | None
    vms_device_id: str | None
    vms_seal: str | None
    vms_from: date | None
    vms_to: date | None
    people: PersonView
    heard_at: datetime
    document: DocumentView


class NumberView(BaseModel):
    """A number of a boat and from when to when it bore it."""

    number: str
    valid_from: datetime | None
    valid_to: datetime | None
    document: DocumentView


class CallView(BaseModel):
    """The last departure or arrival in one book (`border` or `port`)."""

    keeper: str
    direction: str
    t: datetime
    station: str
    crew: int | None
    ground: str | None
    return_on: date | None
    entry: str
    paper: str | None
    document: DocumentView


class PenaltyView(BaseModel):
    """One decision; amounts in đồng. Decree and article are as it cites them: nobody has checked them here."""

    decision: str
    decided_at: datetime
    agency: str
    conduct: str
    decree: str | None
    article: str | None
    verified: bool = False
    amount_vnd: int | None
    state: str
    paid_on: date | None
    measures: str | None
    open: bool
    document: DocumentView


class CatchView(BaseModel):
    """Kilograms of one species over the last year."""

    species: str
    kg: float
    last_t: datetime


class SideView(BaseModel):
    """What one book says. `value` by field; `person` only for who may read it; no `document`: the book is silent."""

    book: str
    title: Words
    code: str | None
    t: datetime | None
    heard_at: datetime | None
    value: dict[str, Any]
    person: str | None
    document: DocumentView | None


class StepView(BaseModel):
    """What happened to a disagreement: found, changed, gone, back, or state (a person's word)."""

    at: datetime
    what: str
    state: State
    note: str | None
    by: str | None


class DisagreementView(BaseModel):
    """Two books that do not say the same of one boat. `gone_at`: they agree again."""

    id: int
    kind: str
    title: Words
    vessel: str | None
    label: str
    since: datetime
    found_at: datetime
    gone_at: datetime | None
    state: State
    note: str | None
    state_by: str | None
    state_at: datetime | None
    one: SideView
    other: SideView


class DisagreementList(BaseModel):
    """Those found; `total` counts all that match, `counts` the open ones by kind."""

    total: int
    counts: dict[str, int]
    disagreements: list[DisagreementView]


class DisagreementCard(DisagreementView):
    """One disagreement with everything that happened to it."""

    steps: list[StepView]


class BookCard(BaseModel):
    """One boat in the books; `can_unmask`: this reader may ask for its people's telephones."""

    vessel: str
    today: date
    due_days: int
    can_unmask: bool
    registers: list[RegisterView]
    numbers: list[NumberView]
    calls: list[CallView]
    penalties: list[PenaltyView]
    landed: list[CatchView]
    logged: list[CatchView]
    disagreements: list[DisagreementView]


class Reason(BaseModel):
    """Why somebody needs a boat's telephones."""

    reason: Annotated[str, Field(min_length=5, max_length=400)]


class ContactView(BaseModel):
    """A boat's people as one register has them, whole."""

    source: SourceView
    reg_no: str
    owner: str | None = None
    owner_phone: str | None = None
    captain: str | None = None
    captain_phone: str | None = None


class Unmasked(BaseModel):
    """What was asked for, and that it was noted."""

    vessel: str
    noted_at: datetime
    contacts: list[ContactView]


class Judged(BaseModel):
    """What a person says about a disagreement; settled ones need to say why."""

    state: State
    note: Annotated[str | None, Field(max_length=1000)] = None


class ColumnView(BaseModel):
    """A column of a list."""

    name: str
    title: Words
    kind: str


class ListView(BaseModel):
    """A working list and how many stand in it."""

    name: str
    title: Words
    what: Words
    count: int


class ListPage(BaseModel):
    """Rows of a list: `id` leads to the boat on the map, null for a number nobody has registered."""

    name: str
    title: Words
    what: Words
    columns: list[ColumnView]
    total: int
    rows: list[dict[str, Any]]

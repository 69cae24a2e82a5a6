"""What the API answers of cases, as typed models."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from layers.sources.freshness import Origin
from web.law_views import LawAnswer
from web.views import Words


class BoatView(BaseModel):
    """The boat of a case; `id` as /api/vessels has it."""

    id: str
    label: str
    name: str
    length_m: float
    home_port: str


class IncidentView(BaseModel):
    """The common cause a case belongs to: so many silent of so many."""

    id: int
    kind: str
    subject: str
    title: Words
    silent: int
    heard_of: int
    ended_at: datetime | None


class StateView(BaseModel):
    """The step of the flow a case is in."""

    code: str
    title: Words
    since: datetime


class DueView(BaseModel):
    """The clock that runs out first. `code`: step, contact, promise or port; overdue from that very moment."""

    code: str
    at: datetime
    what: Words
    overdue: bool


class AcknowledgedView(BaseModel):
    """Who has taken the case on, and when; null again once it happens anew."""

    at: datetime
    by: str | None


class CaseLine(BaseModel):
    """One case in the queue; `headline` says in one line why it stands there. `version`: say it when acting."""

    number: str
    kind: str
    title: Words
    headline: Words
    vessel: BoatView | None
    incident: IncidentView | None
    state: StateView
    priority: int
    began_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    outcome: Words | None
    due: DueView | None
    lead: Literal["central", "province"] | None
    acknowledged: AcknowledgedView | None
    assigned_to: str | None
    lon: float | None
    lat: float | None
    origin: Origin
    version: int
    crew: int | None


class CanView(BaseModel):
    """What this role may do at all."""

    act: bool


class CaseQueue(BaseModel):
    """The queue. `counts` by kind are of the search without its kind; `total` is of all of it, listed or not."""

    now: datetime
    at: datetime | None
    can: CanView
    counts: dict[str, int]
    kinds: dict[str, Words]
    total: int
    overdue: int
    cases: list[CaseLine]


class CitationView(BaseModel):
    """The duty an event was held to, by the law of its day."""

    text: Words
    decree: str
    article: str | None
    verified: bool


class EventView(BaseModel):
    """The last word on an event of the case; `facts` have their units in their names."""

    key: str
    conduct: str
    step: str
    title: Words
    began_at: datetime
    ended_at: datetime | None
    lon: float
    lat: float
    facts: dict[str, Any]
    length_m: float | None
    origin: Origin
    found_at: datetime
    law: list[CitationView]


class EntryView(BaseModel):
    """One line of the ledger; `actor` null is the machine. `text` says it in one line."""

    id: int
    kind: str
    title: Words
    at: datetime
    stored_at: datetime
    actor: str | None
    role: str | None
    text: Words
    body: dict[str, Any]


class DutyView(BaseModel):
    """What a silent boat owes. `kind` report: by other means, every so often; port: in port to mend the device.

    `happened`: reported (`by`, `at`), missed, waiting, or ended (the device spoke before it was due).
    """

    kind: Literal["report", "port"]
    due_at: datetime
    happened: Literal["reported", "missed", "waiting", "ended"]
    at: datetime | None
    by: Words | None
    channel: Words | None
    text: Words
    decree: str
    article: str | None
    verified: bool


class ChoiceView(BaseModel):
    """One word of a list."""

    value: str
    title: Words


class NeedView(BaseModel):
    """One field: `kind` is choice, text, line, moment, degrees, person, entry, template, channel or yes."""

    name: str
    title: Words
    kind: str
    required: bool
    first: str | None
    choices: list[ChoiceView] | None


class ActionView(BaseModel):
    """What may be done now: `action` (with `to` for a move) goes to …/do; `key` is its letter on the keyboard."""

    action: str
    to: str | None
    title: Words
    key: str | None
    needs: list[NeedView]
    verified: bool


class PersonView(BaseModel):
    """Somebody of the boat; the telephone is masked until asked for with a reason."""

    id: str
    role: Words
    name: str | None
    phone: str | None
    source: str


class OfficeView(BaseModel):
    """An office to call; `phone` null: nobody has given one (chưa có số)."""

    code: str | None
    kind: str
    title: Words
    office: str
    duty: str | None
    phone: str | None
    origin: Origin
    verified: bool


class NearView(BaseModel):
    """A boat near a place, in hải lý and degrees from north."""

    id: str
    label: str
    name: str | None
    distance_nm: float
    bearing_deg: float
    lon: float
    lat: float
    t: datetime
    age_s: int


class NoticeLine(BaseModel):
    """A notice that was made; its words stand at /api/notices/{id}.html."""

    id: int
    template: str
    template_version: int
    recipient: Words
    recipient_name: str | None
    channel: Words
    subject: str
    state: str
    state_title: Words
    failure: str | None
    by: str
    at: datetime


class CaseCard(CaseLine):
    """One case whole."""

    now: datetime
    can: CanView
    flow: str
    what: str | None
    events: list[EventView]
    ledger: list[EntryView]
    duties: list[DutyView]
    actions: list[ActionView]
    law: LawAnswer | None
    people: list[PersonView]
    posts: list[OfficeView]
    nearest: list[NearView]
    sar: list[OfficeView]
    notices: list[NoticeLine]


class Done(BaseModel):
    """What an action made of the case; read it again for the rest."""

    kept: Literal[True] = True
    entry: int
    number: str
    version: int
    state: str
    notice: int | None = None


class UnmaskedPhone(BaseModel):
    """A telephone, whole; who asked and why is written down."""

    person: str
    name: str | None
    phone: str | None
    entry: int
    version: int

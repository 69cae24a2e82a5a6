"""Events and incidents as the API tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from layers.watch.live.words import describe, title_of
from layers.watch.rules import TEXT
from web.views import Words


class CitedRule(BaseModel):
    """A row of the law an event was found under; `verified` only once a person has held it against its text."""

    code: str
    kind: str
    decree: str
    article: str | None
    verified: bool


class BoatName(BaseModel):
    """A boat as the map names it."""

    id: str
    label: str | None
    name: str | None


class WordView(BaseModel):
    """One word on an event, as it was known from `stored_at` until `superseded_at`."""

    what: Literal["new", "changed", "withdrawn"]
    said: Words
    began_at: datetime
    ended_at: datetime | None
    facts: dict[str, float]
    stored_at: datetime
    superseded_at: datetime | None


class EventView(BaseModel):
    """One event: what, who, when, where (degrees EPSG:4326), and under which law. `history` only when asked for."""

    key: str
    what: Literal["new", "changed", "withdrawn"]
    conduct: str
    step: str
    title: Words
    said: Words
    boats: list[BoatName]
    transmitters: list[int]
    began_at: datetime
    ended_at: datetime | None
    lon: float
    lat: float
    facts: dict[str, float]
    length_m: float | None
    law: list[CitedRule]
    origin: Literal["real", "simulated", "replayed"]
    found_at: datetime
    stored_at: datetime
    history: list[WordView] | None = None


class EventList(BaseModel):
    """Events; `more` when the limit left some out."""

    now: datetime
    events: list[EventView]
    more: bool


class IncidentView(BaseModel):
    """A common cause. `silent` is the length of its list, `back` how many of them were heard again."""

    id: int
    kind: Literal["provider", "port", "area"]
    subject: str
    title: Words
    began_at: datetime
    opened_at: datetime
    ended_at: datetime | None
    heard_of: int
    silent: int
    back: int
    origin: Literal["real", "simulated", "replayed"]
    case_id: int | None


class IncidentBoatView(BaseModel):
    """A boat in an incident."""

    id: str
    label: str | None
    name: str | None
    silent_from: datetime
    back_at: datetime | None


class IncidentList(BaseModel):
    """Incidents, those that last first."""

    now: datetime
    incidents: list[IncidentView]


class IncidentCard(IncidentView):
    """One incident with its list."""

    boats: list[IncidentBoatView]


def event_view(row: Any, names: Mapping[int, Any], rules: Mapping[int, Any], words: list[Any] | None) -> EventView:
    """An event row as the API tells it."""
    told = dict(row._mapping)
    kept = {name: value for name, value in told.items() if name in EventView.model_fields}
    return EventView(
        **kept,
        title=Words.of(title_of(row.conduct, row.step)),
        said=Words(**describe(told)),
        boats=[_name(vessel, names.get(vessel)) for vessel in row.vessels],
        lon=row.lon_e7 / 1e7,
        lat=row.lat_e7 / 1e7,
        law=[_cited(rules[number]) for number in row.rule_ids if number in rules and _is_law(rules[number])],
        history=None if words is None else [_word(word) for word in words],
    )


def _is_law(rule: Any) -> bool:
    return bool(rule.kind != "setting" and rule.reading == TEXT)


def _cited(rule: Any) -> CitedRule:
    return CitedRule(
        code=rule.code, kind=rule.kind, decree=rule.decree, article=rule.article, verified=rule.verified
    )  # fmt: skip


def _name(vessel: int, row: Any | None) -> BoatName:
    return BoatName(id=f"v{vessel}", label=row.code if row else None, name=row.name if row else None)


def _word(row: Any) -> WordView:
    told = dict(row._mapping)
    kept = {name: value for name, value in told.items() if name in WordView.model_fields}
    return WordView(**kept, said=Words(**describe(told)))

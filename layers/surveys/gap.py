"""The gap between the catalogue and those who have its figures, computed and never typed. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from geo.text import fold
from geo.workdays import DAY, Workdays
from layers.indicators.formula import formula_of
from layers.indicators.spans import span_of

State = Literal["heard", "silent", "told", "none"]
STATES: tuple[State, ...] = ("heard", "silent", "told", "none")
"""Heard within its period; was heard, and its next figure is overdue; never heard, but an agency says it has it; nobody
has it."""


class Fed(NamedTuple):
    """The last figure of an indicator: the end of its days, when it was heard, from which sources."""

    until: date
    heard_at: datetime
    sources: tuple[str, ...]


class Claim(NamedTuple):
    """An agency's word that it has an indicator: one line of a submitted answer. `says` is a code or a name."""

    agency: str
    says: str
    unit: str | None
    period: str | None
    system: str | None
    form: str | None
    since: str | None
    origin: str


class SystemTold(NamedTuple):
    """A system an agency told of, and the ways it can exchange data."""

    agency: str
    name: str
    exchange: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class IndicatorGap:
    """How an indicator of the catalogue stands; `overdue` working days when silent. `agency` owns it, if known."""

    indicator: Any
    agency: str | None
    state: State
    fed: Fed | None
    overdue: int
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class AgencyGap:
    """How an agency stands: what it told of, the indicators it owns by state. `beyond`: not in the catalogue."""

    agency: str
    systems: tuple[SystemTold, ...]
    owns: int
    states: Mapping[State, int]
    told_of: int
    beyond: tuple[Claim, ...]


@dataclass(frozen=True)
class Told:
    """What all submitted answers say."""

    claims: Sequence[Claim] = ()
    systems: Sequence[SystemTold] = ()


@dataclass(frozen=True)
class Known:
    """What the gap is computed from. `fed` by code; `owners`: agency by the catalogue's words; `grace` by period."""

    catalogue: Mapping[str, Any]
    fed: Mapping[str, Fed]
    told: Told
    owners: Mapping[str, str]
    grace: Mapping[str, int]
    calendar: Workdays = field(default_factory=Workdays)


def judge_indicators(known: Known, today: date) -> list[IndicatorGap]:
    """Every indicator of the catalogue in its order, each in exactly one state."""
    claims: dict[str, list[Claim]] = {}
    for claim in known.told.claims:
        claims.setdefault(code_of(claim, known.catalogue) or "", []).append(claim)
    return [_judge(known, row, tuple(claims.get(code, ())), today) for code, row in known.catalogue.items()]


def judge_agencies(known: Known, found: Iterable[IndicatorGap], agencies: Iterable[str]) -> list[AgencyGap]:
    """Every agency in the order given."""
    every = list(found)
    return [_judge_agency(known, every, agency) for agency in agencies]


def code_of(claim: Claim, catalogue: Mapping[str, Any]) -> str | None:
    """The indicator a claim is about: by its code, or by a name that the catalogue came to have since."""
    if claim.says in catalogue:
        return claim.says
    named = [code for code, row in catalogue.items() if fold(row.name_vi) == fold(claim.says)]
    return named[0] if len(named) == 1 else None


def _judge(known: Known, row: Any, claims: tuple[Claim, ...], today: date) -> IndicatorGap:
    fed = _fed(known.fed, row)
    overdue = 0 if fed is None else overdue_days(fed.until, row.period, known, today)
    state: State = ("silent" if overdue else "heard") if fed else "told" if claims else "none"
    return IndicatorGap(row, known.owners.get(row.owner), state, fed, overdue, claims)


def overdue_days(until: date, period: str, known: Known, today: date) -> int:
    """Working days by which the figure after the one that ends with `until` is overdue; 0 while it may still come.

    Its period has to end, and the grace of its kind of period after that.
    """
    due = known.calendar.after(span_of(period, until).until - DAY, known.grace.get(period, 0))
    return known.calendar.count_after(due, today)


def _fed(fed: Mapping[str, Fed], row: Any) -> Fed | None:
    """An indicator's own figure, or of a ratio its parts, all of them: as far as the one that is furthest behind."""
    formula = formula_of(row)
    parts = [] if formula is None else [fed.get(code) for code in formula.codes]
    made = None
    if parts and all(parts):
        some = [part for part in parts if part is not None]
        sources = tuple(sorted({name for part in some for name in part.sources}))
        made = Fed(min(p.until for p in some), max(p.heard_at for p in some), sources)
    told = [one for one in (fed.get(row.code), made) if one is not None]
    return max(told, key=lambda one: one.until, default=None)


def _judge_agency(known: Known, every: Sequence[IndicatorGap], agency: str) -> AgencyGap:
    own = [one for one in every if one.agency == agency]
    counted = Counter(one.state for one in own)
    claims = [claim for claim in known.told.claims if claim.agency == agency]
    beyond = tuple(claim for claim in claims if code_of(claim, known.catalogue) is None)
    systems = tuple(system for system in known.told.systems if system.agency == agency)
    states = {state: counted[state] for state in STATES}
    return AgencyGap(agency, systems, len(own), states, len(claims) - len(beyond), beyond)

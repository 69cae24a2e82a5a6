"""One case whole: its line, ledger, duties, law, people, and what may be done now by whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from geo.clock import show_moment
from layers.access.models import Account
from layers.access.roles import OFFICERS, Role
from layers.watch.cases.about import About, events_statement, find_case, read_about
from layers.watch.cases.clocks import open_promises
from layers.watch.cases.needs import Need, needs_of
from layers.watch.cases.notices import templates_statement
from layers.watch.law import CONDUCTS, choose, law_statement
from layers.watch.rules import Rule
from web.case_duties import duties_of
from web.case_people import near_boats, notice_lines, offices, people_of, rescue
from web.case_views import (
    ActionView,
    CanView,
    CaseCard,
    ChoiceView,
    CitationView,
    EntryView,
    EventView,
    NeedView,
)
from web.case_words import entry_text, entry_title, step_title
from web.cases import E7, line_of, read_beside
from web.law_views import LawAnswer, law_answer
from web.views import Words

TYPED = frozenset({"what", "said", "said_by", "text", "note", "reason", "caller_name", "by", "person"})
"""What an entry may say of people: not for who sees no people."""
SILENCE = {"ais_speaks": "silence"}
Choices = Mapping[str, Sequence[ChoiceView]]


def read_card(connection: Connection, number: str, role: Role, now: datetime, ways: Mapping[str, Words]) -> CaseCard:
    """The case of that number, or NotFound; `ways` are the channels a notice may go by."""
    case = find_case(connection, number)
    about, beside = read_about(connection, case, now), read_beside(connection, [case], now)
    told, boat = beside.told.get(case.id), beside.boats.get(case.vessel_id)
    acts = role in OFFICERS
    return CaseCard(
        **line_of(case, beside, now),
        now=now,
        can=CanView(act=acts),
        flow=about.flow.code,
        what=told.what if told is not None and acts else None,
        events=_events(connection, case),
        ledger=[entry_view(entry, acts=acts) for entry in about.entries],
        duties=duties_of(connection, about, now),
        actions=actions_of(connection, about, role, ways) if acts else [],
        law=_law(connection, case),
        people=people_of(connection, case, role),
        posts=offices(connection, boat, beside.incidents.get(case.incident_id)),
        nearest=near_boats(connection, case, now) if acts and case.kind == "distress" else [],
        sar=rescue(connection),
        notices=notice_lines(connection, case, named=acts),
    )


def entry_view(entry: Any, *, acts: bool) -> EntryView:
    """One line of the ledger; what people typed or are called only for who acts."""
    body = {name: value for name, value in entry.body.items() if name != "set" and (acts or name not in TYPED)}
    same = {name: getattr(entry, name) for name in ("id", "kind", "at", "stored_at", "actor", "role")}
    return EntryView(**same, title=entry_title(entry.kind), text=entry_text(entry.kind, body), body=body)


def _events(connection: Connection, case: Any) -> list[EventView]:
    events = connection.execute(events_statement([case.id])).all()
    wanted = sorted({number for event in events for number in event.rule_ids})
    rules = {row.id: row for row in connection.execute(select(Rule.__table__).where(Rule.id.in_(wanted)))}
    return [_event(event, [rules[n] for n in event.rule_ids if n in rules]) for event in events]


def _event(event: Any, rules: Sequence[Any]) -> EventView:
    same = ("key", "conduct", "step", "began_at", "ended_at", "facts", "length_m", "origin", "found_at")
    plain = {name: getattr(event, name) for name in same}
    law = [citation(row) for row in rules]
    place = {"lon": event.lon_e7 / E7, "lat": event.lat_e7 / E7}
    return EventView(**plain, **place, title=step_title(event.step), law=law)


def citation(row: Any) -> CitationView:
    """A rule as it is cited."""
    text = Words(vi=row.text_vi, en=row.text_en)
    return CitationView(text=text, decree=row.decree, article=row.article, verified=row.verified)


def _law(connection: Connection, case: Any) -> LawAnswer | None:
    """The law in force when it began; None for a kind no law speaks of."""
    conduct = SILENCE.get(case.kind, case.kind)
    if conduct not in CONDUCTS:
        return None
    rows = connection.execute(law_statement((conduct,))).all()
    return law_answer(choose(rows, conduct, case.length_m, case.began_at), None)


def actions_of(connection: Connection, about: About, role: Role, ways: Mapping[str, Words]) -> list[ActionView]:
    """What this role may do now, in the order of the flow."""
    promises = open_promises(about.entries)
    steps = [step for step in about.flow.steps_from(about.case.state) if role.value in step.roles]
    hidden = {"keep"} if not promises else set()
    hidden |= {"acknowledge"} if about.case.acknowledged_at is not None else set()
    choices, firsts = _choices(connection, about, ways), {"agency": about.case.lead}
    return [action_view(step, choices, firsts) for step in steps if step.to_state or step.action not in hidden]


def action_view(step: Any, choices: Choices, firsts: Mapping[str, str | None]) -> ActionView:
    """A step as a form may be made of it."""
    return ActionView(
        action=step.action,
        to=step.to_state if step.action == "move" else None,
        title=Words(vi=step.title_vi, en=step.title_en),
        key=step.key,
        needs=[need_view(need, choices, firsts) for need in needs_of(step.action, list(step.needs))],
        verified=step.verified,
    )


def need_view(need: Need, choices: Choices, firsts: Mapping[str, str | None]) -> NeedView:
    """One field; its choices and what stands in it first are the need's own, or those of the moment."""
    listed = [ChoiceView(value=v, title=Words.of(t)) for v, t in (need.choices or {}).items()] or choices.get(need.kind)
    first = firsts.get(need.name, need.first)
    named: dict[str, Any] = {"name": need.name, "kind": need.kind, "required": need.required, "first": first}
    return NeedView(**named, title=Words.of(need.title), choices=list(listed) if listed is not None else None)


def _choices(connection: Connection, about: About, ways: Mapping[str, Words]) -> Choices:
    """The choices that depend on who is there and what has been said."""
    roles = [role.value for role in OFFICERS]
    people = select(Account.username).where(Account.active, Account.role.in_(roles)).order_by(Account.username)
    names = list(connection.scalars(people))
    templates = [row for row in connection.execute(templates_statement()) if fits(row, about.case.kind)]
    made = {entry.id: entry for entry in about.entries}
    promises = [(n, f"{made[n].body['text']} ({show_moment(at)})") for n, at in open_promises(about.entries).items()]
    return {
        "person": [ChoiceView(value=name, title=Words(vi=name, en=name)) for name in names],
        "entry": [ChoiceView(value=str(n), title=Words(vi=text, en=text)) for n, text in promises],
        "template": [ChoiceView(value=r.code, title=Words(vi=r.title_vi, en=r.title_en)) for r in templates],
        "channel": [ChoiceView(value=code, title=words) for code, words in ways.items()],
    }


def fits(template: Any, kind: str) -> bool:
    """Whether a template is for that kind of case."""
    return not template.kinds or kind in template.kinds.split()

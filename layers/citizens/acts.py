"""What can be done with a report: each act is a step of the flow, for the roles its row names."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from geo.clock import local_date
from geo.errors import BadInput, Conflict
from geo.workdays import Workdays
from layers.citizens.clock import due_after, due_resumed
from layers.citizens.history import CITIZEN, Actor, append, lock_report
from layers.citizens.join import count_support
from layers.citizens.rows import category_of, flow_at
from layers.stepping import Entry, check_needs, find_allowed

RELEASE, WITHHOLD = "release", "withhold"
ANSWERS = ("submit",)
"""Steps whose text is the answer that the citizen will read."""


@dataclass(frozen=True)
class Act:
    """One step: what is said with it (`text`), the agency it goes to, or the report it is a duplicate of."""

    action: str
    text: str | None = None
    agency: str | None = None
    same_as: str | None = None
    version: int | None = None


def act(connection: Connection, report: Any, asked: Act, actor: Actor, calendar: Workdays) -> str:
    """Do it; the state after. Conflict names what can be done instead, NotAllowed who can, BadInput what is missing."""
    flow = flow_at(connection, actor.at)
    step = find_allowed(flow, report, asked.action, actor.role, asked.version)
    check_needs(step, asked)
    to: str = step.to_state or report.state
    values = {"state": to, **_clock(connection, report, flow, to, actor, calendar), **_said(report, asked, actor)}
    if asked.same_as:
        values["merged_into"] = _merge(connection, report, asked, actor)
    if report.merged_into is not None and to != report.state:
        values["merged_into"] = None
        count_support(connection, report.merged_into, -1, Entry("left", actor, {"number": report.number}))
    append(connection, report, Entry(asked.action, actor, _body(asked)), **values)
    return to


def reopen_by_citizen(connection: Connection, report: Any, words: str, actor: Actor, calendar: Workdays) -> str:
    """The citizen says that it is not done; Conflict after the days its category gives."""
    category = category_of(connection, report.category, actor.at)
    until = (report.ended_at or actor.at) + timedelta(days=category.reopen_days)
    if local_date(actor.at) > local_date(until):
        title = f"Chỉ mở lại được trong {category.reopen_days} ngày sau khi có trả lời; xin gửi phản ánh mới"
        raise Conflict("code: too long after the answer; send a new report", field="code", title=title)
    return act(connection, report, Act("reopen", words), actor, calendar)


def rate(connection: Connection, report: Any, rating: int, words: str | None, actor: Actor) -> None:
    """How content the citizen is, 1 to 5, once it is answered; a later rating takes the place of a former one."""
    if report.ended_at is None:
        raise Conflict("code: rate it once it is answered", field="code", title="Chỉ đánh giá sau khi có trả lời")
    append(connection, report, Entry("rated", actor, {"rating": rating}), rating=rating, rating_text=words)


def _clock(connection: Connection, report: Any, flow: Any, to: str, actor: Actor, calendar: Workdays) -> dict[str, Any]:
    """What a step does to the clock: it pauses, goes on by the days that were waited, ends, or starts anew."""
    now, runs = actor.at, flow.states[to].clock
    if runs == "paused":
        return {"paused_at": report.paused_at or now}
    if runs == "ended":
        return {"ended_at": report.ended_at or now, "paused_at": None}
    if report.ended_at is not None:
        days = category_of(connection, report.category, now).within_days
        return {"ended_at": None, "due_at": due_after(now, days, calendar), "answer": None}
    if report.paused_at is not None:
        return {"paused_at": None, "due_at": due_resumed(report.due_at, report.paused_at, now, calendar)}
    return {}


def _said(report: Any, asked: Act, actor: Actor) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if asked.action in ANSWERS:
        said["answer"] = asked.text
    if asked.agency:
        said["agency"] = asked.agency
    if asked.action in (RELEASE, WITHHOLD):
        said["released_at"] = (report.released_at or actor.at) if asked.action == RELEASE else None
    return said


def _merge(connection: Connection, report: Any, asked: Act, actor: Actor) -> int:
    """The report this one is a duplicate of, counted as one more supporter there."""
    main = lock_report(connection, asked.same_as or "")
    if main.id == report.id or main.merged_into is not None or main.category != report.category:
        title = "Chỉ ghép được với một phản ánh khác, cùng lĩnh vực và chưa bị ghép"
        raise BadInput("same_as: another report of the category, itself no duplicate", field="same_as", title=title)
    if actor.role == CITIZEN and main.ended_at is not None:
        raise Conflict("same_as: it is answered already", field="same_as", title="Phản ánh ấy đã được trả lời")
    count_support(connection, main.id, 1, Entry("joined", actor, {"number": report.number}))
    return int(main.id)


def _body(asked: Act) -> dict[str, Any]:
    said = {"text": asked.text, "agency": asked.agency, "same_as": asked.same_as}
    return {name: value for name, value in said.items() if value}

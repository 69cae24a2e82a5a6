"""What people do with a case: held to the flow and to what is needed, written as one entry, the clocks set anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, select

from geo.errors import BadInput, Conflict, NotAllowed
from layers.watch.cases.about import About, lock_case, read_about
from layers.watch.cases.clocks import open_promises
from layers.watch.cases.ledger import Entry, append, queue_up
from layers.watch.cases.models import CLOSED, ENTRIES, Case
from layers.watch.cases.needs import needs_of

Given = Mapping[str, Any]
TELLING = ("call", "move", "close")
"""Who does one of these has looked at the case: it is acknowledged."""


@dataclass(frozen=True)
class Doer:
    """Who does it, in which role, at which moment (UTC)."""

    name: str
    role: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """What an action comes to: the kind of entry, what it says, when it happened."""

    kind: str
    body: dict[str, Any]
    at: datetime
    change: dict[str, Any]


def act(connection: Connection, number: str, action: str, given: Given, doer: Doer, read: int) -> int:
    """Do one thing with a case that was read at version `read`; the id of the entry it became.

    Conflict when somebody was faster or the flow forbids it; BadInput names a field that is missing or wrong;
    NotAllowed when it is for other roles. Fields are those of `needs.ASKED` and of the flow's row.
    """
    case = lock_case(connection, number)
    given = with_firsts(action, given)
    about = read_about(connection, case, doer.at)
    _check_version(about, read)
    step = about.flow.find_step(case.state, action, given.get("to") if action == "move" else None)
    if doer.role not in step.roles:
        allowed = ", ".join(step.roles)
        raise NotAllowed(f"action={action}: role {doer.role} may not do it here; roles: {allowed}", field="action")
    check_needs(action, list(step.needs), given)
    told = _TELL[action](about, step, given, doer)
    body = told.body | {name: given[name] for name in step.needs if given.get(name)}
    change = told.change | _moved(about, step, doer) | _acknowledged(about, action, doer)
    return _write(connection, about, Told(told.kind, body, told.at, change), doer)


def with_firsts(action: str, given: Given) -> dict[str, Any]:
    """What was given, and of the rest what is meant unless told."""
    said = {name: value for name, value in given.items() if value not in (None, "")}
    return {need.name: need.first for need in needs_of(action, []) if need.first is not None} | said


def check_needs(action: str, more: list[str], given: Given) -> None:
    """BadInput for a field that is missing, or whose word is none of its list."""
    for need in needs_of(action, more):
        value = given.get(need.name)
        if value is None and need.required:
            title = f"Thiếu: {need.title.vi.lower()}"
            raise BadInput(
                f"{need.name}: it is missing; {need.title.en.lower()} must be said", field=need.name, title=title
            )
        if value is not None and need.choices is not None and value not in need.choices:
            detail = f"{need.name}={str(value)[:40]!r}: use one of {', '.join(need.choices)}"
            raise BadInput(detail, field=need.name)


def note(connection: Connection, case: Any, entry: Entry, change: Given | None = None) -> int:
    """An entry beside the flow (a report taken elsewhere, a look at a telephone); the clocks are set anew."""
    about = read_about(connection, case, entry.at)
    told = Told(entry.kind, dict(entry.body), entry.at, dict(change or {}))
    return _write(connection, about, told, Doer(entry.actor or "", entry.role or "", entry.at))


def write_down(connection: Connection, case_id: int, entry: Entry, change: Given | None = None) -> int:
    """As `note`, for whoever knows a case by its id: the machine, and what is told of a boat."""
    queue_up(connection)
    row = connection.execute(select(Case.__table__).where(Case.id == case_id).with_for_update()).one()
    return note(connection, row, entry, change)


def due_of(about: About) -> dict[str, Any]:
    """The columns that say what is due first."""
    first = next(iter(about.clocks()), None)
    return {"due_at": first and first.at, "due_what": first and first.what}


def _write(connection: Connection, about: About, told: Told, doer: Doer) -> int:
    fresh = SimpleNamespace(id=-1, kind=told.kind, at=told.at, body=told.body)
    change = told.change | {"changed_at": doer.at}
    change |= due_of(about.after(fresh, change))
    entry = Entry(told.kind, told.at, doer.name or None, doer.role or None, told.body)
    return append(connection, about.case.id, entry, change, about.case.version)


def _check_version(about: About, read: int) -> None:
    """Conflict that says who changed what since the case was read."""
    if read == about.case.version:
        return
    known = 0 < read < about.case.version
    later = about.entries[read:] if known else about.entries[-1:]
    if known and all(entry.kind == "unmasked" for entry in later):
        return  # who looked at a telephone changed nothing that anybody acts on
    said = [f"{entry.actor or 'máy'}: {ENTRIES[entry.kind].vi}" for entry in later[-3:]]
    en = ", ".join(f"{entry.actor or 'the machine'}: {ENTRIES[entry.kind].en}" for entry in later[-3:])
    detail = f"version={read}: it is {about.case.version} now ({en}); read the case again"
    raise Conflict(detail, field="version", title=f"Vụ việc vừa có thay đổi ({'; '.join(said)})")


def _moved(about: About, step: Any, doer: Doer) -> dict[str, Any]:
    """What a step makes of the case's state."""
    if step.to_state is None or step.to_state == about.case.state:
        return {}
    change = {"state": step.to_state, "state_since": doer.at}
    if step.to_state == CLOSED:
        return change | {"closed_at": doer.at}
    return change | ({"closed_at": None, "outcome": None} if about.case.state == CLOSED else {})


def _acknowledged(about: About, action: str, doer: Doer) -> dict[str, Any]:
    if action == "reopen":
        return {"acknowledged_at": None, "acknowledged_by": None}
    if action == "acknowledge" or (action in TELLING and about.case.acknowledged_at is None):
        return {"acknowledged_at": doer.at, "acknowledged_by": doer.name}
    return {}


def _acknowledge(about: About, step: Any, given: Given, doer: Doer) -> Told:
    case = about.case
    if case.acknowledged_at is not None and step.to_state is None:
        title = f"Vụ việc đã được tiếp nhận ({case.acknowledged_by})"
        raise Conflict(f"action=acknowledge: {case.acknowledged_by} has done so", field="action", title=title)
    return Told("acknowledged", {}, doer.at, {})


def _assign(about: About, step: Any, given: Given, doer: Doer) -> Told:
    return Told("assigned", {"to": given["to"]}, doer.at, {"assigned_to": given["to"]})


def _call(about: About, step: Any, given: Given, doer: Doer) -> Told:
    at = given.get("at") or doer.at
    if at > doer.at:
        raise BadInput("at: this has not come yet; write when the call was", field="at", title="Thời điểm này chưa tới")
    body = {name: given[name] for name in ("to", "channel", "result", "said", "position") if given.get(name)}
    return Told("call", body | _next(given, doer), at, _place(about, given))


def _report(about: About, step: Any, given: Given, doer: Doer) -> Told:
    body = {
        name: given[name] for name in ("caller_role", "caller_name", "channel", "note", "position") if given.get(name)
    }
    return Told("report", body | {"by": given["caller_role"]} | _next(given, doer), doer.at, _place(about, given))


def _place(about: About, given: Given) -> dict[str, Any]:
    """Where to look for people in danger; any other case stays where it began."""
    place = given.get("position")
    if place is None or about.case.kind != "distress":
        return {}
    return {"lon_e7": round(place["lon"] * 1e7), "lat_e7": round(place["lat"] * 1e7)}


def _next(given: Given, doer: Doer) -> dict[str, Any]:
    """When to call again, if it was said."""
    at = given.get("next_at")
    if at is None:
        return {}
    if at <= doer.at:
        raise BadInput("next_at: it is past; choose a moment to come", field="next_at", title="Giờ hẹn gọi lại đã qua")
    return {"next_at": at.isoformat()}


def _notice(about: About, step: Any, given: Given, doer: Doer) -> Told:
    names = ("notice", "template", "template_version", "recipient", "channel", "state")
    return Told("notice", {name: given[name] for name in names}, doer.at, {})


def _note(about: About, step: Any, given: Given, doer: Doer) -> Told:
    return Told("note", {"text": given["text"]}, doer.at, {})


def _promise(about: About, step: Any, given: Given, doer: Doer) -> Told:
    if given["due_at"] <= doer.at:
        raise BadInput("due_at: it is past; choose a moment to come", field="due_at", title="Hạn hẹn đã qua")
    body = {"text": given["text"], "due_at": given["due_at"].isoformat()}
    return Told("promise", body | ({"by": given["by"]} if given.get("by") else {}), doer.at, {})


def _keep(about: About, step: Any, given: Given, doer: Doer) -> Told:
    if given["promise"] not in open_promises(about.entries):
        title = "Lời hẹn này không còn mở"
        raise BadInput(f"promise={given['promise']}: no open promise of this case", field="promise", title=title)
    body = {"promise": given["promise"]} | ({"text": given["text"]} if given.get("text") else {})
    return Told("kept", body, doer.at, {})


def _move(about: About, step: Any, given: Given, doer: Doer) -> Told:
    body = {"from": about.case.state, "to": step.to_state, "step": {"vi": step.title_vi, "en": step.title_en}}
    return Told("state", body | ({"text": given["text"]} if given.get("text") else {}), doer.at, {})


def _close(about: About, step: Any, given: Given, doer: Doer) -> Told:
    told = _move(about, step, given, doer)
    return Told("outcome", told.body, doer.at, {"outcome": given.get("outcome")})


_TELL: Mapping[str, Callable[[About, Any, Given, Doer], Told]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "call": _call,
    "report": _report,
    "notice": _notice,
    "note": _note,
    "promise": _promise,
    "keep": _keep,
    "move": _move,
    "close": _close,
    "reopen": _move,
}

"""Doing something with a case: a told position is kept first, then one entry, and the clocks are set anew."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection

from geo.degrees import Axis, parse_degrees
from geo.errors import BadInput
from layers.access.accounts import Who
from layers.access.models import Account
from layers.access.roles import OFFICERS
from layers.database import read, write_async
from layers.watch.cases.about import case_statement, find_case
from layers.watch.cases.acts import Doer, act, check_needs, with_firsts
from layers.watch.cases.told import position_of, report_to_cases
from web.case_notices import NoticeAsked, keep_notice
from web.case_views import Done
from web.notice_ways import deliver
from web.reported import EXAMPLES, TITLES, NewReport, QuestionView, keep, understand
from web.state import State

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
CALLER = {"captain": "master", "owner": "owner", "family": "family", "coast_station": "coast_station", "post": "post"}
"""Who told, by whom was called."""
TEXTS = ("said", "text", "note", "reason")


class Act(BaseModel):
    """One action on a case as it was read (`version`); which fields it takes says `actions[].needs` of the case."""

    model_config = ConfigDict(extra="forbid")
    action: Short
    version: Annotated[int, Field(ge=0)]
    to: Short | None = None
    channel: Short | None = None
    result: Short | None = None
    said: Long | None = None
    lat: Short | None = None
    lon: Short | None = None
    t: AwareDatetime | None = None
    at: AwareDatetime | None = None
    next_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    caller_role: Short | None = None
    caller_name: Short | None = None
    by: Short | None = None
    text: Long | None = None
    note: Long | None = None
    reason: Long | None = None
    promise: int | None = None
    outcome: Short | None = None
    agency: Short | None = None
    document: Short | None = None
    template: Short | None = None
    confirmed: bool = False


async def do(state: State, number: str, told: Act, who: Who) -> Done | QuestionView:
    """Do it, or ask when the position told looks wrong: then nothing was kept, send it again with `confirmed`."""
    given = with_firsts(told.action, told.model_dump(exclude={"action", "version", "confirmed"}))
    doer = Doer(who.username, who.role.value, state.clock())
    async with read(state.engine) as connection:
        case = await connection.run_sync(find_case, number)
        await _check_person(connection, told.action, given)
    check_needs(told.action, [], given)
    report = await _understood(state, case, told, given, who)
    if isinstance(report, dict):
        report["heard_at"] = min(told.at or doer.at, doer.at)
    if isinstance(report, QuestionView):
        return report
    notice = None
    async with write_async(state.engine) as connection:
        if report is not None:
            given["position"] = await _keep_position(connection, number, report, doer)
        if told.action == "notice":
            notice = await connection.run_sync(keep_notice, NoticeAsked(number, given, state.settings), doer)
            given |= notice.said
        entry = await connection.run_sync(act, number, told.action, given, doer, told.version)
    if notice is not None and notice.phone is not None:
        await deliver(state, number, notice, doer)
    return await done_of(state, number, entry, None if notice is None else notice.id)


async def done_of(state: State, number: str, entry: int, notice: int | None = None) -> Done:
    """The case as it stands after an entry."""
    async with read(state.engine) as connection:
        row = (await connection.execute(case_statement(number))).one()
    return Done(entry=entry, number=number, version=row.version, state=row.state, notice=notice)


async def _check_person(connection: Any, action: str, given: dict[str, Any]) -> None:
    """BadInput when a case is given to nobody who could act on it."""
    if action != "assign" or not given.get("to"):
        return
    here = (Account.username == given["to"], Account.active, Account.role.in_([role.value for role in OFFICERS]))
    if (await connection.execute(select(Account.id).where(*here))).scalar() is None:
        detail = f"to={given['to'][:40]!r}: no account that acts on cases; see `opsmap user list`"
        raise BadInput(detail, field="to", title="Không có người này")


async def _understood(
    state: State, case: Any, told: Act, given: dict[str, Any], who: Who
) -> dict[str, Any] | QuestionView | None:
    """The position that was told as a report's columns, or the question it raises; None where none was told."""
    if told.action not in ("call", "report") or (told.lat is None and told.lon is None):
        return None
    lat, lon = told.lat or "", told.lon or ""
    if case.vessel_id is None:
        given["position"] = {"lat": degrees(lat, "lat"), "lon": degrees(lon, "lon")}
        return None
    new = NewReport(
        lat=lat,
        lon=lon,
        t=told.t or told.at,
        caller_role=given.get("caller_role") or CALLER.get(given.get("to", ""), "other"),
        caller_name=told.caller_name,
        channel=given["channel"],
        note=next((given[name][:1000] for name in TEXTS if given.get(name)), None),
        confirmed=told.confirmed,
    )
    return await understand(state, f"v{case.vessel_id}", new, who)


def degrees(text: str, axis: Axis) -> float:
    """Degrees as people say them; BadInput with an example."""
    value = parse_degrees(text, axis)
    if value is None:
        raise BadInput(f"{axis}={text[:40]!r}: write {EXAMPLES[axis]}", field=axis, title=TITLES[axis])
    return value


async def _keep_position(
    connection: AsyncConnection, number: str, values: dict[str, Any], doer: Doer
) -> dict[str, Any]:
    """The report kept, in this transaction; every other open case of the boat hears of it too."""
    kept = await keep(connection, values)
    report = values | {"id": kept.row.id}
    if kept.fresh:
        await connection.run_sync(_tell_others, report, doer.role, number)
    return position_of(report)


def _tell_others(connection: Connection, report: dict[str, Any], role: str, number: str) -> None:
    report_to_cases(connection, report, role, beside=number)

"""Who works on reports and what they see: a commune only its own, leaders everything but people."""

from typing import Any

from fastapi import Request
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Connection, select

from geo.errors import NotAllowed
from layers.access.accounts import Who
from layers.access.roles import Readers, Role
from layers.citizens.acts import RELEASE, WITHHOLD
from layers.citizens.history import CITIZEN
from layers.citizens.models import AccountUnit
from layers.database import read
from layers.watch.cases.flow_graph import Flow
from web.citizen.views import degrees, photo_path
from web.routes.books import person
from web.state import state_of
from web.views import Words

STAFF: Readers = frozenset({Role.STEWARD, Role.COMMUNE, Role.OPERATOR, Role.ADMIN})
WATCHERS: Readers = STAFF | {Role.LEADER}
"""Who sees the list; leaders only read it."""
CALLERS: Readers = frozenset({Role.STEWARD, Role.COMMUNE, Role.OPERATOR})
"""Who must call back: they may ask for name and telephone, and each time it is written down."""


OF_ITSELF = {
    "told": Words(vi="Người dân gửi", en="Told"),
    "supported": Words(vi="Thêm người cùng phản ánh", en="One more says the same"),
    "joined": Words(vi="Ghép thêm phản ánh", en="A report was merged into it"),
    "left": Words(vi="Tách phản ánh ra", en="A report was taken apart"),
    "rated": Words(vi="Người dân đánh giá", en="Rated"),
    "unmasked": Words(vi="Xem tên, số điện thoại", en="Contact looked at"),
}
"""Lines of history that are no step of the flow."""


class StepView(BaseModel):
    """What can be done with a report now, by this role."""

    action: str
    title: Words
    needs: list[str]


class StaffEntry(BaseModel):
    """One line of history."""

    at: AwareDatetime
    action: str
    from_state: str | None
    to_state: str
    title: Words
    done: Words
    actor: str | None
    role: str | None
    text: str | None
    same_as: str | None


class StaffReport(BaseModel):
    """A report as those see it who work on it, without name and telephone; `has_contact`: they can be asked for."""

    number: str
    version: int
    channel: str
    origin: str
    category: str
    category_title: Words
    text: str
    address: str | None
    lon: float | None
    lat: float | None
    unit: str
    unit_name: str
    agency: str
    received_at: AwareDatetime
    state: str
    state_title: Words
    state_since: AwareDatetime
    due_at: AwareDatetime
    due: Words
    paused: bool
    ended_at: AwareDatetime | None
    overdue: bool
    released: bool
    answer: str | None
    supporters: int
    rating: int | None
    has_contact: bool
    photos: list[str]
    steps: list[StepView]
    history: list[StaffEntry] | None = None


class Counted(BaseModel):
    """Reports of one commune or agency."""

    code: str
    name: str
    reports: int
    open: int
    overdue: int
    answered: int
    in_time: int


class StaffList(BaseModel):
    """Reports, and the commune the list is held to (null: the province)."""

    unit: str | None
    origin: str
    reports: list[StaffReport]


async def who_works(request: Request, readers: Readers) -> tuple[Who, str | None]:
    """Who asks and the commune they are held to; NotAllowed for a commune's account that is tied to none."""
    who = await person(request, readers)
    if who.role is not Role.COMMUNE:
        return who, None
    async with read(state_of(request).engine) as connection:
        unit = await connection.run_sync(unit_of, who.account_id)
    if unit is None:
        title = "Tài khoản cấp xã này chưa được gắn với xã, phường nào: nhờ quản trị gắn"
        raise NotAllowed(
            "account: tied to no commune; `opsmap user unit NAME CODE` does it", field="account", title=title
        )
    return who, unit


def unit_of(connection: Connection, account_id: int) -> str | None:
    """The commune an account works for."""
    return connection.scalar(select(AccountUnit.unit).where(AccountUnit.account_id == account_id))


def staff_report(row: Any, role: Role, categories: dict[str, Any], flow: Flow) -> StaffReport:
    """A row of `staff_statement`."""
    known = categories.get(row.category)
    idle = RELEASE if row.released_at is not None else WITHHOLD  # it is so already
    same = ("number", "version", "channel", "origin", "category", "text", "address", "unit", "unit_name", "agency",
            "received_at", "state", "state_since", "due_at", "ended_at", "overdue", "answer", "supporters", "rating",
            "has_contact")  # fmt: skip
    return StaffReport(
        **{name: getattr(row, name) for name in same},
        category_title=Words(vi=known.title_vi, en=known.title_en)
        if known
        else Words(vi=row.category, en=row.category),
        lon=degrees(row.lon_e7),
        lat=degrees(row.lat_e7),
        state_title=Words.of(flow.title_of(row.state)),
        due=Words.of(flow.due_of(row.state)),
        paused=row.paused_at is not None,
        released=row.released_at is not None,
        photos=[photo_path(token) for token in row.photos],
        steps=[
            StepView(action=step.action, title=Words(vi=step.title_vi, en=step.title_en), needs=step.needs)
            for step in flow.steps_from(row.state)
            if role.value in step.roles and step.action != idle
        ],
    )


def staff_entries(rows: Any, flow: Flow) -> list[StaffEntry]:
    """The whole history."""
    steps = {step.action: Words(vi=step.title_vi, en=step.title_en) for step in flow.steps} | OF_ITSELF
    return [
        StaffEntry(
            at=row.at,
            action=row.action,
            from_state=row.from_state,
            to_state=row.to_state,
            title=Words.of(flow.title_of(row.to_state)),
            done=steps.get(row.action) or Words(vi=row.action, en=row.action),
            actor=row.actor,
            role="người dân" if row.role == CITIZEN else row.role,
            text=row.body.get("text"),
            same_as=row.body.get("same_as") or row.body.get("number"),
        )
        for row in rows
    ]

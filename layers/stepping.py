"""What every matter that goes by a flow of rows shares: a step is taken by who may, over the version that was read, and
written as the row's new values and one line of a history that is never edited.

Statements run on a sync SQLAlchemy connection inside the caller's transaction (in the web process: `run_sync`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from geo.clock import start_of_day
from geo.errors import BadInput, Conflict, NotAllowed
from layers.watch.cases.flow_graph import Flow

Given = Mapping[str, str]
_DAYS = ("valid_from", "valid_to")


@dataclass(frozen=True)
class Actor:
    """Who acts, in which role, when (UTC); `name` None: a machine, or somebody who has none here."""

    at: datetime
    role: str
    name: str | None = None


@dataclass(frozen=True)
class Entry:
    """What is done: `body` is what the action has to say."""

    action: str
    actor: Actor
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """The table of matters, that of their histories, and the column that ties a line to its matter."""

    matter: Any
    entry: Any
    link: str


def find_allowed(flow: Flow, row: Any, action: str, role: str, version: int | None) -> Any:
    """The step an action is here. Conflict when somebody was faster or the flow forbids it; NotAllowed names roles."""
    if version is not None and version != row.version:
        raise Conflict("version: somebody was faster; read it again", field="version", title="Vừa có người khác sửa")
    step = flow.find_step(row.state, action, None)
    if role not in step.roles:
        raise NotAllowed(f"role {role}: {action} is for {', '.join(step.roles)}", field="role")
    return step


def check_needs(step: Any, asked: Any) -> None:
    """BadInput names what a step needs and nobody said."""
    for need in step.needs:
        if not getattr(asked, need):
            title = f"“{step.title_vi}” cần thêm nội dung"
            raise BadInput(f"{need}: say it for {step.action}", field=need, title=title)


def lock(connection: Connection, book: Book, which: Any) -> Any | None:
    """The one matter a condition finds, kept from others until the transaction ends; None without."""
    return connection.execute(select(book.matter.__table__).where(which).with_for_update()).first()


def append(connection: Connection, book: Book, row: Any, entry: Entry, **values: Any) -> None:
    """Write one line of history and what it changes of the matter."""
    to, actor = values.get("state", row.state), entry.actor
    if to != row.state:
        values["state_since"] = actor.at
    matter = book.matter
    change = update(matter).where(matter.id == row.id)
    connection.execute(change.values(**values, changed_at=actor.at, version=matter.version + 1))
    told = {"at": actor.at, "action": entry.action, "from_state": row.state, "to_state": to}
    said = {"actor": actor.name, "role": actor.role, "body": entry.body, book.link: row.id}
    connection.execute(insert(book.entry).values(**told, **said))


def dated(row: Given) -> dict[str, Any]:
    """A line of a file of rows: empty is NULL, days are midnights of Việt Nam, `verified` is 1 or 0."""
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    days = {name: start_of_day(date.fromisoformat(row[name])) if row[name] else None for name in _DAYS}
    return told | days | {"verified": row["verified"] == "1"}


def flow_row(row: Given, kind: str) -> dict[str, Any]:
    """A line of a flow's file, for a flow that has one kind of matter and no clocks of its own."""
    lists = {name: row[name].split() for name in ("roles", "needs")}
    return dated(row) | lists | {"kinds": [kind], "within_s": None, "key": None, "place": int(row["place"])}

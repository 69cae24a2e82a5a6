"""Tasks as they are drafted, read and led: one transaction each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from geo.clock import local_date
from geo.errors import NotFound
from geo.workdays import Workdays
from layers.access.accounts import Who
from layers.database import read, write_async
from layers.stepping import Actor
from layers.tasks.acts import Act, Wanted, act, draft, lock_task
from layers.tasks.letters import hold_back, put_letter
from layers.tasks.offices import find_office
from layers.tasks.read import Asked, Held, history_statement, letters_statement, list_statement
from layers.tasks.rows import calendar_of, flow_at, letterhead_at
from web.state import State
from web.tasks.born import Born
from web.tasks.letter import Letter, letter_edxml, withdrawal_edxml
from web.tasks.since import read_since
from web.tasks.views import TaskView, entry_views, sent_views, task_view

EDOC, REVOCATION = "edoc", "revocation"


def wanted_of(connection: Connection, said: Any, at: Any) -> Wanted:
    """A draft as it was written, with the office it names. BadInput for an office that is none."""
    office = find_office(connection, said.agency, local_date(at))
    return Wanted(said.title, said.asked, office.name, said.due_on, office.organ, office.unit)


async def keep_draft(state: State, who: Who, said: Any, born: Born) -> str:
    """Keep a draft; its number."""

    def run(connection: Connection) -> str:
        now = state.clock()
        wanted = wanted_of(connection, said, now)
        return draft(connection, wanted, born.told, Actor(now, who.role.value, who.username), calendar_of(connection))

    async with write_async(state.engine) as connection:
        return await connection.run_sync(run)


async def lead(state: State, who: Who, held: Held, number: str, said: Any) -> None:
    """Do one step; what is issued or taken back is laid out for the axis in the same transaction."""

    def run(connection: Connection) -> None:
        now = state.clock()
        task = _of(lock_task(connection, number), held)
        wanted = wanted_of(connection, said.draft, now) if said.draft is not None else None
        asked = Act(said.action, said.text, said.word, said.due_on, wanted, said.version)
        after = act(connection, task, asked, Actor(now, who.role.value, who.username), calendar_of(connection))
        _lay_out(connection, after, asked, now)

    async with write_async(state.engine) as connection:
        await connection.run_sync(run)


def _lay_out(connection: Connection, task: Any, asked: Act, now: Any) -> None:
    """The letter of a task just issued, or the message that takes it back; none to an office the axis cannot reach."""
    if task.organ is None or asked.action not in ("issue", "withdraw"):
        return
    letter = Letter(task, letterhead_at(connection, task.issued_at))
    told = {"sender": letter.head.organ, "document_id": letter.document_id}
    if asked.action == "issue":
        put_letter(connection, task, told | {"message_type": EDOC, "data": letter_edxml(letter)}, now)
    elif hold_back(connection, task, now):
        data = withdrawal_edxml(letter, asked.text or "")
        put_letter(connection, task, told | {"message_type": REVOCATION, "data": data}, now)


async def read_rows(state: State, asked: Asked, held: Held) -> tuple[Sequence[Any], Any, Workdays, Any]:
    """Tasks, the flow in force, the calendar, and the moment they are read at."""
    now = state.clock()
    async with read(state.engine) as connection:
        rows = (await connection.execute(list_statement(asked, held, now))).all()
        flow = await connection.run_sync(lambda c: flow_at(c, now))
        calendar = await connection.run_sync(calendar_of)
    return rows, flow, calendar, now


async def read_tasks(state: State, who: Who, asked: Asked, held: Held) -> list[TaskView]:
    """The list, each with its number of today."""
    rows, flow, calendar, now = await read_rows(state, asked, held)
    since = await read_since(state, rows, now)
    return [task_view(row, who.role, flow, (now, calendar), since.get(row.number)) for row in rows]


async def read_task(state: State, who: Who, number: str, held: Held) -> TaskView:
    """One task with its history and letters. NotFound for one that is not, or is another office's."""
    rows, flow, calendar, now = await read_rows(state, Asked(number=number), held)
    row = _of(rows[0] if rows else None, held)
    since = await read_since(state, rows, now)
    view = task_view(row, who.role, flow, (now, calendar), since.get(number))
    async with read(state.engine) as connection:
        view.history = entry_views((await connection.execute(history_statement(row.id))).all(), flow)
        view.sent = sent_views((await connection.execute(letters_statement(row.id))).all())
    return view


async def read_letter(state: State, number: str, held: Held) -> Letter:
    """A task under the letterhead of the day it was issued; of a draft, of now."""
    rows, _, _, now = await read_rows(state, Asked(number=number), held)
    row = _of(rows[0] if rows else None, held)
    async with read(state.engine) as connection:
        return Letter(row, await connection.run_sync(lambda c: letterhead_at(c, row.issued_at or now)))


def _of(row: Any, held: Held) -> Any:
    """The task, as long as it is one's own; another office's, or its draft, does not exist for it."""
    own = row is not None and (held.all or (row.issued_at is not None and held.owns(row)))
    if not own:
        raise NotFound("number: there is no such task here", field="number", title="Không có nhiệm vụ mang số này")
    return row

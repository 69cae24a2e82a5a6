"""Letters that wait for the axis, and what its states mean for the task they carry."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from layers.stepping import Actor, Entry
from layers.tasks.acts import AXIS, Act, act, lock_task, note
from layers.tasks.models import OutgoingLetter, Task
from layers.tasks.rows import calendar_of, flow_at

WAITING, ENDED = "waiting", ("done", "rejection", "fail")
STEPS = {"acceptance": ("receive",), "processing": ("receive", "start"), "done": ("receive", "start")}
"""What a state of the receiver's system means for the task: it is never done by the axis alone, somebody reports it."""
SAID = {
    "inbox": "Trục đã nhận văn bản",
    "acceptance": "Nơi nhận đã nhận văn bản",
    "processing": "Nơi nhận đang xử lý văn bản",
    "done": "Nơi nhận đã xử lý xong văn bản trên hệ thống của mình",
    "rejection": "Nơi nhận từ chối văn bản",
    "fail": "Không gửi được văn bản",
}


def put_letter(connection: Connection, task: Any, written: dict[str, Any], at: datetime) -> None:
    """Lay a letter out for the axis; `written` is document_id, message_type, sender and data."""
    uid = f"{task.number}-{written['message_type']}"
    told = {"uid": uid, "task_id": task.id, "receiver": task.organ, "origin": task.origin}
    connection.execute(insert(OutgoingLetter).values(**told, **written, written_at=at, state_at=at))


def hold_back(connection: Connection, task: Any, at: datetime) -> bool:
    """Keep a letter that has not gone out yet from going; whether one had gone, so that it must be taken back."""
    o = OutgoingLetter
    held = (
        update(o)
        .where(o.task_id == task.id, o.state == WAITING)
        .values(state="fail", detail="thu hồi trước khi gửi", state_at=at)
    )
    connection.execute(held)
    return connection.scalar(select(o.id).where(o.task_id == task.id, o.sent_at.is_not(None)).limit(1)) is not None


def open_letters(connection: Connection, simulated_too: bool) -> list[Any]:
    """Letters to send or to ask about, oldest first; those on figures that are not real only where that is meant."""
    o = OutgoingLetter
    statement = select(o.__table__).where(o.state.not_in(ENDED)).order_by(o.id)
    return list(connection.execute(statement if simulated_too else statement.where(o.origin == "real")))


def take_state(connection: Connection, letter: Any, state: str, detail: str | None, at: datetime) -> bool:
    """Write down what the axis says of a letter, and take the steps that follow from it; whether it is news."""
    o = OutgoingLetter
    now = connection.execute(select(o.__table__).where(o.id == letter.id).with_for_update()).one()
    if now.state == state:
        return False
    sent_at = now.sent_at or at
    connection.execute(
        update(o).where(o.id == letter.id).values(state=state, detail=detail, state_at=at, sent_at=sent_at)
    )
    task = connection.execute(select(Task.__table__).where(Task.id == letter.task_id)).one()
    _follow(connection, lock_task(connection, task.number), letter, (state, detail), at)
    return True


def _follow(connection: Connection, task: Any, letter: Any, said: tuple[str, str | None], at: datetime) -> None:
    state, detail = said
    actor, words = Actor(at, AXIS), SAID.get(state, state) + (f": {detail}" if detail else "")
    wanted = STEPS.get(state, ()) if letter.message_type == "edoc" else ()
    taken = False
    for action in wanted:
        steps = flow_at(connection, at).steps_from(task.state)
        if any(step.action == action and AXIS in step.roles for step in steps):
            task = act(connection, task, Act(action, words), actor, calendar_of(connection))
            taken = True
    if not taken:
        tail = "" if letter.message_type == "edoc" else " (thu hồi)"
        note(connection, task, Entry("axis", actor, {"text": words + tail}))

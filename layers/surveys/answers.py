"""Answers as they are saved: whole, over the one that was read, the former one kept; and how each agency stands."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geo.errors import Conflict
from geo.workdays import Workdays
from layers.sources.expected import State, judge
from layers.surveys.rounds import Round

Stage = Literal["draft", "submitted"]
SAVE_LOCK = 7_105_133
_COLUMNS = "id, round_id, agency, state, rows, door, origin, delivery_id, saved_at, saved_by"


_INSERT = f"""
INSERT INTO survey_answer (round_id, agency, state, rows, door, origin, delivery_id, saved_at, saved_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}
"""  # noqa: S608 - our own names


class Answer(NamedTuple):
    """A saved answer; see `SurveyAnswer`."""

    id: int
    round_id: int
    agency: str
    state: Stage
    rows: list[dict[str, Any]]
    door: str
    origin: str
    delivery_id: int | None
    saved_at: datetime
    saved_by: str


class Save(NamedTuple):
    """An answer to be saved; `over` is the id of the one it was made from, None: there was none."""

    round_id: int
    agency: str
    state: Stage
    rows: list[dict[str, Any]]
    by: str
    over: int | None = None
    door: Literal["page", "form"] = "page"
    origin: str = "real"
    delivery_id: int | None = None


class Present(NamedTuple):
    """What an agency has in a round: the draft that is worked on, and what was last submitted."""

    draft: Answer | None
    submitted: Answer | None

    @property
    def newest(self) -> Answer | None:
        """The one to go on from."""
        return self.draft or self.submitted


class Standing(NamedTuple):
    """How an agency stands: `workdays` late by, or overdue by. `submitted_at` the first time it answered."""

    agency: str
    state: State
    workdays: int
    submitted_at: datetime | None
    present: Present
    corrections: int


def read_present(connection: psycopg.Connection, round_id: int, agency: str) -> Present:
    """An agency's draft and its submitted answer as they are now."""
    return _present(read_current(connection, round_id, agency))


def read_current(
    connection: psycopg.Connection, round_id: int | None = None, agency: str | None = None
) -> list[Answer]:
    """Every current draft and submitted answer, of one round and agency or all."""
    with connection.cursor(row_factory=class_row(Answer)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM survey_answer WHERE superseded_at IS NULL"  # noqa: S608 - our own names
            " AND (%(round)s::int IS NULL OR round_id = %(round)s)"
            " AND (%(agency)s::text IS NULL OR agency = %(agency)s) ORDER BY id",
            {"round": round_id, "agency": agency},
        ).fetchall()


def save_answer(connection: psycopg.Connection, save: Save, now: datetime) -> Answer:
    """Save in the caller's transaction; the same again is not stored twice. Conflict when somebody saved since."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (SAVE_LOCK, save.round_id))
    present = read_present(connection, save.round_id, save.agency)
    newest = present.newest
    if (newest.id if newest else None) != save.over:
        title = "Câu trả lời vừa được lưu ở nơi khác: mở lại rồi sửa tiếp"
        raise Conflict("over: somebody saved this answer since it was read; read it again", field="over", title=title)
    if newest is not None and newest.rows == save.rows and save.state in ("draft", newest.state):
        return newest
    ended = [a.id for a in present if a is not None and (a.state == "draft" or save.state == "submitted")]
    connection.execute("UPDATE survey_answer SET superseded_at = %s WHERE id = ANY(%s)", (now, ended))
    with connection.cursor(row_factory=class_row(Answer)) as cursor:
        made = cursor.execute(
            _INSERT,
            (
                *(save.round_id, save.agency, save.state, Jsonb(save.rows), save.door, save.origin),
                *(save.delivery_id, now, save.by),
            ),
        ).fetchone()
    assert made is not None  # RETURNING always gives the row
    return made


class Saved(NamedTuple):
    """One line of an answer's history."""

    id: int
    state: Stage
    saved_at: datetime
    saved_by: str
    door: str
    lines: int


def read_history(connection: psycopg.Connection, round_id: int, agency: str, limit: int = 30) -> list[Saved]:
    """Every save of an answer, the newest first."""
    with connection.cursor(row_factory=class_row(Saved)) as cursor:
        return cursor.execute(
            "SELECT id, state, saved_at, saved_by, door, jsonb_array_length(rows) AS lines FROM survey_answer"
            " WHERE round_id = %s AND agency = %s ORDER BY id DESC LIMIT %s",
            (round_id, agency, limit),
        ).fetchall()


def read_standings(connection: psycopg.Connection, asked: Round, at: tuple[Workdays, datetime]) -> list[Standing]:
    """How every agency of a round stands, in the round's order; the first submission counts, later ones correct it."""
    calendar, now = at
    firsts = {
        row[0]: row[1:]
        for row in connection.execute(
            "SELECT agency, min(saved_at), count(*) FROM survey_answer"
            " WHERE round_id = %s AND state = 'submitted' GROUP BY 1",
            (asked.id,),
        )
    }
    current = read_current(connection, asked.id)
    due = asked.due_on(calendar)
    return [_standing(code, firsts.get(code), current, (due, now, calendar)) for code in asked.agencies]


def _standing(
    agency: str, first: tuple[datetime, int] | None, current: Iterable[Answer], at: tuple[date, datetime, Workdays]
) -> Standing:
    due, now, calendar = at
    submitted_at, times = first or (None, 0)
    state, workdays = judge(due, submitted_at, now, calendar)
    present = _present([a for a in current if a.agency == agency])
    return Standing(agency, state, workdays, submitted_at, present, max(0, times - 1))


def _present(answers: Iterable[Answer]) -> Present:
    by_state = {answer.state: answer for answer in answers}
    return Present(by_state.get("draft"), by_state.get("submitted"))

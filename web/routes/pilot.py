"""The pilot's records besides its report (/api/bulletins/pilot/twelve): lessons, and when each process lived."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select

from geo.errors import BadInput
from layers.access.roles import Role
from layers.bulletins.pilot import READERS
from layers.database import read, write_async
from layers.pilot.lessons import CATEGORIES, LONGEST, Said, lessons_statement, write_lesson
from layers.pilot.life import PARTS, ProcessLife
from web.access import require
from web.routes.books import person
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem, Words

WRITERS = frozenset({Role.OPERATOR, Role.ADMIN})
MOST = 2000
router = APIRouter(prefix="/api/pilot", responses={401: {"model": Problem}, 403: {"model": Problem}})


class LessonView(BaseModel):
    """One row as it was written; `replaced_by`: the row that words it anew or takes it back (`withdrawn`)."""

    id: int
    at: datetime
    category: str
    text: str
    written_by: str
    replaces: int | None
    replaced_by: int | None
    withdrawn: bool


class LessonList(BaseModel):
    """Every row ever written, the newest first; `can_write`: this reader may add one."""

    can_write: bool
    categories: dict[str, Words]
    lessons: list[LessonView]


class NewLesson(BaseModel):
    """A lesson, in place of another if `replaces` says so; `withdrawn` takes that one back, and `text` says why."""

    category: str = Field(max_length=40)
    text: str = Field(max_length=LONGEST)
    replaces: int | None = Field(None, ge=1, lt=2**62)
    withdrawn: bool = False


class LifeView(BaseModel):
    """One stretch: `up` by the process's own beats, or `down` as `told_by` saw it."""

    process: str
    title: Words
    state: str
    since: datetime
    until: datetime
    told_by: str


@router.get("/lessons")
async def get_lessons(request: Request) -> LessonList:
    """The lessons, with all their former wordings."""
    role, state = await require(request, READERS), state_of(request)
    async with read(state.engine) as connection:
        rows = await connection.run_sync(lambda c: _lesson_views(c.execute(lessons_statement()).all()))
    names = {code: Words.of(title) for code, title in CATEGORIES.items()}
    return LessonList(can_write=role in WRITERS, categories=names, lessons=rows)


def _lesson_views(rows: Any) -> list[LessonView]:
    return [LessonView.model_validate(row, from_attributes=True) for row in rows]


@router.post("/lessons", status_code=201, responses={409: {"model": Problem}})
async def post_lesson(request: Request, lesson: NewLesson) -> dict[str, int]:
    """Write one down; nothing is ever edited."""
    check_origin(request)
    who, state = await person(request, WRITERS), state_of(request)
    said = Said(lesson.category, lesson.text, lesson.replaces, lesson.withdrawn)
    async with write_async(state.engine) as connection:
        return {"id": await connection.run_sync(lambda c: write_lesson(c, said, who.username, state.clock()))}


@router.get("/lives")
async def get_lives(
    request: Request,
    since: Annotated[AwareDatetime, Query(alias="from")],
    until: Annotated[AwareDatetime, Query(alias="to")],
) -> list[LifeView]:
    """The stretches that touch [from, to], the earliest first: the records behind availability."""
    await require(request, READERS)
    if until < since:
        raise BadInput("to: it is before from", field="to")
    wanted = (ProcessLife.since <= until, ProcessLife.until >= since)
    statement = select(ProcessLife.__table__).where(*wanted).order_by(ProcessLife.since, ProcessLife.id).limit(MOST)
    async with read(state_of(request).engine) as connection:
        rows = await connection.execute(statement)
        return [LifeView(title=Words.of(PARTS[r.process]) if r.process in PARTS else Words(vi=r.process, en=r.process),
                         process=r.process, state=r.state, since=r.since, until=r.until, told_by=r.told_by)
                for r in rows]  # fmt: skip

"""What people learnt in the pilot, in their own words: rows that stay; who words one better writes a new one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Identity, Select, insert, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from geo.errors import BadInput, Conflict
from geo.text import compose
from layers.base import Base
from layers.spec import Text

CATEGORIES: dict[str, Text] = {
    "availability": Text("Độ sẵn sàng", "Availability"),
    "freshness": Text("Độ tươi của số liệu", "Freshness"),
    "response": Text("Thời gian xử lý", "Response times"),
    "use": Text("Sử dụng", "Use"),
    "indicators": Text("Chỉ tiêu", "Indicators"),
    "people": Text("Nhân sự, đào tạo", "People and training"),
    "rules": Text("Quy chế, phối hợp", "Rules and cooperation"),
    "other": Text("Khác", "Other"),
}
LONGEST = 4000


class PilotLesson(Base):
    """One lesson as it was written at `at` (UTC). `replaces`: the row it words anew; that one stays and is not shown.

    `withdrawn`: it only takes back the row it replaces.
    """

    __tablename__ = "pilot_lesson"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    category: Mapped[str]
    text: Mapped[str]
    written_by: Mapped[str]
    replaces: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    withdrawn: Mapped[bool] = mapped_column(server_default="false")


@dataclass(frozen=True)
class Said:
    """A lesson to be written down; `replaces` and `withdrawn` as in `PilotLesson`."""

    category: str
    text: str
    replaces: int | None = None
    withdrawn: bool = False


def write_lesson(connection: Connection, said: Said, who: str, now: datetime) -> int:
    """The new row's id. BadInput names what is missing; Conflict when somebody worded that row anew before."""
    if said.category not in CATEGORIES:
        raise BadInput(f"category={said.category[:40]!r}: use one of {', '.join(CATEGORIES)}", field="category")
    words = compose(said.text).strip()
    if not 0 < len(words) <= LONGEST:
        raise BadInput(f"text: between 1 and {LONGEST} characters", field="text", title="Bài học chưa có lời")
    _check_former(connection, said)
    values = {"at": now, "category": said.category, "text": words, "written_by": who}
    row = insert(PilotLesson).values(**values, replaces=said.replaces, withdrawn=said.withdrawn)
    return int(connection.execute(row.returning(PilotLesson.id)).scalar_one())


def _check_former(connection: Connection, said: Said) -> None:
    if said.replaces is None:
        if said.withdrawn:
            raise BadInput("replaces: say which lesson is taken back", field="replaces")
        return
    former = connection.execute(
        select(PilotLesson.id).where(PilotLesson.id == said.replaces).with_for_update()
    ).scalar()
    if former is None:
        raise BadInput(f"replaces={said.replaces}: there is no such lesson", field="replaces")
    if connection.execute(select(PilotLesson.id).where(PilotLesson.replaces == former)).scalar() is not None:
        detail = f"replaces={former}: somebody worded it anew meanwhile; read it again"
        raise Conflict(detail, field="replaces", title="Bài học này vừa được sửa")


def lessons_statement() -> Select[*tuple[Any, ...]]:
    """Every row ever written, the newest first, with the id of the one that words it anew."""
    later = aliased(PilotLesson)
    statement = select(*PilotLesson.__table__.columns, later.id.label("replaced_by"))
    statement = statement.outerjoin(later, later.replaces == PilotLesson.id)
    return statement.order_by(PilotLesson.id.desc())

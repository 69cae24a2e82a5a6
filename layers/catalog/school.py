"""Schools: one point each, with the pupils, teachers and classrooms they report."""

from sqlalchemy import func
from sqlalchemy.orm import Mapped

from layers.base import Base, PointFact
from layers.spec import PEOPLE, Choice, Field, FromFile, Layer, Measure, Style, Text, Token

STAGES = (
    Choice("preschool", Text("Mầm non", "Preschool")),
    Choice("primary", Text("Tiểu học", "Primary")),
    Choice("lower_secondary", Text("Trung học cơ sở", "Lower secondary")),
    Choice("upper_secondary", Text("Trung học phổ thông", "Upper secondary")),
    Choice("multi_level", Text("Nhiều cấp học", "Several stages")),
)


class School(PointFact, Base):
    """One school at its gate; a number nobody has told is None, which is not 0."""

    __tablename__ = "school"

    name: Mapped[str]
    stage: Mapped[str]
    pupils: Mapped[int | None]
    teachers: Mapped[int | None]
    classrooms: Mapped[int | None]
    note: Mapped[str | None]


LAYER = Layer(
    name="school",
    title=Text("Trường học", "Schools"),
    model=School,
    key=School.id,
    geometry=School.geom,
    source="schools",
    rows=School.superseded_at.is_(None),
    fields=(
        Field(School.code, Text("Mã", "Code")),
        Field(School.name, Text("Tên", "Name"), says="name"),
        Field(School.stage, Text("Cấp học", "Stage"), choices=STAGES, says="kind"),
        Field(School.pupils, Text("Học sinh", "Pupils"), unit="people", low=0, high=10000, says="capacity"),
        Field(School.teachers, Text("Giáo viên", "Teachers"), unit="people", low=0, high=1000, says="capacity"),
        Field(School.classrooms, Text("Phòng học", "Classrooms"), unit="rooms", low=0, high=500, says="capacity"),
        Field(School.precision_m, Text("Sai số vị trí", "Position error"), unit="m", low=0),
        Field(School.note, Text("Ghi chú", "Note")),
    ),
    style=Style.circle(Token.LEARNING, minzoom=9),
    cell=School.cell_id,
    time=School.t,
    row_source=School.source_id,
    measures=(
        Measure("schools", Text("Trường học", "Schools"), func.count(), Text("trường", "schools")),
        Measure("pupils", Text("Học sinh", "Pupils"), func.sum(School.pupils), PEOPLE, known=func.count(School.pupils)),
        Measure(
            "teachers",
            Text("Giáo viên", "Teachers"),
            func.sum(School.teachers),
            PEOPLE,
            known=func.count(School.teachers),
        ),
    ),
    file=FromFile(place="geometry", time="as_of"),
)

"""Lines not to be crossed. None is shipped: the owner loads them, and only officers see them."""

from sqlalchemy.orm import Mapped

from layers.access.roles import OFFICERS
from layers.base import Base, LineFact
from layers.spec import Choice, Field, FromFile, Layer, Style, Text, Token

KINDS = (
    Choice("fishing_limit", Text("Ranh giới vùng được phép khai thác", "Limit of permitted fishing")),
    Choice("province", Text("Ranh giới quản lý biển của tỉnh", "Limit of the province's sea")),
    Choice("other", Text("Khác", "Other")),
)


class Boundary(LineFact, Base):
    """One line; `basis` is the paper that draws it."""

    __tablename__ = "boundary"

    name: Mapped[str]
    kind: Mapped[str]
    basis: Mapped[str | None]


LAYER = Layer(
    name="boundary",
    title=Text("Ranh giới trên biển", "Boundary lines"),
    model=Boundary,
    key=Boundary.id,
    geometry=Boundary.geom,
    source="boundaries",
    rows=Boundary.superseded_at.is_(None),
    fields=(
        Field(Boundary.code, Text("Mã", "Code")),
        Field(Boundary.name, Text("Tên", "Name"), says="name"),
        Field(Boundary.kind, Text("Loại", "Kind"), choices=KINDS, says="kind"),
        Field(Boundary.basis, Text("Căn cứ", "Basis")),
    ),
    style=Style.line(Token.BOUNDARY),
    time=Boundary.t,
    row_source=Boundary.source_id,
    read_by=OFFICERS,
    file=FromFile(place="geometry", time="as_of"),
)

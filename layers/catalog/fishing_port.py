"""Fishing ports and shelters: where a boat that is silent is at rest, not missing."""

from sqlalchemy import func
from sqlalchemy.orm import Mapped

from layers.base import Base, PointFact
from layers.spec import Field, FromFile, Layer, Measure, Style, Text, Token


class FishingPort(PointFact, Base):
    """One port; a boat within `radius_m` metres that hardly moves is in port."""

    __tablename__ = "fishing_port"

    name: Mapped[str]
    radius_m: Mapped[int]
    note: Mapped[str | None]


LAYER = Layer(
    name="fishing_port",
    title=Text("Cảng cá", "Fishing ports"),
    model=FishingPort,
    key=FishingPort.id,
    geometry=FishingPort.geom,
    source="ports",
    rows=FishingPort.superseded_at.is_(None),
    fields=(
        Field(FishingPort.code, Text("Mã", "Code")),
        Field(FishingPort.name, Text("Tên", "Name"), says="name"),
        Field(FishingPort.radius_m, Text("Bán kính", "Radius"), unit="m", low=10, high=20000),
        Field(FishingPort.precision_m, Text("Sai số vị trí", "Position error"), unit="m", low=0),
        Field(FishingPort.note, Text("Ghi chú", "Note")),
    ),
    style=Style.circle(Token.PORT, minzoom=6, radius=3.5),
    cell=FishingPort.cell_id,
    time=FishingPort.t,
    row_source=FishingPort.source_id,
    measures=(Measure("ports", Text("Cảng cá", "Fishing ports"), func.count(), Text("cảng", "ports")),),
    file=FromFile(place="geometry", near_m=5000),
)

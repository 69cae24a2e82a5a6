"""One-stop-shop centres: dossiers taken in and settled, in the month each centre last reported."""

from sqlalchemy import func
from sqlalchemy.orm import Mapped

from layers.base import Base, PointFact
from layers.spec import PERCENT, Choice, Field, FromFile, Layer, Measure, Style, Text, Token

LEVELS = (
    Choice("province", Text("Cấp tỉnh", "Province")),
    Choice("commune", Text("Cấp xã", "Commune")),
)


class OneStopShop(PointFact, Base):
    """One centre and its month; `on_time` counts dossiers settled on time or early, `overdue` those still late."""

    __tablename__ = "one_stop_shop"

    name: Mapped[str]
    level: Mapped[str]
    received: Mapped[int | None]
    resolved: Mapped[int | None]
    on_time: Mapped[int | None]
    overdue: Mapped[int | None]


DOSSIERS = Text("hồ sơ", "dossiers")
_TOLD = OneStopShop.resolved.is_not(None) & OneStopShop.on_time.is_not(None)

LAYER = Layer(
    name="one_stop_shop",
    title=Text("Trung tâm Phục vụ hành chính công", "One-stop-shop centres"),
    model=OneStopShop,
    key=OneStopShop.id,
    geometry=OneStopShop.geom,
    source="igate",
    rows=OneStopShop.superseded_at.is_(None),
    fields=(
        Field(OneStopShop.code, Text("Mã", "Code")),
        Field(OneStopShop.name, Text("Tên", "Name"), says="name"),
        Field(OneStopShop.level, Text("Cấp", "Level"), choices=LEVELS, says="kind"),
        Field(OneStopShop.received, Text("Hồ sơ tiếp nhận", "Received"), unit="dossiers", low=0, says="capacity"),
        Field(OneStopShop.resolved, Text("Hồ sơ đã giải quyết", "Settled"), unit="dossiers", low=0, says="capacity"),
        Field(OneStopShop.on_time, Text("Đúng hạn và trước hạn", "On time or early"), unit="dossiers", low=0),
        Field(OneStopShop.overdue, Text("Quá hạn chưa giải quyết", "Overdue"), unit="dossiers", low=0),
        Field(OneStopShop.precision_m, Text("Sai số vị trí", "Position error"), unit="m", low=0),
    ),
    style=Style.circle(Token.SERVICE, minzoom=9),
    cell=OneStopShop.cell_id,
    time=OneStopShop.t,
    row_source=OneStopShop.source_id,
    measures=(
        Measure(
            "received",
            Text("Hồ sơ tiếp nhận trong tháng", "Dossiers received in the month"),
            func.sum(OneStopShop.received),
            DOSSIERS,
            known=func.count(OneStopShop.received),
        ),
        Measure(
            "resolved",
            Text("Hồ sơ đã giải quyết trong tháng", "Dossiers settled in the month"),
            func.sum(OneStopShop.resolved),
            DOSSIERS,
            known=func.count(OneStopShop.resolved),
        ),
        Measure(
            "overdue",
            Text("Hồ sơ quá hạn chưa giải quyết", "Dossiers overdue"),
            func.sum(OneStopShop.overdue),
            DOSSIERS,
            known=func.count(OneStopShop.overdue),
            good="down",
        ),
        Measure(
            "on_time_pct",
            Text("Giải quyết đúng hạn và trước hạn", "Settled on time or early"),
            func.sum(OneStopShop.on_time).filter(_TOLD),
            PERCENT,
            known=func.count().filter(_TOLD),
            good="up",
            digits=1,
            denominator=func.sum(OneStopShop.resolved).filter(_TOLD),
            times=100,
        ),
    ),
    file=FromFile(place="geometry", near_m=5000, time="as_of"),
)

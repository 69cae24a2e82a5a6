"""Tourist sites and lodging: where visitors go and where they may sleep."""

from sqlalchemy import func
from sqlalchemy.orm import Mapped

from layers.base import Base, PointFact
from layers.spec import Choice, Field, FromFile, Layer, Measure, Style, Text, Token

KINDS = (
    Choice("beach", Text("Bãi biển", "Beach")),
    Choice("island", Text("Đảo", "Island")),
    Choice("heritage", Text("Di tích", "Heritage")),
    Choice("nature", Text("Thắng cảnh", "Nature")),
    Choice("craft", Text("Làng nghề", "Craft village")),
    Choice("lodging", Text("Cơ sở lưu trú", "Lodging")),
)
RANKS = (
    Choice("special_national", Text("Di tích quốc gia đặc biệt", "Special national heritage")),
    Choice("national", Text("Di tích cấp quốc gia", "National heritage")),
    Choice("provincial", Text("Di tích cấp tỉnh", "Provincial heritage")),
    Choice("none", Text("Chưa xếp hạng", "Not ranked")),
)


class TouristSite(PointFact, Base):
    """One site; `visitors` are those of the month it last reported, `rooms` those to let."""

    __tablename__ = "tourist_site"

    name: Mapped[str]
    kind: Mapped[str]
    rank: Mapped[str | None]
    rooms: Mapped[int | None]
    visitors: Mapped[int | None]
    note: Mapped[str | None]


LAYER = Layer(
    name="tourist_site",
    title=Text("Điểm du lịch", "Tourist sites"),
    model=TouristSite,
    key=TouristSite.id,
    geometry=TouristSite.geom,
    source="tourism",
    rows=TouristSite.superseded_at.is_(None),
    fields=(
        Field(TouristSite.code, Text("Mã", "Code")),
        Field(TouristSite.name, Text("Tên", "Name"), says="name"),
        Field(TouristSite.kind, Text("Loại", "Kind"), choices=KINDS, says="kind"),
        Field(TouristSite.rank, Text("Xếp hạng", "Rank"), choices=RANKS),
        Field(TouristSite.rooms, Text("Phòng lưu trú", "Rooms"), unit="rooms", low=0, high=5000, says="capacity"),
        Field(TouristSite.visitors, Text("Lượt khách tháng gần nhất", "Visitors, last month"), unit="visits", low=0),
        Field(TouristSite.precision_m, Text("Sai số vị trí", "Position error"), unit="m", low=0),
        Field(TouristSite.note, Text("Ghi chú", "Note")),
    ),
    style=Style.circle(Token.TOURISM, minzoom=9),
    cell=TouristSite.cell_id,
    time=TouristSite.t,
    row_source=TouristSite.source_id,
    measures=(
        Measure("sites", Text("Điểm du lịch", "Tourist sites"), func.count(), Text("điểm", "sites")),
        Measure(
            "rooms",
            Text("Phòng lưu trú", "Rooms to let"),
            func.sum(TouristSite.rooms),
            Text("phòng", "rooms"),
            known=func.count(TouristSite.rooms),
        ),
        Measure(
            "visitors",
            Text("Lượt khách tháng gần nhất", "Visitors in the last month"),
            func.sum(TouristSite.visitors),
            Text("lượt", "visits"),
            known=func.count(TouristSite.visitors),
        ),
    ),
    file=FromFile(place="geometry", near_m=5000, time="as_of"),
)

"""Departures and arrivals: as the border guard's stations write them, and as the ports do (eCDT).

Two books of one sort, never one: what one has and the other lacks is a disagreement. Shapes not public (chưa xác minh).
"""

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped

from layers.access.roles import NOBODY
from layers.base import Base, Fact
from layers.books.of_boat import OfBoat, number_field
from layers.spec import Book, Choice, Field, FromFile, Text

BORDER, PORT = "border", "port"
AT = ("Thời gian", "Thời điểm", "Ngày giờ", "Giờ xuất/nhập bến", "Giờ rời/cập cảng")


class PortCall(OfBoat, Fact, Base):
    """One departure or arrival in one book: `keeper` is border or port, `direction` out or in, `t` when (UTC).

    `code` is the entry's number in its book. The captain's name is personal.
    """

    __tablename__ = "port_call"

    keeper: Mapped[str]
    station: Mapped[str]
    direction: Mapped[str]
    crew: Mapped[int | None]
    captain: Mapped[str | None]
    gear: Mapped[str | None]
    ground: Mapped[str | None]
    return_on: Mapped[date | None]
    document: Mapped[str | None]
    note: Mapped[str | None]


def _fields(station: Field, out: Choice, came: Choice) -> tuple[Field, ...]:
    number = Text("Số lượt", "Entry")
    return (
        Field(PortCall.code, number, file_name="entry_no", also=("Số thứ tự", "Mã lượt", "Số vào sổ")),
        number_field(PortCall),
        station,
        Field(PortCall.direction, Text("Chiều", "Direction"), choices=(out, came), also=("Loại", "Xuất/nhập")),
        Field(PortCall.crew, Text("Số thuyền viên", "Crew"), low=0, high=200, also=("Số lao động", "Số người")),
        Field(PortCall.captain, Text("Thuyền trưởng", "Captain"), read_by=NOBODY, also=("Họ tên thuyền trưởng",)),
        Field(PortCall.gear, Text("Nghề", "Gear"), also=("Nghề khai thác",)),
        Field(PortCall.ground, Text("Ngư trường", "Ground"), also=("Vùng khai thác", "Nơi đến")),
        Field(PortCall.return_on, Text("Dự kiến về", "Expected back"), also=("Ngày về dự kiến",)),
        Field(PortCall.document, Text("Giấy tờ", "Document"), also=("Số giấy", "Số chứng từ")),
        Field(PortCall.note, Text("Ghi chú", "Note")),
    )


def _file(keeper: str) -> FromFile:
    fixed: tuple[tuple[str, Any], ...] = (("keeper", keeper),)
    return FromFile(
        place="none",
        code="entry_no",
        time="at",
        time_also=AT,
        time_needed=True,
        fixed=fixed,
        day_first=True,
        withhold=True,
    )


BORDER_CALL = Book(
    name="border_call",
    title=Text("Sổ xuất, nhập bến (Trạm Kiểm soát Biên phòng)", "Departures and arrivals (border guard)"),
    model=PortCall,
    source="border_guard",
    fields=_fields(
        Field(PortCall.station, Text("Trạm", "Station"), also=("Trạm kiểm soát", "Trạm Kiểm soát Biên phòng", "Đồn")),
        Choice("out", Text("xuất bến", "departure"), ("xuất", "đi", "rời bến")),
        Choice("in", Text("nhập bến", "arrival"), ("nhập", "về")),
    ),
    file=_file(BORDER),
)
PORT_CALL = Book(
    name="port_call",
    title=Text("Rời cảng, cập cảng (eCDT)", "Departures and arrivals (ports, eCDT)"),
    model=PortCall,
    source="ecdt",
    fields=_fields(
        Field(PortCall.station, Text("Cảng", "Port"), also=("Tên cảng", "Cảng cá")),
        Choice("out", Text("rời cảng", "departure"), ("rời",)),
        Choice("in", Text("cập cảng", "arrival"), ("cập",)),
    ),
    file=_file(PORT),
)
BOOKS = (BORDER_CALL, PORT_CALL)

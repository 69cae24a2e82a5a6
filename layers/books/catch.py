"""What was landed (bốc dỡ, eCDT) and what the logbooks come to: kilograms by species, nobody who bought.

Shapes not public (chưa xác minh).
"""

from datetime import date

from sqlalchemy.orm import Mapped

from layers.base import Base, Fact
from layers.books.of_boat import OfBoat, number_field
from layers.spec import Book, Field, FromFile, Text

MOST_KG = 500_000
LANDED = ("Thời gian", "Thời gian bốc dỡ", "Ngày bốc dỡ")
ENDED = ("Ngày kết thúc chuyến", "Ngày về")


class Landing(OfBoat, Fact, Base):
    """One species of one landing at a port at `t`; `receipt_no` is the landing's, `certificate` a confirmation's."""

    __tablename__ = "landing"

    receipt_no: Mapped[str]
    port: Mapped[str]
    species: Mapped[str]
    kg: Mapped[float]
    certificate: Mapped[str | None]


class CatchLog(OfBoat, Fact, Base):
    """One species of one trip's logbook, summed; the trip ended at `t`."""

    __tablename__ = "catch_log"

    logbook_no: Mapped[str]
    began_on: Mapped[date | None]
    species: Mapped[str]
    kg: Mapped[float]


SPECIES = Text("Loài", "Species")
KG = Text("Khối lượng", "Weight")
KG_ALSO = ("Sản lượng", "Số lượng", "Kg")

LANDING = Book(
    name="landing",
    title=Text("Sản lượng bốc dỡ (eCDT)", "Landings (eCDT)"),
    model=Landing,
    source="ecdt",
    fields=(
        Field(Landing.receipt_no, Text("Số biên nhận", "Receipt"), also=("Mã lượt bốc dỡ", "Số giấy biên nhận")),
        number_field(Landing),
        Field(Landing.port, Text("Cảng", "Port"), also=("Tên cảng", "Cảng cá", "Cảng bốc dỡ")),
        Field(Landing.species, SPECIES, also=("Tên loài", "Loài thủy sản")),
        Field(Landing.kg, KG, unit="kg", low=0, high=MOST_KG, also=KG_ALSO),
        Field(Landing.certificate, Text("Số giấy xác nhận", "Certificate"), also=("Giấy xác nhận nguyên liệu",)),
    ),
    file=FromFile(place="none", code="receipt_no", key=("receipt_no", "species"), time="at", time_also=LANDED,
                  time_needed=True, day_first=True, withhold=True),
)  # fmt: skip
CATCH_LOG = Book(
    name="catch_log",
    title=Text("Nhật ký khai thác (tổng hợp)", "Logbooks (sums)"),
    model=CatchLog,
    source="ecdt",
    fields=(
        Field(CatchLog.logbook_no, Text("Số nhật ký", "Logbook"), also=("Mã nhật ký", "Số nhật ký khai thác")),
        number_field(CatchLog),
        Field(CatchLog.began_on, Text("Ngày bắt đầu chuyến", "Began"), also=("Ngày đi",)),
        Field(CatchLog.species, SPECIES, also=("Tên loài", "Loài thủy sản")),
        Field(CatchLog.kg, KG, unit="kg", low=0, high=MOST_KG, also=KG_ALSO),
    ),
    file=FromFile(place="none", code="logbook_no", key=("logbook_no", "species"), time="at", time_also=ENDED,
                  time_needed=True, day_first=True, withhold=True),
)  # fmt: skip
BOOKS = (LANDING, CATCH_LOG)

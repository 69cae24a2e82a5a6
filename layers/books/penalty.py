"""Administrative penalties (xử phạt vi phạm hành chính): the decision, the boat, the article as cited; no person.

What is cited is told as it is cited: whether decree and article are right nobody has checked here (chưa xác minh).
"""

from datetime import date

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base, Fact
from layers.books.of_boat import OfBoat, number_field
from layers.spec import Book, Choice, Field, FromFile, Text

STATES = (
    Choice("unpaid", Text("chưa nộp", "unpaid"), ("chưa thi hành",)),
    Choice("part", Text("nộp một phần", "partly paid"), ("đang thi hành",)),
    Choice("paid", Text("đã nộp", "paid"), ("đã thi hành", "thi hành xong")),
    Choice("forced", Text("cưỡng chế", "enforced"), ("cưỡng chế thi hành",)),
    Choice("lifted", Text("hủy, đình chỉ", "lifted"), ("hủy bỏ", "đình chỉ thi hành")),
)
OPEN = ("unpaid", "part", "forced")


class Penalty(OfBoat, Fact, Base):
    """One decision of `t`; `code` is its number and sign (số, ký hiệu), `amount_vnd` in đồng.

    The offender is told by the boat alone.
    """

    __tablename__ = "penalty"

    agency: Mapped[str]
    conduct: Mapped[str]
    decree: Mapped[str | None]
    article: Mapped[str | None]
    amount_vnd: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str]
    paid_on: Mapped[date | None]
    measures: Mapped[str | None]


PENALTY = Book(
    name="penalty",
    title=Text("Xử phạt vi phạm hành chính", "Administrative penalties"),
    model=Penalty,
    source="penalties",
    fields=(
        Field(Penalty.code, Text("Số quyết định", "Decision"), file_name="decision_no", also=("Số, ký hiệu",)),
        number_field(Penalty),
        Field(Penalty.agency, Text("Cơ quan ra quyết định", "Agency"), also=("Cơ quan xử phạt", "Cơ quan")),
        Field(Penalty.conduct, Text("Hành vi", "Conduct"), also=("Hành vi vi phạm",)),
        Field(Penalty.decree, Text("Nghị định", "Decree"), also=("Văn bản áp dụng",)),
        Field(Penalty.article, Text("Điều, khoản", "Article"), also=("Điều khoản áp dụng",)),
        Field(Penalty.amount_vnd, Text("Số tiền", "Amount"), unit="VND", low=0, high=10_000_000_000,
              also=("Mức phạt", "Tiền phạt", "Số tiền phạt")),
        Field(Penalty.state, Text("Tình trạng thi hành", "State"), choices=STATES, also=("Tình trạng", "Thi hành")),
        Field(Penalty.paid_on, Text("Ngày nộp", "Paid on"), also=("Ngày nộp phạt",)),
        Field(Penalty.measures, Text("Hình phạt bổ sung, khắc phục", "Measures"),
              also=("Hình thức bổ sung", "Biện pháp khắc phục")),
    ),
    file=FromFile(place="none", code="decision_no", time="decided_on",
                  time_also=("Ngày quyết định", "Ngày ra quyết định"), time_needed=True, day_first=True, withhold=True),
)  # fmt: skip
BOOKS = (PENALTY,)

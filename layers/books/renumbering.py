"""Re-registrations: the same boat under a new number from a day on. A dated link, never an edit of either book."""

from sqlalchemy import Computed
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base, Fact
from layers.spec import Book, Field, FromFile, Text
from layers.vessels.registry import key_sql


class Renumbering(Fact, Base):
    """The boat that was `old_no` is `new_no` from `t` on; `code` is the paper that says so."""

    __tablename__ = "renumbering"

    old_no: Mapped[str]
    new_no: Mapped[str]
    reason: Mapped[str | None]
    old_key: Mapped[str] = mapped_column(Computed(key_sql("old_no"), persisted=True))
    new_key: Mapped[str] = mapped_column(Computed(key_sql("new_no"), persisted=True))


RENUMBERING = Book(
    name="renumbering",
    title=Text("Đổi số đăng ký tàu cá", "Boats registered anew"),
    model=Renumbering,
    source="vessel_registry",
    fields=(
        Field(Renumbering.code, Text("Số văn bản", "Paper"), file_name="paper_no", also=("Số quyết định",)),
        Field(Renumbering.old_no, Text("Số đăng ký cũ", "Old number"), also=("Số cũ",)),
        Field(Renumbering.new_no, Text("Số đăng ký mới", "New number"), also=("Số mới",)),
        Field(Renumbering.reason, Text("Lý do", "Reason")),
    ),
    file=FromFile(place="none", code="paper_no", time="from_day", time_also=("Từ ngày", "Ngày đổi", "Ngày hiệu lực"),
                  time_needed=True, day_first=True, withhold=True),
)  # fmt: skip
BOOKS = (RENUMBERING,)

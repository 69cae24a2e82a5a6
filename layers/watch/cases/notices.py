"""Notices: the words of a template filled in for one case and one recipient, kept with what became of them.

Templates are dated rows in official Vietnamese; placeholders in braces are known by name, another one is refused.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Select, func, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from geo.errors import BadInput
from layers.base import Base
from layers.spec import Text
from layers.watch.rules import Kept

RECIPIENTS: Mapping[str, Text] = {
    "owner": Text("chủ tàu", "owner"),
    "captain": Text("thuyền trưởng", "captain"),
    "family": Text("gia đình", "family"),
    "post": Text("Đồn/Trạm Kiểm soát Biên phòng", "border guard post"),
    "commune": Text("UBND xã, phường, đặc khu", "commune"),
    "provider": Text("đơn vị cung cấp thiết bị", "device provider"),
    "fisheries": Text("Chi cục Thủy sản", "fisheries branch"),
    "rescue": Text("Trung tâm Phối hợp tìm kiếm, cứu nạn hàng hải", "maritime rescue coordination centre"),
}
CHANNELS: Mapping[str, Text] = {
    "copy": Text("chép nội dung", "copy"),
    "print": Text("in", "print"),
    "sms": Text("SMS", "SMS"),
    "zalo": Text("Zalo", "Zalo"),
}
STATES: Mapping[str, Text] = {
    "prepared": Text("đã soạn", "prepared"),
    "printed": Text("đã in", "printed"),
    "sent": Text("đã gửi", "sent"),
    "failed": Text("gửi không được", "failed"),
}
PLACEHOLDERS: Mapping[str, Text] = {
    "tau": Text("số đăng ký và tên tàu", "the boat's number and name"),
    "so_vu_viec": Text("số vụ việc", "the number of the case"),
    "loai": Text("loại vụ việc", "the kind of case"),
    "luc": Text("lúc bắt đầu", "when it began"),
    "bao_lau": Text("đã bao lâu", "for how long"),
    "vi_tri": Text("vị trí cuối", "the last position"),
    "vi_tri_luc": Text("lúc có vị trí cuối", "when that position was"),
    "chieu_dai": Text("chiều dài lớn nhất", "the greatest length"),
    "cang": Text("cảng đăng ký", "home port"),
    "thuyen_vien": Text("số thuyền viên", "crew"),
    "dieu_khoan": Text("điều khoản", "the article of law"),
    "han": Text("hạn báo vị trí", "when a position is due"),
    "noi_nhan": Text("nơi nhận", "the recipient"),
    "bay_gio": Text("lúc soạn", "when it was written"),
}
_FIELD = re.compile(r"\{([^{}]*)\}")


class NoticeTemplate(Kept, Base):
    """The wording of one notice for one sort of recipient; `kinds` of case it is for, separated by spaces (empty: any).

    A change is a new row: `version` grows, what was sent names the one it was made of.
    """

    __tablename__ = "notice_template"

    recipient: Mapped[str]
    kinds: Mapped[str]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    version: Mapped[int]
    source: Mapped[str]
    verified: Mapped[bool]


class Notice(Base):
    """One notice as it was made: its words never change; `state` says what became of it.

    `channel` is copy, print, sms or zalo; `failure` why it could not be sent. The text may name people: it is read as
    their telephones are.
    """

    __tablename__ = "notice"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """The states it may have."""
        return (CheckConstraint("state IN ('prepared', 'printed', 'sent', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("watch_case.id"), index=True)
    template: Mapped[str]
    template_version: Mapped[int]
    recipient: Mapped[str]
    recipient_name: Mapped[str | None]
    channel: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    state: Mapped[str]
    failure: Mapped[str | None]
    origin: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    state_at: Mapped[datetime]


def templates_statement() -> Select[Any]:
    """The templates as known now."""
    kept = NoticeTemplate.superseded_at.is_(None)
    return select(NoticeTemplate.__table__).where(kept).order_by(NoticeTemplate.recipient, NoticeTemplate.code)


def check_template(text: str, field: str = "text") -> None:
    """BadInput names every placeholder that is none."""
    unknown = sorted(set(_FIELD.findall(text)) - PLACEHOLDERS.keys())
    if unknown or "{" in _FIELD.sub("", text) or "}" in _FIELD.sub("", text):
        named = ", ".join(f"{{{name[:40]}}}" for name in unknown) or "a brace that stands alone"
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        detail = f"{field}: {named} is no placeholder; use {known}"
        raise BadInput(detail, field=field, title=f"Không có chỗ điền {named}")


def fill_template(text: str, values: Mapping[str, str]) -> str:
    """The words with every placeholder filled in; what nobody knows is said as such."""
    return _FIELD.sub(lambda hit: values.get(hit[1]) or "(chưa có số liệu)", text)

"""How a case goes, as rows: its states with the time each may take, and the steps between them.

Set up after QĐ 1409/QĐ-UBND (12/11/2024), whose step times are not public: ours are settings, `verified` false. A row
is never edited; a changed flow is new rows, the former ones are superseded.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Index, Select, SmallInteger, Text, select, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from layers import spec
from layers.base import Base
from layers.watch.rules import Kept

STATE, STEP = "state", "step"
ANY = "*"
"""Stands for every state that is open."""
NEW, REOPENED = "new", "reopened"

ACTIONS: Mapping[str, spec.Text] = {
    "acknowledge": spec.Text("Tiếp nhận", "Acknowledge"),
    "assign": spec.Text("Giao việc", "Assign"),
    "call": spec.Text("Ghi cuộc gọi", "Log a call"),
    "report": spec.Text("Ghi vị trí được báo", "Write down a reported position"),
    "notice": spec.Text("Soạn thông báo", "Write a notice"),
    "note": spec.Text("Ghi chú", "Note"),
    "promise": spec.Text("Hẹn việc", "Note a promise"),
    "keep": spec.Text("Lời hẹn đã xong", "Promise kept"),
    "move": spec.Text("Chuyển bước", "Move on"),
    "close": spec.Text("Kết thúc", "Close"),
    "reopen": spec.Text("Mở lại", "Reopen"),
}
"""What people can do with a case; where and when is the flow's."""


class FlowColumns(Kept):
    """A state of a flow (`part` state), or a step from it (`part` step).

    `kinds` are the kinds of case that go this way. A state may take `within_s` seconds, `due_vi` says what is due then;
    NULL: no clock. A step of `action` from `state` (`*`: every open one) leads to `to_state` (NULL: it stays), for
    `roles`, with `needs` beyond what the action asks for anyway, under the letter `key`.
    """

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """One current row per code."""
        name = f"uq_{cls.__tablename__}_current"  # type: ignore[attr-defined]
        once = Index(name, "code", unique=True, postgresql_where=text("superseded_at IS NULL"))
        return (once, CheckConstraint("part IN ('state', 'step')", name="part"))

    flow: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    part: Mapped[str]
    state: Mapped[str]
    action: Mapped[str | None]
    to_state: Mapped[str | None]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    within_s: Mapped[int | None]
    due_vi: Mapped[str | None]
    due_en: Mapped[str | None]
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    key: Mapped[str | None]
    place: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class FlowRow(FlowColumns, Base):
    """How cases of the watch go."""

    __tablename__ = "case_flow"


def flow_statement() -> Select[Any]:
    """Every row as known now, in the order people read them."""
    return select(FlowRow.__table__).where(FlowRow.superseded_at.is_(None)).order_by(FlowRow.flow, FlowRow.place)

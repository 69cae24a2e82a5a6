"""A case as it stands, and its ledger: the case row is what its entries come to, the entries are never edited."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.spec import Text

KINDS: dict[str, Text] = {
    "distress": Text("Cứu nạn", "Distress"),
    "boundary": Text("Vượt ranh giới vùng được phép khai thác", "Crossing the permitted boundary"),
    "silence": Text("Mất kết nối", "Silent"),
    "ais_speaks": Text("AIS phát, giám sát hành trình im", "AIS speaks while the monitoring device is silent"),
    "device": Text("Nhiều thiết bị đi cùng nhau", "Several devices moving as one"),
    "zone": Text("Khai thác sai vùng", "Wrong belt for the length"),
    "identity": Text("Nhảy vị trí, trùng số nhận dạng", "Impossible jump, shared identity"),
    "incident": Text("Sự cố truyền dẫn", "Common cause"),
    "other": Text("Việc khác", "Other"),
}
"""In the order of the queue: people in danger come before every violation. `priority` is the place in it."""
CLOSED = "closed"
ENTRIES: dict[str, Text] = {
    "opened": Text("mở vụ việc", "case opened"),
    "event": Text("máy phát hiện", "found by the machine"),
    "reset": Text("tái diễn, cần xem lại", "happened again, to be looked at anew"),
    "acknowledged": Text("đã tiếp nhận", "acknowledged"),
    "assigned": Text("giao việc", "assigned"),
    "state": Text("chuyển bước", "moved on"),
    "call": Text("cuộc gọi", "call"),
    "report": Text("báo vị trí", "position reported"),
    "notice": Text("thông báo", "notice"),
    "promise": Text("lời hẹn", "promise"),
    "kept": Text("lời hẹn đã xong", "promise kept"),
    "note": Text("ghi chú", "note"),
    "outcome": Text("kết quả", "outcome"),
    "cleared": Text("không tính lỗi thuyền trưởng", "captain cleared"),
    "incident": Text("thuộc sự cố", "part of an incident"),
    "dossier": Text("lập hồ sơ", "dossier made"),
    "unmasked": Text("xem số điện thoại", "contact unmasked"),
}


class Case(Base):
    """One matter that needs somebody (table `watch_case`; `number` is what people say: VV-2026-000123).

    `began_at` is when the matter began, `opened_at` when we knew. `due_at` is the next clock, `due_what` its name.
    `acknowledged_at` is emptied when it happens again. `lead` is central or province. `version` grows with every
    entry: who changes a case says which version was read. Places are EPSG:4326 in ten-millionths of a degree.
    """

    __tablename__ = "watch_case"
    __table_args__ = (
        Index("ix_watch_case_open", "priority", "due_at", postgresql_where=text("state <> 'closed'")),
        Index("ix_watch_case_changed_at", "changed_at"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger)
    vessel_id: Mapped[int | None] = mapped_column(index=True)
    transmitter_id: Mapped[int | None]
    incident_id: Mapped[int | None]
    began_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    state: Mapped[str]
    state_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_what: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    assigned_to: Mapped[str | None]
    lead: Mapped[str | None]
    length_m: Mapped[float | None]
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    origin: Mapped[str]
    lon_e7: Mapped[int | None]
    lat_e7: Mapped[int | None]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class CaseEvent(Base):
    """Which events a case is about, by key: one event belongs to one case."""

    __tablename__ = "case_event"

    event_key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("watch_case.id"), index=True)


class CaseEntry(Base):
    """One line of the ledger. `at` is when it happened, `stored_at` when we wrote it down; `actor` NULL: the machine.

    `body` is what the kind has to say (`layers.watch.cases.ledger`); no telephone number stands in it.
    """

    __tablename__ = "case_entry"
    __table_args__ = (Index("ix_case_entry_stored_at", "stored_at", postgresql_using="brin"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("watch_case.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str | None]
    role: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)

"""A citizen's report as it stands, its history that is never edited, its photos, and the rows that say how it goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.cases.flow import FlowColumns
from layers.watch.rules import Kept


class ReportCategory(Kept, Base):
    """What may be told, who answers it and within how many working days.

    `agency` is `commune` (the committee of the place) or an agency's name. `accepted` false: it is law's own way
    (khiếu nại, tố cáo), and `refer_vi` says where to go; `keywords` make us ask whether a text is that instead.
    """

    __tablename__ = "report_category"

    title_vi: Mapped[str]
    title_en: Mapped[str]
    agency: Mapped[str]
    within_days: Mapped[int] = mapped_column(SmallInteger)
    near_m: Mapped[int]
    near_days: Mapped[int] = mapped_column(SmallInteger)
    reopen_days: Mapped[int] = mapped_column(SmallInteger)
    accepted: Mapped[bool]
    refer_vi: Mapped[str | None]
    refer_en: Mapped[str | None]
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text))
    place: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class ReportFlowRow(FlowColumns, Base):
    """A state of a report or a step between two, in the words of `FlowColumns`.

    Of a state, `clock` says whether it runs, is paused, or has ended, and `shown_as` what the map's layer calls it.
    """

    __tablename__ = "report_flow"

    clock: Mapped[str | None]
    shown_as: Mapped[str | None]


class ReportCase(Base):
    """One report. `number` is public; who holds the code (kept as a hash) follows it, rates it, reopens it.

    Places are EPSG:4326 in ten-millionths of a degree, NULL where only the commune was told. `contact` is encrypted.
    `released_at`: since when a person lets text and photos be public. `due_at` moves by the time spent paused.
    """

    __tablename__ = "report_case"
    __table_args__ = (
        Index("ix_report_case_open", "due_at", postgresql_where=text("ended_at IS NULL")),
        Index("ix_report_case_near", "category", "received_at"),
        CheckConstraint("(lon_e7 IS NULL) = (lat_e7 IS NULL)", name="place"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    channel: Mapped[str]
    origin: Mapped[str]
    category: Mapped[str]
    text: Mapped[str]
    address: Mapped[str | None]
    lon_e7: Mapped[int | None]
    lat_e7: Mapped[int | None]
    unit: Mapped[str] = mapped_column(index=True)
    unit_name: Mapped[str]
    agency: Mapped[str]
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    state: Mapped[str]
    state_since: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    supporters: Mapped[int] = mapped_column(server_default="0")
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("report_case.id"), index=True)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rating_text: Mapped[str | None]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class ReportEntry(Base):
    """One line of a report's history; `actor` NULL: whoever told it. No name and no telephone stands in it."""

    __tablename__ = "report_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report_case.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str | None]
    role: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ReportPhoto(Base):
    """A photo as we drew it anew: JPEG, nothing of its camera left. `token` is its address."""

    __tablename__ = "report_photo"

    token: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report_case.id"), index=True)
    place: Mapped[int] = mapped_column(SmallInteger)
    width: Mapped[int]
    height: Mapped[int]
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class AccountUnit(Base):
    """The commune an account works for; one without a row here works for none."""

    __tablename__ = "account_unit"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    unit: Mapped[str]

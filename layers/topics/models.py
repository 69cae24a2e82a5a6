"""Topics as dated rows, the rule of rising ones, and the counts of a topic by day and kind of place."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Numeric, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.spec import Text
from layers.watch.rules import Kept

EVERYTHING = "all"
"""The topic under which every mention of the province is counted once."""
PLATFORMS = {
    "news": Text("báo, trang tin", "news"),
    "forum": Text("diễn đàn", "forums"),
    "social": Text("mạng xã hội", "social networks"),
    "video": Text("video", "video"),
    "blog": Text("blog", "blogs"),
}
COUNTS = ("mentions", "positive", "neutral", "negative", "spread", "reach", "to_answer", "answered")
"""Told of a topic, a day and a kind of place; `spread` are shares and repeats, `reach` views."""


class Topic(Kept, Base):
    """A topic that is followed in [valid_from, valid_to)."""

    __tablename__ = "topic"

    name_vi: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class TopicRule(Kept, Base):
    """A topic rises when its mean of the last `days` days is `ratio` times its mean of the `base_days` before, or more.

    Only with `least` mentions in those days, and `least_told` days of the base told.
    """

    __tablename__ = "topic_rule"

    days: Mapped[int] = mapped_column(SmallInteger)
    base_days: Mapped[int] = mapped_column(SmallInteger)
    ratio: Mapped[Decimal] = mapped_column(Numeric)
    least: Mapped[int]
    least_told: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class TopicDay(Base):
    """The counts of one topic on one day of Việt Nam in one kind of place, as told; the last word is in force."""

    __tablename__ = "topic_day"
    __table_args__ = (
        CheckConstraint(f"platform IN {tuple(PLATFORMS)}", name="platform"),
        Index(
            "uq_topic_day_current",
            *("source_id", "topic", "day", "platform"),
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND retracted_at IS NULL"),
        ),
        Index("ix_topic_day_paper", "paper_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str]
    day: Mapped[date]
    platform: Mapped[str]
    mentions: Mapped[int]
    positive: Mapped[int | None]
    neutral: Mapped[int | None]
    negative: Mapped[int | None]
    spread: Mapped[int | None] = mapped_column(BigInteger)
    reach: Mapped[int | None] = mapped_column(BigInteger)
    to_answer: Mapped[int | None]
    answered: Mapped[int | None]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]

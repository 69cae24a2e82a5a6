"""The catalogue: what each indicator is, its targets and the bounds of green, yellow and red, as dated rows.

A row is never edited: a correction is a new row with the same `code`, the former one is superseded. Definitions the
centre worded itself say so in `source`; nothing is `verified` until somebody has checked it.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Index,
    Numeric,
    Select,
    SmallInteger,
    String,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from layers.base import Base
from layers.spec import Text
from layers.watch.rules import Kept

DOMAINS = {
    "kt": Text("Kinh tế – xã hội", "Economy and society"),
    "cq": Text("Hoạt động của chính quyền", "Government services"),
    "yt": Text("Y tế", "Health"),
    "gd": Text("Giáo dục", "Education"),
    "mxh": Text("Thông tin trên môi trường mạng", "Online information"),
    "attt": Text("An toàn thông tin", "Information security"),
    "dl": Text("Du lịch", "Tourism"),
    "ts": Text("Tàu cá và thủy sản", "Fishing boats and fisheries"),
    "pa": Text("Phản ánh, kiến nghị", "Citizens' reports"),
    "nt": Text("Nền tảng dữ liệu", "Data platform"),
}
"""The domains of the catalogue, in the order people read them."""

KINDS = ("additive", "stock", "ratio", "index", "rank")
"""A flow adds up over places and days, a level over places only; a ratio is made anew; the others never add up."""
SUMMED = ("additive", "stock")
PERIODS = {"day": 0, "week": 0, "month": 1, "quarter": 3, "year": 12}
"""How often an indicator is told, and its months; a week is Monday to Sunday."""
DIRECTIONS = ("up", "down", "none")
"""What is good: more, less, neither."""
ACCUMULATIONS = ("in_period", "year_to_date")


class Indicator(Kept, Base):
    """One indicator in use for [valid_from, valid_to). A ratio is factor × Σ numerator ÷ Σ denominator (codes).

    `subjects`: at which it is collected: province, unit:<level>, agency, facility, investor, board, group.
    `position` orders the catalogue; `owner` is the agency in words of today.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        Index("uq_indicator_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        CheckConstraint(f"domain IN {tuple(DOMAINS)}", name="domain"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"period IN {tuple(PERIODS)}", name="period"),
        CheckConstraint(f"direction IN {DIRECTIONS}", name="direction"),
        CheckConstraint(f"accumulation IN {ACCUMULATIONS}", name="accumulation"),
        CheckConstraint("(kind = 'ratio') OR (numerator IS NULL AND denominator IS NULL)", name="formula"),
    )

    domain: Mapped[str]
    position: Mapped[int]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    definition_vi: Mapped[str]
    definition_en: Mapped[str]
    kind: Mapped[str]
    numerator: Mapped[str | None]
    denominator: Mapped[str | None]
    factor: Mapped[Decimal | None] = mapped_column(Numeric)
    unit: Mapped[str]
    unit_en: Mapped[str]
    period: Mapped[str]
    direction: Mapped[str]
    owner: Mapped[str]
    basis: Mapped[str | None]
    subjects: Mapped[list[str]] = mapped_column(ARRAY(String))
    accumulation: Mapped[str]
    decimals: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class IndicatorTarget(Kept, Base):
    """What a subject shall reach in the days [period_from, period_to): by which paper, or by whose word."""

    __tablename__ = "indicator_target"

    indicator: Mapped[str] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Numeric)
    paper: Mapped[str | None]
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str]
    verified: Mapped[bool]


class IndicatorThreshold(Kept, Base):
    """The bounds of the traffic light of values whose period ends in [valid_from, valid_to).

    `direction` up: green from `green`, red below `red`; down: green up to `green`, red above `red`; yellow between.
    Without `green` whatever is not red is green. `measured` value, or target: the value in per cent of its target.
    """

    __tablename__ = "indicator_threshold"

    indicator: Mapped[str] = mapped_column(index=True)
    measured: Mapped[str]
    direction: Mapped[str]
    green: Mapped[Decimal | None] = mapped_column(Numeric)
    red: Mapped[Decimal | None] = mapped_column(Numeric)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ExceptionRule(Kept, Base):
    """How grave a kind of exception is: rank = weight × (1 + how far beyond the bound, at most 1), in its days."""

    __tablename__ = "exception_rule"

    kind: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(Numeric)
    text_vi: Mapped[str]
    text_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def known(model: Any, at: datetime | None = None) -> Any:
    """The condition that a row is what is known: now, or as it was known at a moment (UTC).

    What came with the product counts from ever: figures of before it would have no definition.
    """
    if at is None:
        return model.superseded_at.is_(None)
    earlier = aliased(model)
    first = ~select(earlier.id).where(earlier.code == model.code, earlier.id < model.id).exists()
    begun = or_(model.stored_at <= at, and_(model.stored_by.is_(None), first))
    return and_(begun, or_(model.superseded_at.is_(None), model.superseded_at > at))


def catalogue_statement(at: datetime | None = None) -> Select[*tuple[Any, ...]]:
    """Every indicator as it is known, in the order of the catalogue."""
    return select(Indicator.__table__).where(known(Indicator, at)).order_by(Indicator.position, Indicator.code)


def rows_statement(model: Any, at: datetime | None = None) -> Select[*tuple[Any, ...]]:
    """Every row of targets, thresholds or ranks as it is known."""
    return select(model.__table__).where(known(model, at)).order_by(model.id)

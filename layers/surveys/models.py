"""Surveys and who is asked as dated rows, each time they are asked, and every answer as it was saved."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.indicators.catalogue import PERIODS
from layers.watch.rules import Kept


class Survey(Kept, Base):
    """One edition of a survey: `code` is survey and edition (`systems.2026`), `body` a `SurveyBody`.

    In use for rounds that open in [valid_from, valid_to). A correction is a new row; rounds keep the row they asked.
    """

    __tablename__ = "survey"

    survey: Mapped[str]
    edition: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    basis: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class SurveyAgency(Kept, Base):
    """An agency by its official name of today; the catalogue's `owner` is this name in Vietnamese."""

    __tablename__ = "survey_agency"

    title_vi: Mapped[str]
    title_en: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class HearingGrace(Kept, Base):
    """How many working days after a period's end its figure may still be on its way; `code` is the period."""

    __tablename__ = "hearing_grace"
    __table_args__ = (
        Index("uq_hearing_grace_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        CheckConstraint(f"code IN {tuple(PERIODS)}", name="code"),
    )

    workdays: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class SurveyRound(Base):
    """A survey asked once: from when, within how many working days, of whom. `survey_id` is the row that was asked."""

    __tablename__ = "survey_round"
    __table_args__ = (CheckConstraint("within_days BETWEEN 1 AND 120", name="within_days"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    opens_on: Mapped[date]
    within_days: Mapped[int] = mapped_column(SmallInteger)
    agencies: Mapped[list[str]] = mapped_column(ARRAY(String))
    origin: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]


class SurveyAnswer(Base):
    """An agency's answer as it was saved, whole: `rows` are its lines. A later save supersedes the one of its state.

    A draft lies beside the last submitted answer until it is submitted itself. `door` page or form; `delivery_id` the
    workbook it came in.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted')", name="state"),
        CheckConstraint("door IN ('page', 'form')", name="door"),
        Index(
            "uq_survey_answer_current",
            *("round_id", "agency", "state"),
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("survey_round.id"), index=True)
    agency: Mapped[str]
    state: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    door: Mapped[str]
    origin: Mapped[str]
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    superseded_at: Mapped[datetime | None]


class AccountAgency(Base):
    """The agency that a steward's account answers for."""

    __tablename__ = "account_agency"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    agency: Mapped[str]

"""Whose word is shown where several sources speak of one figure: a dated policy, and what people decided of one figure.

Nothing is taken away: every word stays beside the others, and a figure on which another source differs stays marked.
"""

from datetime import date

from sqlalchemy import ARRAY, BigInteger, Identity, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept


class SourceRank(Kept, Base):
    """Of figures of these indicators, for periods that begin in its days, the source with the least rank leads."""

    __tablename__ = "source_rank"

    indicators: Mapped[list[str]] = mapped_column(ARRAY(String))
    source_code: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class FigureChoice(Kept, Base):
    """What somebody decided of one figure: this source's word is shown (`source_id`), or it is left as the policy says.

    `code` names the figure, so that one decision is in force; `reason` says why.
    """

    __tablename__ = "figure_choice"
    __table_args__ = (
        Index("uq_figure_choice_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        Index("ix_figure_choice_figure", "indicator", "subject_kind", "subject", "period_to"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    indicator: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    source_id: Mapped[int | None] = mapped_column(SmallInteger)


BELIEVED = """
LEFT JOIN LATERAL (
    SELECT min(p.rank) AS rank FROM source_rank AS p JOIN source AS s ON s.code = p.source_code
    WHERE s.id = o.source_id AND o.indicator = ANY(p.indicators) AND {ranked}
      AND p.valid_from <= o.period_from AND (p.valid_to IS NULL OR p.valid_to > o.period_from)
) AS believed ON true
LEFT JOIN figure_choice AS c ON c.indicator = o.indicator AND c.subject_kind = o.subject_kind AND c.subject = o.subject
  AND c.period_from = o.period_from AND c.period_to = o.period_to AND {chosen}
"""
"""Joined to observations `o`: the rank of its source (NULL: none), and what was decided of its figure."""
NOW = {"ranked": "p.superseded_at IS NULL", "chosen": "c.superseded_at IS NULL"}
_THEN = (
    "({0}.stored_at <= :known OR {0}.stored_by IS NULL) AND ({0}.superseded_at IS NULL OR {0}.superseded_at > :known)"
)
THEN = {"ranked": _THEN.format("p"), "chosen": _THEN.format("c")}
ORDER = (
    "(c.source_id IS NOT DISTINCT FROM o.source_id AND c.source_id IS NOT NULL) DESC, coalesce(believed.rank, 32767)"
)
"""The chosen source first, then by rank; those without one after all that have one."""

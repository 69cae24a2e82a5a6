"""the catalogue of indicators, their bounds and the figures in force."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030_catalogue"
down_revision: str | None = "0029_desk"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SUBJECTS = "subject_kind IN ('unit', 'agency', 'facility', 'province'{})"
MORE = ", 'investor', 'board', 'group'"
SUBJECT_KIND = "ck_observation_subject_kind"

# What is in the table already, once: later the writers keep it.
FILL = """
INSERT INTO figure (indicator, period_to, period_from, subject_kind, subject, id, value, unit, status, source_id,
                    paper_id, heard_at, stored_at, said, contested)
SELECT indicator, period_to, period_from, subject_kind, subject, id, value, unit, status, source_id, paper_id, heard_at,
       stored_at, said, contested
FROM (
    SELECT *, bool_or(status = best_status AND value IS DISTINCT FROM best_value AND source_id <> best_source)
        OVER (PARTITION BY indicator, period_to, period_from, subject_kind, subject) AS contested
    FROM (
        SELECT *, row_number() OVER best AS place, (count(*) OVER every)::smallint AS said,
               first_value(status) OVER best AS best_status, first_value(value) OVER best AS best_value,
               first_value(source_id) OVER best AS best_source
        FROM observation WHERE superseded_at IS NULL AND retracted_at IS NULL
        WINDOW every AS (PARTITION BY indicator, period_to, period_from, subject_kind, subject),
               best AS (PARTITION BY indicator, period_to, period_from, subject_kind, subject ORDER BY (value IS NULL),
                        array_position(ARRAY['official', 'preliminary', 'estimate'], status), stored_at DESC, id DESC)
    ) AS ranked
) AS judged WHERE place = 1
"""


def kept() -> tuple[sa.Column, ...]:
    """When a row was stored and superseded, by whom and why."""
    return (
        sa.Column("id", sa.Integer(), sa.Identity(always=False), primary_key=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
    )


def change_subjects(more: str, ending: str = "") -> None:
    """Let observations speak of these kinds of subjects."""
    op.execute(f"ALTER TABLE observation DROP CONSTRAINT {SUBJECT_KIND}")
    op.execute(f"ALTER TABLE observation ADD CONSTRAINT {SUBJECT_KIND} CHECK ({SUBJECTS.format(more)}){ending}")


def upgrade() -> None:
    op.create_table(
        "exception_rule",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("text_vi", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
    )
    op.create_index(
        "uq_exception_rule_current",
        "exception_rule",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "figure",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.SmallInteger(), nullable=False),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "indicator", "period_to", "period_from", "subject_kind", "subject", name=op.f("pk_figure")
        ),
    )
    op.create_index("ix_figure_contested", "figure", ["period_to"], unique=False, postgresql_where=sa.text("contested"))
    op.create_index("ix_figure_subject", "figure", ["subject_kind", "subject", "period_to", "indicator"], unique=False)
    op.create_table(
        "unit_group",
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("districts", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
    )
    op.create_index(
        "uq_unit_group_current", "unit_group", ["code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "indicator",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("definition_vi", sa.String(), nullable=False),
        sa.Column("definition_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("numerator", sa.String(), nullable=True),
        sa.Column("denominator", sa.String(), nullable=True),
        sa.Column("factor", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_en", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("subjects", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("accumulation", sa.String(), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
        sa.CheckConstraint(
            "(kind = 'ratio') OR (numerator IS NULL AND denominator IS NULL)", name=op.f("ck_indicator_formula")
        ),
        sa.CheckConstraint("accumulation IN ('in_period', 'year_to_date')", name=op.f("ck_indicator_accumulation")),
        sa.CheckConstraint("direction IN ('up', 'down', 'none')", name=op.f("ck_indicator_direction")),
        sa.CheckConstraint(
            "domain IN ('kt', 'cq', 'yt', 'gd', 'mxh', 'attt', 'dl', 'ts', 'pa', 'nt')",
            name=op.f("ck_indicator_domain"),
        ),
        sa.CheckConstraint("kind IN ('additive', 'stock', 'ratio', 'index', 'rank')", name=op.f("ck_indicator_kind")),
        sa.CheckConstraint("period IN ('day', 'month', 'quarter', 'year')", name=op.f("ck_indicator_period")),
    )
    op.create_index(
        "uq_indicator_current", "indicator", ["code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "indicator_target",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("paper", sa.String(), nullable=True),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        *kept(),
    )
    op.create_index(op.f("ix_indicator_target_indicator"), "indicator_target", ["indicator"], unique=False)
    op.create_index(
        "uq_indicator_target_current",
        "indicator_target",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "indicator_threshold",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("measured", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("green", sa.Numeric(), nullable=True),
        sa.Column("red", sa.Numeric(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
    )
    op.create_index(op.f("ix_indicator_threshold_indicator"), "indicator_threshold", ["indicator"], unique=False)
    op.create_index(
        "uq_indicator_threshold_current",
        "indicator_threshold",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.execute(FILL)
    change_subjects(MORE)


def downgrade() -> None:
    change_subjects("", " NOT VALID")  # what was said of others stays
    for table in ("indicator_threshold", "indicator_target", "indicator", "unit_group", "figure", "exception_rule"):
        op.drop_table(table)
